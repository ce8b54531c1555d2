//! `resend-code`: the code once more.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::clock::Timestamp;
use crate::domain::reset::Mode;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::Problem;
use crate::workflows::Engine;

use super::check::Check;
use super::failure::problem;

/// Which request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResendCode {
    /// The handle that the request answered with.
    #[schema(value_type = String)]
    request_code: Option<Secret>,
}

/// The code is on its way again, if there is an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Resent {
    /// `RESENT`.
    result: &'static str,
    /// From when on this may be called again.
    #[schema(value_type = String, format = DateTime)]
    resend_available_at: Timestamp,
}

/// `POST /api/v1/password-reset/resend-code`
pub async fn handle(
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<ResendCode>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Resent>, Problem> {
    let scope = caller.application_scope(Some(Mode::EmailOtp), None)?;
    let mut check = Check::default();
    let code = check.secret("requestCode", body.request_code);
    check.done()?;
    let Some(code) = code else { return Err(Problem::invalid_request("requestCode is required")) };
    let next = engine.resend_code(&scope, &code).await.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(Resent { result: "RESENT", resend_available_at: next }))
}
