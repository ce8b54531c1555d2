//! `PATCH /webhook_endpoints/{id}`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{URL, kinds, object};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::{error, id};
use crate::workflows::Engine;
use crate::workflows::webhooks::endpoints::EndpointChange;

/// What changes; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct UpdateWebhookEndpoint {
    /// Where events are sent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    endpoint_url: Given<String>,
    /// `enabled` or `disabled`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "disabled")]
    status: Given<String>,
    /// The kinds of events.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    events: Given<Vec<String>>,
}

impl UpdateWebhookEndpoint {
    fn read(self) -> Result<EndpointChange, Problem> {
        let mut checks = Checks::default();
        let url = checks.optional("endpoint_url", self.endpoint_url);
        if let Some(url) = &url {
            checks.text("endpoint_url", url, URL);
        }
        let enabled = match checks.optional("status", self.status).as_deref() {
            None => None,
            Some("enabled") => Some(true),
            Some("disabled") => Some(false),
            Some(_) => {
                checks.refuse("status", "invalid_value");
                None
            }
        };
        let names = checks.optional("events", self.events);
        let events = kinds(&mut checks, names);
        checks.finish(Some(EndpointChange { url, events, enabled, version: None }))
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::WebhookEndpointWrite>, Json<UpdateWebhookEndpoint>>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let authority = held.authority(held.application_scope(None, None)?);
    let change = body.read().map_err(error::with_messages)?;
    let endpoint = id(&path, error::webhook_endpoint)?;
    let changed = engine.update_endpoint(&authority, endpoint, change).await;
    let changed = changed.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::Ok().json(object(&engine, &changed, true)))
}
