//! What every resource says about itself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;

/// When a resource was made and last changed, and how often.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceMetadata {
    /// When it was made.
    #[schema(value_type = String)]
    creation_time: Timestamp,
    /// When it last changed.
    #[schema(value_type = String)]
    last_modified_time: Timestamp,
    /// Its version, for `If-Match`, where it stands in quotes.
    version: i64,
}

impl ResourceMetadata {
    /// Of a resource.
    pub fn new(created: Timestamp, modified: Timestamp, version: i64) -> Self {
        Self { creation_time: created, last_modified_time: modified, version }
    }
}
