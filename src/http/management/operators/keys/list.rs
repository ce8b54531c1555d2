//! `GET /api/v1/operators/{id}/api-keys`

use actix_web::web;

use super::{OperatorKeyResource, OperatorKeys};
use crate::http::extract::RequireOperator;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Lists them.
pub async fn handle(
    _operator: RequireOperator,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<OperatorKeys>, Problem> {
    let operator = id(&path, Noun::Operator)?;
    let keys = engine.list_operator_keys(operator).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(OperatorKeys { items: keys.into_iter().map(OperatorKeyResource::from).collect() }))
}
