//! `POST /user_management/users/{id}/auth_factors`
//!
//! There is no call that confirms a new factor: the application shows the
//! QR code and has its user try a code where it signs them in. The factor
//! counts at once.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::objects;
use crate::domain::access::{Ask, Permission, may};
use crate::domain::ids::UserId;
use crate::domain::second_factor::Authenticator;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, Require};
use crate::http::problem::{Missing, Problem};
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::{error, id};
use crate::workflows::Engine;
use crate::workflows::second_factor::enroll::NewTotp;

/// The longest name that apps are shown, in characters: the QR code has to
/// hold two of them.
const NAME: usize = 128;

/// A new authenticator.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct EnrollAuthFactor {
    /// `totp`.
    #[serde(default, rename = "type")]
    #[schema(required = true, value_type = String, example = "totp")]
    kind: Given<String>,
    /// Who it is for, up to 128 characters without a colon; the application's
    /// name when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    totp_issuer: Given<String>,
    /// Which account it is for, up to 128 characters without a colon; the
    /// user's address when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    totp_user: Given<String>,
    /// The secret of an authenticator that the user has already: base32 of 16
    /// to 64 bytes. A new one when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    totp_secret: Given<Secret>,
}

impl EnrollAuthFactor {
    fn read(self) -> Result<NewTotp, Problem> {
        let mut checks = Checks::default();
        let kind = checks.required("type", self.kind);
        if kind.as_ref().is_some_and(|kind| kind != "totp") {
            checks.refuse("type", "invalid_value");
        }
        let issuer = checks.optional("totp_issuer", self.totp_issuer);
        let account = checks.optional("totp_user", self.totp_user);
        for (field, name) in [("totp_issuer", &issuer), ("totp_user", &account)] {
            check_name(&mut checks, field, name.as_deref());
        }
        let secret = checks.optional("totp_secret", self.totp_secret);
        let authenticator = secret.as_ref().map(Authenticator::read);
        if matches!(authenticator, Some(None)) {
            checks.refuse("totp_secret", "invalid_value");
        }
        checks.finish(kind.map(|_| NewTotp { issuer, account, authenticator: authenticator.flatten() }))
    }
}

fn check_name(checks: &mut Checks, field: &str, name: Option<&str>) {
    let Some(name) = name else { return };
    checks.text(field, name, NAME);
    if name.trim().is_empty() {
        checks.refuse(field, "empty");
    }
    if name.contains(':') || name.chars().any(char::is_control) {
        checks.refuse(field, "invalid_characters");
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::UserWrite>, Json<EnrollAuthFactor>>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let new = body.read()?;
    let user: UserId = id(&path, Missing::User)?;
    let ask = Ask::plain(call.now, call.source_ip);
    let protected = call.caller.scope(Permission::PasswordResetExecuteProtected, &ask);
    let enrolled = engine.enroll_totp(&call.scope, protected.as_ref(), user, new).await;
    let enrolled = enrolled.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::Created().json(objects::enrolled(&enrolled)))
}
