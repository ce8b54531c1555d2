//! `GET /api/v1/webhook-endpoints`

use actix_web::web;

use super::EndpointResource;
use crate::domain::access::may;
use crate::http::extract::{Query, RequireApplication};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::webhook_endpoints::EndpointAttribute;
use crate::workflows::Engine;

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, EndpointAttribute); 3] = [
    ("creationTime", EndpointAttribute::Created),
    ("lastModifiedTime", EndpointAttribute::Updated),
    ("url", EndpointAttribute::Url),
];

/// Lists them.
pub async fn handle(
    call: RequireApplication<may::WebhookEndpointRead>,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<EndpointResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, EndpointAttribute::Created, &mut violations);
    violations.into_result()?;
    let found = engine.page_endpoints(&call.scope, &part.terms, part.by, part.slice).await;
    let (total, endpoints) = found.map_err(|failure| problem(failure, ""))?;
    let items = endpoints.iter().map(|endpoint| EndpointResource::new(endpoint, None)).collect();
    Ok(web::Json(part.page(total, items)))
}
