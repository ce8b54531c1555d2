//! `/api/v1/service-accounts`: the machine callers of the application.
//!
//! Whoever manages them needs the permission for the whole application, and
//! never gives away or takes over more than they hold.

pub mod create;
pub mod delete;
pub mod keys;
pub mod list;
pub mod read;
pub mod rotate;
pub mod update;

use serde::Serialize;
use utoipa::ToSchema;

use super::grants::GrantBody;
use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::ids::{ServiceAccountId, TenantId};
use crate::domain::secret::Secret;
use crate::workflows::service_accounts::managed::Account;

page_schema! {
    /// Service accounts.
    ServiceAccountPage of ServiceAccountResource
}

/// A machine caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountResource {
    /// Its id.
    #[schema(value_type = String)]
    id: ServiceAccountId,
    /// Its name.
    name: String,
    /// Its name at the token endpoint.
    client_id: String,
    /// The tenant it belongs to, if it belongs to one.
    #[schema(value_type = Option<String>)]
    tenant_id: Option<TenantId>,
    /// Whether it may do nothing.
    disabled: bool,
    /// What it may do.
    grants: Vec<GrantBody>,
    /// Whether the secret before the latest one still holds.
    rotating: bool,
    /// Its secret at the token endpoint; only in the answer to its creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// When it was made and changed.
    metadata: ResourceMetadata,
}

impl ServiceAccountResource {
    fn new(found: Account, secret: Option<&Secret>) -> Self {
        let Account { account, grants, is_rotating } = found;
        let grants = grants.iter().map(|(grant, named)| GrantBody::new(grant, *named, account.home)).collect();
        Self {
            id: account.id,
            name: account.name,
            client_id: account.client_id,
            tenant_id: account.home,
            disabled: account.disabled,
            grants,
            rotating: is_rotating,
            client_secret: secret.map(|secret| secret.expose().to_owned()),
            metadata: ResourceMetadata::new(account.created_at, account.updated_at, account.version),
        }
    }
}
