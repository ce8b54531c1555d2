//! `GET /api/v1/password-resets/{id}`

use actix_web::web;

use super::ResetResource;
use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    call: Require<may::PasswordResetRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ResetResource>, Problem> {
    let reset = id(&path, Noun::PasswordReset)?;
    let found = engine.get_reset_record(&call.scope, reset).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(ResetResource::new(&found, call.now)))
}
