//! `/api/v1/webhook-endpoints`

pub mod create;
pub mod delete;
pub mod list;
pub mod read;
pub mod test_fire;
pub mod update;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::event::EventKind;
use crate::domain::ids::WebhookEndpointId;
use crate::domain::secret::Secret;
use crate::domain::webhook::Endpoint;
use crate::http::problem::Violations;

page_schema! {
    /// Webhook endpoints.
    EndpointPage of EndpointResource
}

/// The longest URL, in characters.
const URL: usize = 2048;

/// A webhook endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndpointResource {
    /// Its id.
    #[schema(value_type = String)]
    id: WebhookEndpointId,
    /// Where events are sent.
    url: String,
    /// The kinds of events.
    events: Vec<&'static str>,
    /// `ENABLED` or `DISABLED`.
    status: &'static str,
    /// What signs the deliveries; only in the answer to its creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// When it was made and changed.
    metadata: ResourceMetadata,
}

impl EndpointResource {
    fn new(endpoint: &Endpoint, secret: Option<&Secret>) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url.clone(),
            events: endpoint.events.iter().map(|kind| kind.as_str()).collect(),
            status: if endpoint.enabled { "ENABLED" } else { "DISABLED" },
            secret: secret.map(|secret| secret.expose().to_owned()),
            metadata: ResourceMetadata::new(endpoint.created_at, endpoint.updated_at, endpoint.version),
        }
    }
}

/// Reads the kinds of events to be told of.
fn kinds(violations: &mut Violations, names: &[String]) -> Vec<EventKind> {
    if names.is_empty() {
        violations.add("events", "empty");
    }
    let mut kinds = Vec::new();
    for name in names {
        match EventKind::parse_published(name) {
            Some(kind) if kinds.contains(&kind) => {}
            Some(kind) => kinds.push(kind),
            None => violations.add("events", "unknown_event"),
        }
    }
    kinds
}

/// A URL that the database can store; where it leads is looked at later.
fn url(violations: &mut Violations, url: &str) {
    if url.contains('\0') {
        violations.add("url", "invalid_characters");
    }
    if url.chars().count() > URL {
        violations.add("url", "too_long");
    }
}
