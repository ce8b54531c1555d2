//! `POST /api/v1/password-resets/{id}/cancel`

use actix_web::web;

use super::ResetResource;
use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::resets::cancel::Which;
use crate::workflows::{Engine, Noun};

/// Cancels it, if it is pending; shows what it is then.
pub async fn handle(
    call: Require<may::PasswordResetWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ResetResource>, Problem> {
    let reset = id(&path, Noun::PasswordReset)?;
    let refuse = |failure| problem(failure, &path);
    engine.cancel_resets(&call.authority(), Which::One(reset)).await.map_err(refuse)?;
    let found = engine.get_reset_record(&call.scope, reset).await.map_err(refuse)?;
    Ok(web::Json(ResetResource::new(&found, call.now)))
}
