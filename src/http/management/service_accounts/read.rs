//! `GET /api/v1/service-accounts/{id}`

use actix_web::web;

use super::ServiceAccountResource;
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ServiceAccountResource>, Problem> {
    let account = id(&path, Noun::ServiceAccount)?;
    let found = engine.get_account(&call.scope, account).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(ServiceAccountResource::new(found, None)))
}
