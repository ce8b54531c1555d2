//! `DELETE /api/v1/webhook-endpoints/{id}`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Removes it.
pub async fn handle(
    call: RequireApplication<may::WebhookEndpointWrite>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let version = if_match::seen(&request)?;
    let endpoint = id(&path, Noun::WebhookEndpoint)?;
    let removed = engine.delete_endpoint(&call.authority(), endpoint, version).await;
    removed.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
