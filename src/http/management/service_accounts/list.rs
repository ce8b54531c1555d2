//! `GET /api/v1/service-accounts`

use actix_web::web;

use super::ServiceAccountResource;
use crate::domain::access::may;
use crate::http::extract::{Query, RequireApplication};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::service_accounts::AccountAttribute;
use crate::workflows::Engine;

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, AccountAttribute); 6] = [
    ("creationTime", AccountAttribute::Created),
    ("lastModifiedTime", AccountAttribute::Updated),
    ("name", AccountAttribute::Name),
    ("clientId", AccountAttribute::ClientId),
    ("tenantId", AccountAttribute::Tenant),
    ("disabled", AccountAttribute::Disabled),
];

/// Lists them.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountRead>,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<ServiceAccountResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, AccountAttribute::Created, &mut violations);
    violations.into_result()?;
    let found = engine.page_accounts(&call.scope, &part.terms, part.by, part.slice).await;
    let (total, found) = found.map_err(|failure| problem(failure, ""))?;
    let items = found.into_iter().map(|account| ServiceAccountResource::new(account, None)).collect();
    Ok(web::Json(part.page(total, items)))
}
