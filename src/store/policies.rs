//! Policy overrides: what an application, or one of its tenants, sets.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;

use super::Result;
use super::entity::policies::{Column, Entity, Model};
use super::rows::{json, locked, to_json, whole};

/// What a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// How resets work.
    Workflow,
    /// What a password must be.
    Password,
    /// How mails are sent.
    Email,
}

impl PolicyKind {
    /// As stored, and what the audit calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Password => "password",
            Self::Email => "email",
        }
    }
}

/// What one level sets.
#[derive(Debug, Clone)]
pub struct Override<T> {
    /// The tenant; the application itself when absent.
    pub tenant: Option<TenantId>,
    /// What it sets.
    pub body: T,
    /// Its version.
    pub version: i64,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was last set.
    pub updated_at: Timestamp,
}

impl<T: serde::de::DeserializeOwned> Override<T> {
    fn from_row(row: &Model) -> Result<Self> {
        let named = Some(row.tenant_id.as_str()).filter(|id| !id.is_empty());
        Ok(Self {
            tenant: super::rows::read_optional(named, "policies.tenant_id")?,
            body: json(&row.body, "policies.body")?,
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Reads what the overrides that apply to a tenant set: the application's,
/// then the tenant's own.
pub async fn list<T: serde::de::DeserializeOwned>(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: TenantId,
    kind: PolicyKind,
) -> Result<Vec<T>> {
    let levels = levels(connection, scope, Some(tenant), kind).await?;
    Ok(levels.into_iter().map(|level| level.body).collect())
}

/// Reads the overrides that apply to a tenant, or to the application alone:
/// the application's first.
pub async fn levels<T: serde::de::DeserializeOwned>(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    kind: PolicyKind,
) -> Result<Vec<Override<T>>> {
    let levels = [None, tenant].into_iter().map(level);
    let rows = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::TenantId.is_in(levels))
        .filter(Column::Kind.eq(kind.as_str()))
        // The empty tenant, the application's level, sorts first.
        .order_by_asc(Column::TenantId)
        .all(connection)
        .await?;
    rows.iter().map(Override::from_row).collect()
}

/// Reads the override of one level and locks it.
pub async fn lock<T: serde::de::DeserializeOwned>(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    kind: PolicyKind,
) -> Result<Option<Override<T>>> {
    let row = locked(one(scope, tenant, kind), connection, None).one(connection).await?;
    row.as_ref().map(Override::from_row).transpose()
}

fn one(scope: &Scope, tenant: Option<TenantId>, kind: PolicyKind) -> Select<Entity> {
    Entity::find_by_id((scope.application().to_string(), level(tenant), kind.as_str().to_owned()))
}

fn level(tenant: Option<TenantId>) -> String {
    tenant.map(|id| id.to_string()).unwrap_or_default()
}

/// Sets the overrides of one level: of the application when no tenant is
/// named. Whatever was there gives way.
pub async fn put<T: serde::Serialize>(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    kind: PolicyKind,
    overrides: &T,
    now: Timestamp,
) -> Result<()> {
    let row = Model {
        application_id: scope.application().to_string(),
        tenant_id: level(tenant),
        kind: kind.as_str().to_owned(),
        body: to_json(overrides, "policies.body")?,
        updated_at: now.as_millis(),
        version: 1,
        created_at: now.as_millis(),
    };
    // Spelled out with its table: a bare name could also mean the row that was to be inserted.
    let next = Expr::cust("policies.version + 1");
    Entity::insert(whole(row))
        .on_conflict(
            OnConflict::columns([Column::ApplicationId, Column::TenantId, Column::Kind])
                .update_columns([Column::Body, Column::UpdatedAt])
                .value(Column::Version, next)
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Removes the overrides of one level. Says whether there were any.
pub async fn delete(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    kind: PolicyKind,
) -> Result<bool> {
    let key = (scope.application().to_string(), level(tenant), kind.as_str().to_owned());
    Ok(Entity::delete_by_id(key).exec(connection).await?.rows_affected == 1)
}
