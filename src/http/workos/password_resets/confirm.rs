//! `POST /user_management/password_reset/confirm`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Held, authority};
use crate::domain::reset::Mode;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json};
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::error;
use crate::workflows::Engine;
use crate::workflows::resets::Client;

/// A token and a new password.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct ConfirmPasswordReset {
    /// The token of an emailed or a handed-over link.
    #[serde(default)]
    #[schema(required = true, value_type = String)]
    token: Given<Secret>,
    /// The new password, as typed.
    #[serde(default)]
    #[schema(required = true, value_type = String)]
    new_password: Given<Secret>,
    /// The code of an authenticator, for users who have one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    totp_code: Given<Secret>,
}

/// What is sent to confirm a reset.
struct Confirmation {
    token: Secret,
    new_password: Secret,
    totp_code: Option<Secret>,
}

impl ConfirmPasswordReset {
    fn read(self) -> Result<Confirmation, Problem> {
        let mut checks = Checks::default();
        let token = checks.required("token", self.token);
        let new_password = checks.required("new_password", self.new_password);
        let totp_code = checks.optional("totp_code", self.totp_code);
        let both = token.zip(new_password);
        checks.finish(both.map(|(token, new_password)| Confirmation { token, new_password, totp_code }))
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(held, Json(body)): InOrder<Held, Json<ConfirmPasswordReset>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let Confirmation { token, new_password, totp_code } = body.read()?;
    let modes = [Mode::EmailLink, Mode::ResetLink];
    let authorities: Vec<_> =
        modes.into_iter().filter_map(|mode| Some((mode, authority(&held, mode, None).ok()?))).collect();
    // The client is the application's backend; where its user is, it does not say.
    let client = Client::default();
    let user = engine.complete_workos_reset(&authorities, &token, new_password, totp_code, client).await;
    let user = user.map_err(error::of_confirmation)?;
    Ok(HttpResponse::Ok().json(json!({ "user": user.to_object() })))
}
