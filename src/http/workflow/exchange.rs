//! `exchange-auth-session`: Immediate Login's second half, from the
//! application's backend.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, RequireApplication};
use crate::http::problem::Problem;
use crate::workflows::Engine;
use crate::workflows::resets::Client;

use super::check::{self, Check};
use super::failure::problem;

/// The code, and the client that the session is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExchangeAuthSession {
    /// The code that the completion answered with.
    #[schema(value_type = String)]
    auth_session_code: Option<Secret>,
    /// The address of the person's machine.
    client_ip: Option<String>,
    /// The person's browser, as it names itself.
    user_agent: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthSession {
    /// Who is signed in.
    user_id: String,
    /// The session.
    session_id: String,
    /// A JWT, five minutes.
    access_token: String,
    /// Good once, for the next access token.
    refresh_token: String,
}

/// `POST /api/v1/password-reset/exchange-auth-session`
pub async fn handle(
    InOrder(caller, Json(body)): InOrder<RequireApplication<may::PasswordResetExecute>, Json<ExchangeAuthSession>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<AuthSession>, Problem> {
    let mut check = Check::default();
    let code = check.secret("authSessionCode", body.auth_session_code);
    let ip = check.client_ip(body.client_ip);
    let user_agent = check.optional("userAgent", body.user_agent, check::NOTE);
    check.done()?;
    let Some(code) = code else { return Err(Problem::invalid_request("authSessionCode is required")) };
    let client = Client { ip, user_agent };
    let signed_in = engine.exchange_auth_session(&caller.scope, &code, &client).await;
    let signed_in = signed_in.map_err(|failure| problem(failure, ""))?;
    let access_token = engine.access_token(&signed_in, &caller.caller.client_id);
    let access_token = access_token.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(AuthSession {
        user_id: signed_in.user.id.to_string(),
        session_id: signed_in.session.to_string(),
        access_token: access_token.expose().to_owned(),
        refresh_token: signed_in.refresh_token.expose().to_owned(),
    }))
}
