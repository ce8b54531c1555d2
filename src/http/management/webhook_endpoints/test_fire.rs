//! `POST /api/v1/webhook-endpoints/{id}/test-fire`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::event::EventKind;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::failure::{id, problem};
use crate::http::management::webhook_deliveries::DeliveryResource;
use crate::http::problem::{Problem, Violations};
use crate::workflows::{Engine, Noun};

/// What to try an endpoint out with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestFire {
    /// The kind of event; `user.created` when absent.
    event: Option<String>,
}

/// Sends it.
pub async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::WebhookEndpointWrite>, Json<TestFire>>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let authority = held.authority(held.application_scope(None, None)?);
    let kind = body.event.map_or(Some(EventKind::UserCreated), |name| EventKind::parse_published(&name));
    let kind = kind.ok_or_else(|| Violations::one("event", "unknown_event"))?;
    let endpoint = id(&path, Noun::WebhookEndpoint)?;
    let fired = engine.test_fire(&authority, endpoint, kind).await.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::Accepted().json(DeliveryResource::from(&fired)))
}
