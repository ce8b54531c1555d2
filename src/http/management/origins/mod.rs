//! `/api/v1/origins`: where links and redirects of the application may lead.

pub mod read;
pub mod replace;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::store::origins::Registered;

/// The whole registration; what is not in it is registered no more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutOrigins {
    /// Origins such as `https://app.example.com`, at most 100.
    #[schema(value_type = Vec<String>)]
    origins: Option<Vec<String>>,
    /// URLs that a request may name as `redirectUrl`, compared exactly, at
    /// most 100: https, or an application's own scheme.
    #[schema(value_type = Vec<String>)]
    redirect_urls: Option<Vec<String>>,
}

/// What is registered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginsResource {
    /// Origins.
    origins: Vec<String>,
    /// URLs that a request may name as `redirectUrl`.
    redirect_urls: Vec<String>,
    /// About the registration.
    metadata: OriginsMetadata,
}

/// When it was registered, and how often it changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginsMetadata {
    /// When there first was any.
    #[schema(value_type = Option<String>, format = DateTime)]
    creation_time: Option<Timestamp>,
    /// When it was last replaced.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_modified_time: Option<Timestamp>,
    /// For `If-Match`, in quotes; 0 before there is any.
    version: i64,
}

impl OriginsResource {
    fn new(registered: Option<Registered>) -> Self {
        let metadata = OriginsMetadata {
            creation_time: registered.as_ref().map(|registered| registered.created_at),
            last_modified_time: registered.as_ref().map(|registered| registered.updated_at),
            version: registered.as_ref().map_or(0, |registered| registered.version),
        };
        let origins = registered.map(|registered| registered.origins).unwrap_or_default();
        Self { origins: origins.origins, redirect_urls: origins.redirect_urls, metadata }
    }
}
