//! Branding: one row for an application, one for each tenant that has its own.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::access::Scope;
use crate::domain::branding::Branding;
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;

use super::entity::branding::{ActiveModel, Column, Entity, Model};
use super::rows::{json, to_json, whole};
use super::{Result, StoreError};

/// What one level sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The tenant; `None` for the application itself.
    pub tenant: Option<TenantId>,
    /// What it sets.
    pub branding: Branding,
    /// How often it was replaced, from 1.
    pub version: i64,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}

fn name(tenant: Option<TenantId>) -> String {
    tenant.map(|id| id.to_string()).unwrap_or_default()
}

fn columns() -> [Column; 6] {
    [Column::TenantId, Column::Body, Column::Version, Column::CreatedAt, Column::UpdatedAt, Column::ApplicationId]
}

type Row = (String, String, i64, i64, i64, String);

/// The levels that apply to a tenant, the application's first; without their
/// logos' bytes, which pages do not need.
pub async fn list(connection: &impl ConnectionTrait, scope: &Scope, tenant: Option<TenantId>) -> Result<Vec<Level>> {
    let rows: Vec<Row> = Entity::find()
        .select_only()
        .columns(columns())
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::TenantId.is_in([String::new(), name(tenant)]))
        // The empty tenant, the application's level, sorts first.
        .order_by_asc(Column::TenantId)
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|(tenant, body, version, created, updated, _)| {
            Ok(Level {
                tenant: if tenant.is_empty() { None } else { Some(super::rows::read(&tenant, "branding.tenant_id")?) },
                branding: json(&body, "branding.body")?,
                version,
                created_at: Timestamp::from_millis(created),
                updated_at: Timestamp::from_millis(updated),
            })
        })
        .collect()
}

/// The bytes of a level's logo, in base64.
pub async fn find_logo(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
) -> Result<Option<String>> {
    let row = Entity::find_by_id((scope.application().to_string(), name(tenant))).one(connection).await?;
    Ok(row.and_then(|row| row.logo))
}

/// Sets a level for the first time. Says whether it was the first.
pub async fn insert(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    (branding, logo): (&Branding, Option<String>),
    now: Timestamp,
) -> Result<bool> {
    let row = Model {
        application_id: scope.application().to_string(),
        tenant_id: name(tenant),
        body: to_json(branding, "branding.body")?,
        logo,
        version: 1,
        created_at: now.as_millis(),
        updated_at: now.as_millis(),
    };
    match Entity::insert(whole::<_, ActiveModel>(row)).exec_without_returning(connection).await {
        Ok(_) => Ok(true),
        Err(error) => Some(StoreError::from(error)).filter(|error| !error.is_duplicate()).map_or(Ok(false), Err),
    }
}

/// Replaces a level that still has this version. Says whether it had.
pub async fn advance(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    (branding, logo): (&Branding, Option<String>),
    from: i64,
    now: Timestamp,
) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Body, Expr::value(to_json(branding, "branding.body")?))
        .col_expr(Column::Logo, Expr::value(logo))
        .col_expr(Column::Version, Expr::value(from.saturating_add(1)))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::TenantId.eq(name(tenant)))
        .filter(Column::Version.eq(from));
    Ok(update.exec(connection).await?.rows_affected == 1)
}
