//! `GET /api/v1/applications`

use actix_web::web;

use super::ApplicationResource;
use crate::http::extract::{Query, RequireOperator};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::applications::ApplicationAttribute;
use crate::workflows::Engine;

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, ApplicationAttribute); 4] = [
    ("creationTime", ApplicationAttribute::Created),
    ("lastModifiedTime", ApplicationAttribute::Updated),
    ("name", ApplicationAttribute::Name),
    ("displayName", ApplicationAttribute::DisplayName),
];

/// Lists them.
pub async fn handle(
    _operator: RequireOperator,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<ApplicationResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, ApplicationAttribute::Created, &mut violations);
    violations.into_result()?;
    let found = engine.page_applications(&part.terms, part.by, part.slice).await;
    let (total, found) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, found.into_iter().map(ApplicationResource::from).collect())))
}
