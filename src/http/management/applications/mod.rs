//! `/api/v1/applications`: what is above everything else, for operators.

pub mod create;
pub mod list;
pub mod read;
pub mod update;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::{ApplicationId, TenantId};
use crate::http::problem::Violations;
use crate::store::applications::Application;
use crate::store::versioned::Versioned;

page_schema! {
    /// Applications.
    ApplicationPage of ApplicationResource
}

/// An application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationResource {
    /// Its id.
    #[schema(value_type = String)]
    id: ApplicationId,
    /// Its name, unique in the installation.
    name: String,
    /// Its name for people.
    display_name: String,
    /// Where people can ask for help.
    support_email: Option<String>,
    /// The tenant that calls without a tenant mean.
    #[schema(value_type = String)]
    default_tenant_id: TenantId,
    /// When it was made and changed.
    metadata: ResourceMetadata,
}

impl From<Versioned<Application>> for ApplicationResource {
    fn from(found: Versioned<Application>) -> Self {
        Self {
            id: found.it.id,
            name: found.it.name,
            display_name: found.it.display_name,
            support_email: found.it.support_email,
            default_tenant_id: found.it.default_tenant,
            metadata: ResourceMetadata::new(found.created_at, found.updated_at, found.version),
        }
    }
}

/// Checks an address that people are shown.
fn check_email(violations: &mut Violations, field: &str, text: Option<&String>) {
    if text.is_some_and(|text| EmailAddress::parse(text).is_err()) {
        violations.add(field, "invalid_email");
    }
}
