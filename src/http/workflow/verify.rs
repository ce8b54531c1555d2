//! `verify-code`: is the code right? It is still needed at the end.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::clock::Timestamp;
use crate::domain::reset::{Mode, Proof};
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::Problem;
use crate::workflows::Engine;
use crate::workflows::resets::Client;

use super::check::Check;
use super::failure::problem;

/// The pair to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyCode {
    /// The handle that the request answered with.
    #[schema(value_type = String)]
    request_code: Option<Secret>,
    /// The eight digits from the mail; spaces and dashes do not matter.
    #[schema(value_type = String, example = "1234 5678")]
    verification_code: Option<Secret>,
}

/// The code is right.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeVerified {
    /// `CODE_VERIFIED`.
    result: &'static str,
    /// Until when it can be used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// `POST /api/v1/password-reset/verify-code`
pub async fn handle(
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<VerifyCode>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<CodeVerified>, Problem> {
    let scope = caller.application_scope(Some(Mode::EmailOtp), None)?;
    let mut check = Check::default();
    let request_code = check.secret("requestCode", body.request_code);
    let verification_code = check.secret("verificationCode", body.verification_code);
    check.done()?;
    let (Some(request_code), Some(verification_code)) = (request_code, verification_code) else {
        return Err(Problem::invalid_request("both codes are required"));
    };
    let proof = Proof::EmailOtp { request_code, verification_code };
    let reset = engine.verify_code(&scope, &proof, &Client::default()).await;
    let reset = reset.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(CodeVerified { result: "CODE_VERIFIED", expires_at: reset.expires_at }))
}
