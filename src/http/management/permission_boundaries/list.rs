//! `GET /api/v1/permission-boundaries`

use actix_web::web;

use super::BoundaryResource;
use crate::domain::access::may;
use crate::http::extract::{Query, RequireApplication};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::permission_boundaries::BoundaryAttribute;
use crate::workflows::Engine;

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, BoundaryAttribute); 3] = [
    ("creationTime", BoundaryAttribute::Created),
    ("lastModifiedTime", BoundaryAttribute::Updated),
    ("name", BoundaryAttribute::Name),
];

/// Lists them.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountWrite>,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<BoundaryResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, BoundaryAttribute::Created, &mut violations);
    violations.into_result()?;
    let found = engine.page_boundaries(&call.scope, &part.terms, part.by, part.slice).await;
    let (total, found) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, found.into_iter().map(BoundaryResource::from).collect())))
}
