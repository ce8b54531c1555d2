//! `GET /api/v1/issuers`

use actix_web::web;

use super::Issuers;
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::extract::require::unavailable;
use crate::http::problem::Problem;
use crate::workflows::Engine;

/// `GET /api/v1/issuers`
pub async fn handle(
    caller: RequireApplication<may::IssuerRead>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Issuers>, Problem> {
    let set = engine.issuers(&caller.scope).await.map_err(|error| unavailable(&error))?;
    Ok(web::Json(Issuers::new(set).map_err(|error| unavailable(&error))?))
}
