//! `cancel-password-reset`: what is pending ends now.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, Require};
use crate::http::problem::{Missing, Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::resets::cancel::Which;

use super::check;
use super::failure::problem;

/// Exactly one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelPasswordReset {
    /// Every pending reset of this user.
    user_id: Option<String>,
    /// This reset.
    password_reset_id: Option<String>,
}

/// What was cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    /// `CANCELLED`.
    result: &'static str,
    /// How many were pending.
    count: u32,
}

/// `POST /api/v1/password-reset/cancel-password-reset`
pub async fn handle(
    InOrder(caller, Json(body)): InOrder<Require<may::PasswordResetExecute>, Json<CancelPasswordReset>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Cancelled>, Problem> {
    let (which, named) = match (body.user_id, body.password_reset_id) {
        (Some(user), None) => (Which::OfUser(check::id(&user, Missing::User)?), user),
        (None, Some(reset)) => (Which::One(check::id(&reset, Missing::PasswordReset)?), reset),
        (Some(_), Some(_)) => return Err(Violations::one("passwordResetId", "must_be_null").into()),
        (None, None) => return Err(Violations::one("userId", "required").into()),
    };
    let count = engine.cancel_resets(&caller.authority(), which).await.map_err(|failure| problem(failure, &named))?;
    Ok(web::Json(Cancelled { result: "CANCELLED", count }))
}
