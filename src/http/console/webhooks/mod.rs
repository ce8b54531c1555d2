//! `…/webhooks`: where the application is told of what happened.

pub(super) mod change;
pub(super) mod list;
pub(super) mod one;

use actix_web::HttpRequest;

use crate::domain::event::EventKind;
use crate::domain::ids::WebhookEndpointId;

use super::stop::Stop;

/// The endpoint that the path of a request names.
fn named(request: &HttpRequest) -> Result<WebhookEndpointId, Stop> {
    request.match_info().get("endpoint").and_then(|id| id.parse().ok()).ok_or_else(Stop::nothing)
}

/// The kinds of events that an endpoint can be told of.
fn published() -> impl Iterator<Item = EventKind> {
    EventKind::ALL.iter().copied().filter(|kind| kind.is_published())
}
