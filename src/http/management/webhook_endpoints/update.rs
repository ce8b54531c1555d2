//! `PATCH /api/v1/webhook-endpoints/{id}`

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{EndpointResource, kinds, url};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::webhooks::endpoints::EndpointChange;
use crate::workflows::{Engine, Noun};

/// A field that is there, be it null: nothing here can be taken away.
type Named<T> = Option<Option<T>>;

fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Named<T>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndpointPatch {
    /// Where events are sent.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    url: Named<String>,
    /// The kinds of events.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Vec<String>>)]
    events: Named<Vec<String>>,
    /// `ENABLED` or `DISABLED`.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    status: Named<String>,
}

impl EndpointPatch {
    fn read(self, version: Option<i64>) -> Result<EndpointChange, Problem> {
        let mut violations = Violations::new();
        let text = given(&mut violations, "url", self.url);
        if let Some(text) = &text {
            url(&mut violations, text);
        }
        let events = given(&mut violations, "events", self.events).map(|names| kinds(&mut violations, &names));
        let enabled = given(&mut violations, "status", self.status).map(|status| match status.as_str() {
            "ENABLED" => true,
            "DISABLED" => false,
            _ => {
                violations.add("status", "invalid_value");
                false
            }
        });
        violations.into_result()?;
        Ok(EndpointChange { url: text, events, enabled, version })
    }
}

fn given<T>(violations: &mut Violations, field: &'static str, named: Named<T>) -> Option<T> {
    if matches!(named, Some(None)) {
        violations.add(field, "required");
    }
    named.flatten()
}

/// Changes it.
pub async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::WebhookEndpointWrite>, Json<EndpointPatch>>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<EndpointResource>, Problem> {
    let authority = held.authority(held.application_scope(None, None)?);
    let change = body.read(if_match::seen(&request)?)?;
    let endpoint = id(&path, Noun::WebhookEndpoint)?;
    let changed = engine.update_endpoint(&authority, endpoint, change).await;
    let changed = changed.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(EndpointResource::new(&changed, None)))
}
