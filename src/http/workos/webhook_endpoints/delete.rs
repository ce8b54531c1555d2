//! `DELETE /webhook_endpoints/{id}`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::problem::Problem;
use crate::http::workos::{error, id};
use crate::workflows::Engine;

pub(in crate::http::workos) async fn handle(
    call: RequireApplication<may::WebhookEndpointWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let endpoint = id(&path, error::webhook_endpoint)?;
    let removed = engine.delete_endpoint(&call.authority(), endpoint, None).await;
    removed.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
