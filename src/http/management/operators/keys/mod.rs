//! `/api/v1/operators/{id}/api-keys`

pub mod list;
pub mod revoke;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::ids::ApiKeyId;
use crate::store::operators::OperatorKey;

/// An API key of an operator.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperatorKeyResource {
    /// Its id.
    #[schema(value_type = String)]
    id: ApiKeyId,
    /// Its name.
    name: String,
    /// Its first characters, to tell keys apart.
    hint: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    creation_time: Timestamp,
    /// When it was last used, to within ten minutes.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_time: Option<Timestamp>,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_time: Option<Timestamp>,
}

impl From<OperatorKey> for OperatorKeyResource {
    fn from(key: OperatorKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            hint: key.hint,
            creation_time: key.created_at,
            last_used_time: key.last_used_at,
            revoked_time: key.revoked_at,
        }
    }
}

/// The keys of an operator.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorKeys {
    /// Oldest first; revoked ones too.
    items: Vec<OperatorKeyResource>,
}
