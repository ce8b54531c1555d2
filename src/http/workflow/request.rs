//! `request-password-reset`: somebody forgot their password.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::{Scope, may};
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;
use crate::domain::reset::Strategy;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::{Missing, Problem};
use crate::workflows::Engine;
use crate::workflows::resets::Client;
use crate::workflows::resets::request::AskByAddress;

use super::check::{self, Check};
use super::failure::problem;
use super::idempotency;

/// Whose password it is, and what belongs to the request.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestPasswordReset {
    /// The tenant; the application's default tenant when absent.
    tenant_id: Option<String>,
    /// The address, 1 – 254 bytes. Case and surrounding spaces do not matter.
    #[schema(value_type = String, example = "ada@example.com")]
    email: Option<String>,
    /// The application's own client, for its records.
    client_id: Option<String>,
    /// Language of the mail, a BCP 47 tag.
    locale: Option<String>,
    /// Where to go after success: exactly one of the registered URLs.
    redirect_url: Option<String>,
    /// At most 512 characters, handed back with the result.
    state: Option<String>,
    /// The address of the person's machine; throttles count by it.
    client_ip: Option<String>,
}

/// The answer, the same for every address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestAccepted {
    /// `REQUEST_ACCEPTED`.
    result: &'static str,
    /// What is mailed, if there is an account.
    strategy: Strategy,
    /// With strategy `OTP`: the handle that goes with the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_code: Option<String>,
    /// With strategy `OTP`: from when on the code is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// With strategy `OTP`: from when on `resend-code` may be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    resend_available_at: Option<Timestamp>,
}

/// `POST /api/v1/password-reset/request-password-reset`
pub async fn handle(
    request: HttpRequest,
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<RequestPasswordReset>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<RequestAccepted>, Problem> {
    caller.needs_application()?;
    let idempotent = idempotency::of(&request, &engine, &caller.caller, &body)?;
    let mut check = Check::default();
    let named = check.optional("tenantId", body.tenant_id, check::NOTE).unwrap_or_default();
    let email = check.email("email", body.email);
    check.optional("clientId", body.client_id, check::NOTE);
    let locale = check.optional("locale", body.locale, check::LOCALE);
    let redirect_url = check.optional("redirectUrl", body.redirect_url, check::URL);
    let state = check.optional("state", body.state, check::STATE);
    let ip = check.client_ip(body.client_ip);
    check.done()?;
    let Some(email) = email else { return Err(Problem::invalid_request("email is required")) };

    let tenant: Option<TenantId> = (!named.is_empty()).then(|| check::id(&named, Missing::Tenant)).transpose()?;
    // Which mode the request leads to is the tenant's choice; whether the
    // caller may start that mode is decided before anything happens.
    let whole = Scope::of_record(caller.caller.application);
    let tenancy = engine.tenancy(&whole, tenant).await.map_err(|failure| problem(failure, &named))?;
    let scope = caller.application_scope(Some(tenancy.workflow.strategy.mode()), None)?;
    let client = Client { ip, user_agent: None };
    let ask = AskByAddress { tenant, email, locale, redirect_url, state, client, idempotent };
    let accepted = engine.request_reset(&scope, ask).await.map_err(|failure| problem(failure, &named))?;
    let (request_code, expires_at, resend_available_at) = match accepted.otp {
        None => (None, None, None),
        Some(otp) => (Some(otp.request_code.expose().to_owned()), otp.expires_at, Some(otp.resend_at)),
    };
    let strategy = accepted.strategy;
    Ok(web::Json(RequestAccepted {
        result: "REQUEST_ACCEPTED",
        strategy,
        request_code,
        expires_at,
        resend_available_at,
    }))
}
