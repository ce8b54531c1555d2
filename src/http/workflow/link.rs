//! `create-password-reset-link`: a link that somebody hands over.

use std::time::Duration;

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::{Ask, Permission, may};
use crate::domain::clock::Timestamp;
use crate::domain::reset::Mode;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::{Missing, Problem};
use crate::workflows::Engine;
use crate::workflows::resets::Client;
use crate::workflows::resets::trusted::{CreateLink, LinkAuthority};

use super::check::{self, Check};
use super::failure::problem;
use super::idempotency;

/// For whom, and for how long.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreatePasswordResetLink {
    /// The user.
    #[schema(value_type = String)]
    user_id: Option<String>,
    /// Minutes, 5 – 1440; the tenant's policy decides when absent.
    lifetime_minutes: Option<u64>,
    /// Where to go after success: exactly one of the registered URLs.
    redirect_url: Option<String>,
    /// Why, for the record; at most 512 characters.
    reason: Option<String>,
}

/// The link. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetLink {
    /// The reset.
    password_reset_id: String,
    /// The link to hand over.
    password_reset_url: String,
    /// The token inside it.
    password_reset_code: String,
    /// From when on it is refused.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// `POST /api/v1/password-reset/create-password-reset-link`
pub async fn handle(
    request: HttpRequest,
    InOrder(caller, Json(body)): InOrder<RequireHeld<may::PasswordResetExecute>, Json<CreatePasswordResetLink>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<PasswordResetLink>, Problem> {
    let idempotent = idempotency::of(&request, &engine, &caller.caller, &body)?;
    let mut check = Check::default();
    let named = check.required("userId", body.user_id);
    let lifetime = check.minutes("lifetimeMinutes", body.lifetime_minutes, Mode::ResetLink.lifetime_bounds());
    let redirect_url = check.optional("redirectUrl", body.redirect_url, check::URL);
    let reason = check.optional("reason", body.reason, check::NOTE);
    check.done()?;

    let user = check::id(&named, Missing::User)?;
    let reach = caller.reach()?;
    let lives = match lifetime {
        Some(lifetime) => lifetime,
        None => engine.link_lifetime_for(&reach, user).await.map_err(|failure| problem(failure, &named))?,
    };
    let authority = authority(&caller, lives)?;
    let ask = CreateLink { user, lifetime: Some(lives), redirect_url, reason, client: Client::default(), idempotent };
    let link = engine.create_reset_link(&authority, &caller.authority(authority.execute.clone()), ask).await;
    let link = link.map_err(|failure| problem(failure, &named))?;
    Ok(web::Json(PasswordResetLink {
        password_reset_id: link.reset.id.to_string(),
        password_reset_url: link.url.expose().to_owned(),
        password_reset_code: link.code.expose().to_owned(),
        expires_at: link.reset.expires_at,
    }))
}

/// Starting resets is one permission, seeing their secrets another, and
/// protected users need a third.
fn authority(caller: &RequireHeld<may::PasswordResetExecute>, lifetime: Duration) -> Result<LinkAuthority, Problem> {
    let ask =
        Ask { now: caller.now, source_ip: caller.source_ip, mode: Some(Mode::ResetLink), lifetime: Some(lifetime) };
    Ok(LinkAuthority {
        execute: caller.scope(Some(Mode::ResetLink), Some(lifetime))?,
        secret: caller.caller.scope(Permission::PasswordResetSecretRead, &ask),
        protected: caller.caller.scope(Permission::PasswordResetExecuteProtected, &ask),
    })
}
