//! `send-password-reset-email`: a trusted backend mails a user it names.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::clock::Timestamp;
use crate::domain::reset::Strategy;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::{Missing, Problem};
use crate::workflows::Engine;
use crate::workflows::resets::Client;
use crate::workflows::resets::trusted::SendEmail;

use super::check::{self, Check};
use super::failure::problem;
use super::idempotency;

/// Whom to mail.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendPasswordResetEmail {
    /// The user.
    #[schema(value_type = String)]
    user_id: Option<String>,
    /// Language of the mail, a BCP 47 tag.
    locale: Option<String>,
    /// Where to go after success: exactly one of the registered URLs.
    redirect_url: Option<String>,
    /// At most 512 characters, handed back with the result.
    state: Option<String>,
    /// A link or a code; the tenant's policy decides when absent.
    strategy: Option<Strategy>,
}

/// A mail is on its way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailQueued {
    /// `EMAIL_QUEUED`.
    result: &'static str,
    /// The reset.
    password_reset_id: String,
    /// From when on it is refused.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// With strategy `OTP`: the handle that goes with the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_code: Option<String>,
}

/// `POST /api/v1/password-reset/send-password-reset-email`
pub async fn handle(
    request: HttpRequest,
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<SendPasswordResetEmail>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<EmailQueued>, Problem> {
    let idempotent = idempotency::of(&request, &engine, &caller.caller, &body)?;
    let mut check = Check::default();
    let named = check.required("userId", body.user_id);
    let locale = check.optional("locale", body.locale, check::LOCALE);
    let redirect_url = check.optional("redirectUrl", body.redirect_url, check::URL);
    let state = check.optional("state", body.state, check::STATE);
    check.done()?;

    let user = check::id(&named, Missing::User)?;
    // Without a strategy the user's tenant decides, so the user is looked at
    // under what the caller may reach at all, and the mode is judged after.
    let reach = caller.reach()?;
    let strategy = match body.strategy {
        Some(strategy) => strategy,
        None => engine.strategy_for(&reach, user).await.map_err(|failure| problem(failure, &named))?,
    };
    let scope = caller.scope(Some(strategy.mode()), None)?;
    let (request, client) = (caller.authority(scope.clone()).origin().request.clone(), Client::default());
    let ask = SendEmail { user, strategy: Some(strategy), locale, redirect_url, state, request, client, idempotent };
    let queued = engine.send_reset_email(&scope, &caller.caller, ask).await;
    let queued = queued.map_err(|failure| problem(failure, &named))?;
    Ok(web::Json(EmailQueued {
        result: "EMAIL_QUEUED",
        password_reset_id: queued.reset.id.to_string(),
        expires_at: queued.reset.expires_at,
        request_code: queued.request_code.map(|code| code.expose().to_owned()),
    }))
}
