//! `DELETE /api/v1/users/{id}`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Removes them.
pub async fn handle(
    call: Require<may::UserWrite>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let version = if_match::seen(&request)?;
    let user = id(&path, Noun::User)?;
    let deleted = engine.delete_user(&call.authority(), user, version).await;
    deleted.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
