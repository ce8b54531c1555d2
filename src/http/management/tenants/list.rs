//! `GET /api/v1/tenants`

use actix_web::web;

use super::TenantResource;
use crate::domain::access::may;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::tenants::TenantAttribute;
use crate::workflows::Engine;

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, TenantAttribute); 5] = [
    ("creationTime", TenantAttribute::Created),
    ("lastModifiedTime", TenantAttribute::Updated),
    ("name", TenantAttribute::Name),
    ("displayName", TenantAttribute::DisplayName),
    ("locale", TenantAttribute::Locale),
];

/// Lists those that the caller may see.
pub async fn handle(
    call: Require<may::TenantRead>,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<TenantResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, TenantAttribute::Created, &mut violations);
    violations.into_result()?;
    let found = engine.page_tenants(&call.scope, &part.terms, part.by, part.slice).await;
    let (total, found) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, found.into_iter().map(TenantResource::from).collect())))
}
