//! `reset-password`: a proof and a new password.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::clock::Timestamp;
use crate::domain::reset::Proof;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::Problem;
use crate::workflows::resets::Client;
use crate::workflows::resets::complete::{Complete, Completed};
use crate::workflows::{Engine, Failure};

use super::check::{self, Check};
use super::failure::problem;

/// Exactly one of three groups says what proves it: `emailAuthCode`, or
/// `requestCode` with `verificationCode`, or `passwordResetCode`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPassword {
    /// The token of an emailed link.
    #[schema(value_type = Option<String>)]
    email_auth_code: Option<Secret>,
    /// The handle of a request that mailed a code.
    #[schema(value_type = Option<String>)]
    request_code: Option<Secret>,
    /// The eight digits from the mail; spaces and dashes do not matter.
    #[schema(value_type = Option<String>)]
    verification_code: Option<Secret>,
    /// The token of a handed-over link.
    #[schema(value_type = Option<String>)]
    password_reset_code: Option<Secret>,
    /// The new password.
    #[schema(value_type = String)]
    new_password: Option<Secret>,
    /// The code of the user's authenticator, for users who have one.
    #[schema(value_type = Option<String>)]
    totp_code: Option<Secret>,
    /// Leave out the "password updated" mail, where the policy allows that.
    suppress_password_updated_email: Option<bool>,
    /// The address of the person's machine.
    client_ip: Option<String>,
    /// The person's browser, as it names itself.
    user_agent: Option<String>,
}

/// Told apart by `result`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetPasswordResult {
    /// `PASSWORD_RESET_COMPLETE`; `MFA_ENROLLMENT_REQUIRED`: complete, but
    /// Immediate Login is withheld until the user has an authenticator;
    /// `MFA_REQUIRED`: nothing was done, call again with `totpCode`.
    result: &'static str,
    /// Whose password it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// Where to go now, when there is such a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    /// Under Immediate Login: to be exchanged for a session, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_session_code: Option<String>,
    /// Under Immediate Login: until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    auth_session_expires_at: Option<Timestamp>,
    /// How many sessions ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions_revoked: Option<u32>,
}

impl ResetPasswordResult {
    /// A code of the user's authenticator is missing.
    const MFA_REQUIRED: Self = Self {
        result: "MFA_REQUIRED",
        user_id: None,
        redirect_url: None,
        auth_session_code: None,
        auth_session_expires_at: None,
        sessions_revoked: None,
    };
}

impl From<Completed> for ResetPasswordResult {
    fn from(done: Completed) -> Self {
        let (code, expiry) = done.auth_session.unzip();
        Self {
            result: if done.enrollment_required { "MFA_ENROLLMENT_REQUIRED" } else { "PASSWORD_RESET_COMPLETE" },
            user_id: Some(done.user.to_string()),
            redirect_url: done.redirect_url,
            auth_session_code: code.map(|code| code.expose().to_owned()),
            auth_session_expires_at: expiry,
            sessions_revoked: Some(done.sessions_revoked),
        }
    }
}

/// `POST /api/v1/password-reset/reset-password`
pub async fn handle(
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<ResetPassword>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ResetPasswordResult>, Problem> {
    caller.needs_application()?;
    let mut check = Check::default();
    let new_password = check.secret("newPassword", body.new_password);
    let totp_code = body.totp_code.and_then(|code| check.secret("totpCode", Some(code)));
    let ip = check.client_ip(body.client_ip);
    let user_agent = check.optional("userAgent", body.user_agent, check::NOTE);
    let codes = Codes {
        email_auth: body.email_auth_code,
        request: body.request_code,
        verification: body.verification_code,
        password_reset: body.password_reset_code,
    };
    let proof = codes.into_proof(&mut check);
    check.done()?;
    let (Some(proof), Some(new_password)) = (proof, new_password) else {
        return Err(Problem::invalid_request("a proof and newPassword are required"));
    };
    let scope = caller.application_scope(Some(proof.mode()), None)?;
    let suppress_notice = body.suppress_password_updated_email.unwrap_or(false);
    let ask = Complete { proof, new_password, totp_code, suppress_notice, client: Client { ip, user_agent } };
    match engine.complete_reset(&scope, &ask).await {
        Ok(done) => Ok(web::Json(done.into())),
        Err(Failure::MfaRequired) => Ok(web::Json(ResetPasswordResult::MFA_REQUIRED)),
        Err(failure) => Err(problem(failure, "")),
    }
}

/// The fields of the three groups.
struct Codes {
    email_auth: Option<Secret>,
    request: Option<Secret>,
    verification: Option<Secret>,
    password_reset: Option<Secret>,
}

impl Codes {
    /// The proof, when exactly one group is there; otherwise every offending
    /// field is named.
    fn into_proof(self, check: &mut Check) -> Option<Proof> {
        let fields = [
            ("emailAuthCode", 0, self.email_auth.is_some()),
            ("requestCode", 1, self.request.is_some()),
            ("verificationCode", 1, self.verification.is_some()),
            ("passwordResetCode", 2, self.password_reset.is_some()),
        ];
        let Some(first) = fields.iter().find(|field| field.2).map(|field| field.1) else {
            for field in &fields {
                check.violated(field.0, "exactly_one_mode");
            }
            return None;
        };
        let present = || fields.iter().filter(|field| field.2);
        if present().any(|field| field.1 != first) {
            for (field, group, _) in present() {
                check.violated(field, if *group == first { "exactly_one_mode" } else { "must_be_null" });
            }
            return None;
        }
        match first {
            0 => check.secret("emailAuthCode", self.email_auth).map(Proof::EmailLink),
            1 => {
                let request_code = check.secret("requestCode", self.request);
                let verification_code = check.secret("verificationCode", self.verification);
                Some(Proof::EmailOtp { request_code: request_code?, verification_code: verification_code? })
            }
            _ => check.secret("passwordResetCode", self.password_reset).map(Proof::ResetLink),
        }
    }
}
