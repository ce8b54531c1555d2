//! `DELETE /api/v1/messages/suppressions/{id}`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Lets the address have mail again.
pub async fn handle(
    call: Require<may::MessageWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let suppression = id(&path, Noun::Suppression)?;
    let removed = engine.remove_suppression(&call.authority(), suppression).await;
    removed.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
