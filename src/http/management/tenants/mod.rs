//! `/api/v1/tenants`

pub mod create;
pub mod delete;
pub mod list;
pub mod read;
pub mod update;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::ids::TenantId;
use crate::store::applications::Tenant;
use crate::store::versioned::Versioned;

page_schema! {
    /// Tenants.
    TenantPage of TenantResource
}

/// A customer of the application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantResource {
    /// Its id.
    #[schema(value_type = String)]
    id: TenantId,
    /// Its name, unique in the application.
    name: String,
    /// Its name for people.
    display_name: String,
    /// Its language.
    locale: Option<String>,
    /// When it was made and changed.
    metadata: ResourceMetadata,
}

impl From<Versioned<Tenant>> for TenantResource {
    fn from(found: Versioned<Tenant>) -> Self {
        Self {
            id: found.it.id,
            name: found.it.name,
            display_name: found.it.display_name,
            locale: found.it.locale,
            metadata: ResourceMetadata::new(found.created_at, found.updated_at, found.version),
        }
    }
}
