//! `GET /api/v1/operators/{id}`

use actix_web::web;

use super::OperatorResource;
use crate::http::extract::RequireOperator;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows them.
pub async fn handle(
    _operator: RequireOperator,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<OperatorResource>, Problem> {
    let operator = id(&path, Noun::Operator)?;
    let found = engine.get_operator(operator).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(found.into()))
}
