//! `POST /webhook_endpoints`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{URL, kinds, object};
use crate::domain::access::may;
use crate::domain::event::EventKind;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::error;
use crate::workflows::Engine;

/// A new endpoint.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct CreateWebhookEndpoint {
    /// Where events are sent.
    #[serde(default)]
    #[schema(required = true, value_type = String, example = "https://shop.example.com/webhooks")]
    endpoint_url: Given<String>,
    /// The kinds of events, for example `user.created`.
    #[serde(default)]
    #[schema(required = true, value_type = Vec<String>)]
    events: Given<Vec<String>>,
}

impl CreateWebhookEndpoint {
    fn read(self) -> Result<(String, Vec<EventKind>), Problem> {
        let mut checks = Checks::default();
        let url = checks.required("endpoint_url", self.endpoint_url);
        if let Some(url) = &url {
            checks.text("endpoint_url", url, URL);
        }
        let names = checks.required("events", self.events);
        let kinds = kinds(&mut checks, names);
        checks.finish(url.zip(kinds))
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::WebhookEndpointWrite>, Json<CreateWebhookEndpoint>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let authority = held.authority(held.application_scope(None, None)?);
    let (url, kinds) = body.read().map_err(error::with_messages)?;
    let made = engine.create_endpoint(&authority, &url, kinds).await;
    let (endpoint, _) = made.map_err(|failure| error::problem(failure, ""))?;
    Ok(HttpResponse::Created().json(object(&engine, &endpoint, true)))
}
