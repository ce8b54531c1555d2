//! `DELETE /api/v1/tenants/{id}`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Deletes it with everything in it.
pub async fn handle(
    call: Require<may::TenantWrite>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let version = if_match::seen(&request)?;
    let tenant = id(&path, Noun::Tenant)?;
    let deleted = engine.delete_tenant(&call.authority(), tenant, version).await;
    deleted.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
