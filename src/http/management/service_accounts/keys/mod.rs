//! `/api/v1/service-accounts/{id}/api-keys`

pub mod create;
pub mod list;
pub mod revoke;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::ids::ApiKeyId;
use crate::domain::secret::Secret;
use crate::store::api_keys::ApiKey;

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyResource {
    /// Its id.
    #[schema(value_type = String)]
    id: ApiKeyId,
    /// Its name.
    name: String,
    /// Its first characters, to tell keys apart.
    hint: String,
    /// The key; only in the answer to its creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
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

impl ApiKeyResource {
    fn new(key: ApiKey, secret: Option<&Secret>) -> Self {
        Self {
            id: key.id,
            name: key.name,
            hint: key.hint,
            key: secret.map(|secret| secret.expose().to_owned()),
            creation_time: key.created_at,
            last_used_time: key.last_used_at,
            revoked_time: key.revoked_at,
        }
    }
}

/// The keys of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeys {
    /// Oldest first; revoked ones too.
    items: Vec<ApiKeyResource>,
}
