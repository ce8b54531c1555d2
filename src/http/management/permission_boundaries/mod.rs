//! `/api/v1/permission-boundaries`: boundaries with a name, which grants refer
//! to.

pub mod create;
pub mod delete;
pub mod list;
pub mod read;
pub mod update;

use serde::Serialize;
use utoipa::ToSchema;

use super::grants::BoundaryBody;
use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::access::Boundary;
use crate::domain::ids::BoundaryId;
use crate::http::problem::Violations;
use crate::store::permission_boundaries::NamedBoundary;
use crate::store::versioned::Versioned;
use crate::workflows::service_accounts::managed::WantedBoundary;

page_schema! {
    /// Boundaries with a name.
    BoundaryPage of BoundaryResource
}

/// A boundary with a name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoundaryResource {
    /// Its id.
    #[schema(value_type = String)]
    id: BoundaryId,
    /// Its name, unique in the application.
    name: String,
    /// Where grants hold that refer to it.
    boundary: BoundaryBody,
    /// When it was made and changed.
    metadata: ResourceMetadata,
}

impl From<Versioned<NamedBoundary>> for BoundaryResource {
    fn from(found: Versioned<NamedBoundary>) -> Self {
        Self {
            id: found.it.id,
            name: found.it.name,
            boundary: BoundaryBody::new(&found.it.boundary, None),
            metadata: ResourceMetadata::new(found.created_at, found.updated_at, found.version),
        }
    }
}

/// Reads a boundary that belongs to no account, so that `TENANT` means nothing.
fn read_boundary(body: BoundaryBody, violations: &mut Violations) -> Option<Boundary> {
    match body.read("boundary", violations)? {
        WantedBoundary::Plain(boundary) => Some(boundary),
        WantedBoundary::Home | WantedBoundary::Named(_) => {
            violations.add("boundary.predefined", "not_allowed");
            None
        }
    }
}
