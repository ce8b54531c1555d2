//! `GET /api/v1/operators`

use actix_web::web;

use super::OperatorResource;
use crate::http::extract::{Query, RequireOperator};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::operators::OperatorAttribute;
use crate::workflows::Engine;

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, OperatorAttribute); 5] = [
    ("creationTime", OperatorAttribute::Created),
    ("lastModifiedTime", OperatorAttribute::Updated),
    ("name", OperatorAttribute::Name),
    ("email", OperatorAttribute::Email),
    ("disabled", OperatorAttribute::Disabled),
];

/// Lists them.
pub async fn handle(
    _operator: RequireOperator,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<OperatorResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, OperatorAttribute::Created, &mut violations);
    violations.into_result()?;
    let found = engine.page_operators(&part.terms, part.by, part.slice).await;
    let (total, found) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, found.into_iter().map(OperatorResource::from).collect())))
}
