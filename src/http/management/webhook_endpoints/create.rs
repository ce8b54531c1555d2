//! `POST /api/v1/webhook-endpoints`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{EndpointResource, kinds, url};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::failure::problem;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;

/// A new endpoint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEndpoint {
    /// Where events are sent.
    url: String,
    /// The kinds of events, for example `user.created`.
    events: Vec<String>,
}

/// Registers it.
pub async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::WebhookEndpointWrite>, Json<NewEndpoint>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let authority = held.authority(held.application_scope(None, None)?);
    let mut violations = Violations::new();
    url(&mut violations, &body.url);
    let kinds = kinds(&mut violations, &body.events);
    violations.into_result()?;
    let made = engine.create_endpoint(&authority, &body.url, kinds).await;
    let (endpoint, secret) = made.map_err(|failure| problem(failure, ""))?;
    Ok(HttpResponse::Created().json(EndpointResource::new(&endpoint, Some(&secret))))
}
