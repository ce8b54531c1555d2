//! `GET /api/v1/webhook-endpoints/{id}`

use actix_web::web;

use super::EndpointResource;
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    call: RequireApplication<may::WebhookEndpointRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<EndpointResource>, Problem> {
    let endpoint = id(&path, Noun::WebhookEndpoint)?;
    let found = engine.get_endpoint(&call.scope, endpoint).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(EndpointResource::new(&found, None)))
}
