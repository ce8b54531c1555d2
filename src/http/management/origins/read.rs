//! `GET /api/v1/origins`

use actix_web::web;

use super::OriginsResource;
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::problem;
use crate::http::problem::Problem;
use crate::workflows::Engine;

/// Shows them.
pub async fn handle(
    caller: RequireApplication<may::OriginRead>,
    engine: web::Data<Engine>,
) -> Result<web::Json<OriginsResource>, Problem> {
    let registered = engine.origins(&caller.scope).await.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(OriginsResource::new(registered)))
}
