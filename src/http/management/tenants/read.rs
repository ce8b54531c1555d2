//! `GET /api/v1/tenants/{id}`

use actix_web::web;

use super::TenantResource;
use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    call: Require<may::TenantRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<TenantResource>, Problem> {
    let tenant = id(&path, Noun::Tenant)?;
    let found = engine.get_tenant(&call.scope, tenant).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(found.into()))
}
