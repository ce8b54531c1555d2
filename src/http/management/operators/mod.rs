//! `/api/v1/operators`: those who run the installation, as they see each
//! other.

pub mod invite;
pub mod keys;
pub mod list;
pub mod read;
pub mod update;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::ids::OperatorId;
use crate::store::operators::Operator;

page_schema! {
    /// Operators.
    OperatorPage of OperatorResource
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperatorResource {
    /// Their id.
    #[schema(value_type = String)]
    id: OperatorId,
    /// Their name.
    name: String,
    /// The address that they sign in to the console with; null for those who
    /// have API keys alone.
    email: Option<String>,
    /// Whether they may do nothing.
    disabled: bool,
    /// When they were made and changed.
    metadata: ResourceMetadata,
}

impl From<Operator> for OperatorResource {
    fn from(operator: Operator) -> Self {
        Self {
            id: operator.id,
            name: operator.name,
            email: operator.email,
            disabled: operator.disabled,
            metadata: ResourceMetadata::new(operator.created_at, operator.updated_at, operator.version),
        }
    }
}
