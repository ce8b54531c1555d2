//! The two introspections: what is a link token good for?

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::clock::Timestamp;
use crate::domain::password::PasswordRules;
use crate::domain::reset::{Mode, Refusal};
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::Problem;
use crate::workflows::Engine;
use crate::workflows::resets::Client;

use super::check::Check;
use super::failure::problem;

/// The token of an emailed link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IntrospectEmailAuthCode {
    /// The token.
    #[schema(value_type = String)]
    email_auth_code: Option<Secret>,
    /// The address of the person's machine; bad tokens count by it.
    client_ip: Option<String>,
}

/// The token of a handed-over link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IntrospectPasswordResetCode {
    /// The token.
    #[schema(value_type = String)]
    password_reset_code: Option<Secret>,
    /// The address of the person's machine; bad tokens count by it.
    client_ip: Option<String>,
}

/// What the token is good for.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Introspection {
    /// `VALID`, `EXPIRED`, `USED`, `SUPERSEDED` or `CANCELLED`.
    result: &'static str,
    /// When valid: whose tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
    /// When valid: which application.
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<String>,
    /// When valid: until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When valid: what the new password must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    password_policy: Option<PasswordRules>,
    /// When valid and there is one: where success leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    /// When valid and there is one: the text that came with the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
}

/// `POST /api/v1/password-reset/introspect-email-auth-code`
pub async fn email_auth_code(
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<IntrospectEmailAuthCode>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Introspection>, Problem> {
    introspect(&caller, &engine, Mode::EmailLink, "emailAuthCode", body.email_auth_code, body.client_ip).await
}

/// `POST /api/v1/password-reset/introspect-password-reset-code`
pub async fn password_reset_code(
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<IntrospectPasswordResetCode>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Introspection>, Problem> {
    introspect(&caller, &engine, Mode::ResetLink, "passwordResetCode", body.password_reset_code, body.client_ip).await
}

async fn introspect(
    caller: &RequireHeld<may::PasswordResetExecute>,
    engine: &Engine,
    mode: Mode,
    field: &str,
    token: Option<Secret>,
    client_ip: Option<String>,
) -> Result<web::Json<Introspection>, Problem> {
    let scope = caller.application_scope(Some(mode), None)?;
    let mut check = Check::default();
    let token = check.secret(field, token);
    let client = Client { ip: check.client_ip(client_ip), user_agent: None };
    check.done()?;
    let Some(token) = token else { return Err(Problem::invalid_request("a code is required")) };
    let seen = engine.introspect(&scope, mode, &token, &client).await.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(match seen.verdict {
        Ok(()) => Introspection {
            result: "VALID",
            tenant_id: Some(seen.reset.tenant.to_string()),
            application_id: Some(seen.reset.application.to_string()),
            expires_at: seen.reset.expires_at,
            password_policy: Some(seen.tenancy.passwords.to_wire()),
            redirect_url: seen.redirect_url,
            state: seen.reset.state,
        },
        Err(refusal) => Introspection { result: word(refusal), ..Introspection::default() },
    }))
}

const fn word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Expired => "EXPIRED",
        Refusal::Used => "USED",
        Refusal::Superseded => "SUPERSEDED",
        // A link has no attempts to exhaust; were there ever one, it is over.
        Refusal::Exhausted | Refusal::Cancelled => "CANCELLED",
    }
}
