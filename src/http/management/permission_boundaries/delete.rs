//! `DELETE /api/v1/permission-boundaries/{id}`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Deletes it, unless a grant refers to it.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountWrite>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let version = if_match::seen(&request)?;
    let boundary = id(&path, Noun::PermissionBoundary)?;
    let deleted = engine.delete_boundary(&call.authority(), boundary, version).await;
    deleted.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
