//! The webhook calls. Endpoints are told of events of all tenants, so they
//! need a permission for the whole application.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod update;

use serde_json::{Value, json};

use super::checks::Checks;
use crate::domain::event::EventKind;
use crate::domain::webhook::Endpoint;
use crate::workflows::Engine;
use crate::workflows::webhooks::endpoints::SECRET_PREFIX;

/// The longest URL, in characters.
const URL: usize = 2048;

/// The endpoint object. Its secret is shown to those who may change endpoints;
/// everybody else sees that there is one.
fn object(engine: &Engine, endpoint: &Endpoint, to_writer: bool) -> Value {
    let secret = Some(endpoint).filter(|_| to_writer).and_then(|endpoint| engine.endpoint_secret(endpoint));
    json!({
        "object": "webhook_endpoint",
        "id": endpoint.id,
        "endpoint_url": endpoint.url,
        "secret": secret.map_or_else(|| format!("{SECRET_PREFIX}{}", "*".repeat(8)), |secret| secret.expose().to_owned()),
        "status": if endpoint.enabled { "enabled" } else { "disabled" },
        "events": endpoint.events.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    })
}

/// Reads the kinds of events to be told of.
fn kinds(checks: &mut Checks, names: Option<Vec<String>>) -> Option<Vec<EventKind>> {
    let names = names?;
    if names.is_empty() {
        checks.refuse("events", "empty");
    }
    let mut kinds = Vec::new();
    for name in names {
        match EventKind::parse_published(&name) {
            Some(kind) if kinds.contains(&kind) => {}
            Some(kind) => kinds.push(kind),
            None => checks.refuse("events", "unknown_event"),
        }
    }
    Some(kinds)
}
