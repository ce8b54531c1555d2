//! Policy overrides: what an application, or one of its tenants, sets.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;

use super::Result;
use super::entity::policies::{Column, Entity, Model};
use super::rows::{json, to_json, whole};

/// What a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// How resets work.
    Workflow,
    /// What a password must be.
    Password,
}

impl PolicyKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Password => "password",
        }
    }
}

/// Reads the overrides that apply to a tenant: the application's, then the
/// tenant's own.
pub async fn list<T: serde::de::DeserializeOwned>(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: TenantId,
    kind: PolicyKind,
) -> Result<Vec<T>> {
    let rows = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::TenantId.is_in([String::new(), tenant.to_string()]))
        .filter(Column::Kind.eq(kind.as_str()))
        // The empty tenant, the application's level, sorts first.
        .order_by_asc(Column::TenantId)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| json(&row.body, "policies.body")).collect()
}

/// Sets the overrides of one level: of the application when no tenant is
/// named.
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
        tenant_id: tenant.map(|id| id.to_string()).unwrap_or_default(),
        kind: kind.as_str().to_owned(),
        body: to_json(overrides, "policies.body")?,
        updated_at: now.as_millis(),
    };
    Entity::insert(whole(row))
        .on_conflict(
            OnConflict::columns([Column::ApplicationId, Column::TenantId, Column::Kind])
                .update_columns([Column::Body, Column::UpdatedAt])
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
    let key = (
        scope.application().to_string(),
        tenant.map(|id| id.to_string()).unwrap_or_default(),
        kind.as_str().to_owned(),
    );
    Ok(Entity::delete_by_id(key).exec(connection).await?.rows_affected == 1)
}
