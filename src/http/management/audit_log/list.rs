//! `GET /api/v1/audit-log`, and that of the operators.

use actix_web::web;

use super::{ATTRIBUTES, AuditResource};
use crate::domain::access::may;
use crate::domain::audit::Chain;
use crate::http::extract::{Query, Require, RequireOperator};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::audit::{AuditAttribute, Reach};
use crate::workflows::Engine;

/// Lists what the caller may see: entries of their tenants, and those of no
/// tenant when they may see the whole application.
pub async fn handle(
    call: Require<may::AuditRead>,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<AuditResource>>, Problem> {
    page(&Reach::of_scope(&call.scope), &query, &engine).await
}

/// Lists acts above all applications.
pub async fn handle_operators(
    _operator: RequireOperator,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<AuditResource>>, Problem> {
    page(&Reach::whole(Chain::Operators), &query, &engine).await
}

async fn page(reach: &Reach, query: &ListQuery, engine: &Engine) -> Result<web::Json<Page<AuditResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, AuditAttribute::Position, &mut violations);
    violations.into_result()?;
    let found = engine.page_audit(reach, &part.terms, part.by, part.slice).await;
    let (total, entries) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, entries.into_iter().map(AuditResource::from).collect())))
}
