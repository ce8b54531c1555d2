//! `GET /api/v1/webhook-deliveries`

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::DeliveryResource;
use crate::domain::access::may;
use crate::domain::webhook::DeliveryState;
use crate::http::extract::{Query, RequireApplication};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::management::query::read_if_there;
use crate::http::problem::{Problem, Violations};
use crate::store::webhook_deliveries::DeliveryAttribute;
use crate::workflows::Engine;

/// What they can be found by.
const ATTRIBUTES: [(&str, DeliveryAttribute); 4] = [
    ("creationTime", DeliveryAttribute::Created),
    ("event", DeliveryAttribute::Event),
    ("eventId", DeliveryAttribute::EventId),
    ("endpointId", DeliveryAttribute::Endpoint),
];

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct DeliveryListQuery {
    /// The number of the first one, from 1.
    #[param(value_type = Option<u64>)]
    start_index: Option<String>,
    /// How many at most, 0 – 100; 20 when absent.
    #[param(value_type = Option<u64>)]
    count: Option<String>,
    /// `creationTime`, with `:asc` or `:desc`; the newest first when absent.
    sort_by: Option<String>,
    /// Only those for which this holds, for example
    /// `event sw "user."`; a wrong attribute is answered with those there are.
    query: Option<String>,
    /// Only those to this endpoint.
    #[serde(rename = "endpointId")]
    #[param(rename = "endpointId")]
    endpoint_id: Option<String>,
    /// Only those in this state: `PENDING`, `DELIVERED` or `DEAD`.
    state: Option<String>,
}

/// Lists them.
pub async fn handle(
    call: RequireApplication<may::WebhookEndpointRead>,
    Query(query): Query<DeliveryListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<DeliveryResource>>, Problem> {
    let asked = ListQuery { start_index: query.start_index, count: query.count, sort_by: query.sort_by, query: None };
    let mut violations = Violations::new();
    let part = asked.read(&[("creationTime", ())], (), &mut violations);
    let terms = read_if_there(query.query.as_deref(), &ATTRIBUTES, &mut violations);
    let endpoint = query.endpoint_id.as_deref().map(str::parse).transpose().unwrap_or_else(|_| {
        violations.add("endpointId", "invalid_id");
        None
    });
    let state = query.state.as_deref().map(DeliveryState::parse);
    if state == Some(None) {
        violations.add("state", "invalid_value");
    }
    violations.into_result()?;
    let found = engine.page_deliveries(&call.scope, endpoint, state.flatten(), &terms, part.slice).await;
    let (total, deliveries) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, deliveries.iter().map(DeliveryResource::from).collect())))
}
