//! `GET /api/v1/permission-boundaries/{id}`

use actix_web::web;

use super::BoundaryResource;
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<BoundaryResource>, Problem> {
    let boundary = id(&path, Noun::PermissionBoundary)?;
    let found = engine.get_boundary(&call.scope, boundary).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(found.into()))
}
