//! `GET /api/v1/applications/{id}`

use actix_web::web;

use super::ApplicationResource;
use crate::http::extract::RequireOperator;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    _operator: RequireOperator,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ApplicationResource>, Problem> {
    let application = id(&path, Noun::Application)?;
    let found = engine.get_application(application).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(found.into()))
}
