//! `GET /api/v1/branding`

use actix_web::web;

use super::{BrandingQuery, BrandingResource};
use crate::domain::access::may;
use crate::http::extract::{Query, RequireHeld};
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    held: RequireHeld<may::BrandingRead>,
    Query(query): Query<BrandingQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<BrandingResource>, Problem> {
    let named = query.tenant_id.as_deref();
    let tenant = named.map(|text| id(text, Noun::Tenant)).transpose()?;
    let scope = match tenant {
        Some(_) => held.scope(None, None)?,
        None => held.application_scope(None, None)?,
    };
    let set = engine.branding(&scope, tenant).await;
    Ok(web::Json(BrandingResource::new(set.map_err(|failure| problem(failure, named.unwrap_or_default()))?)))
}
