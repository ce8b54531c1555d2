//! `POST /user_management/password_reset`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Held, authority};
use crate::domain::email_address::EmailAddress;
use crate::domain::reset::Mode;
use crate::http::extract::{InOrder, Json};
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::objects::PasswordResetObject;
use crate::http::workos::{error, implied_tenant};
use crate::workflows::Engine;
use crate::workflows::resets::Client;
use crate::workflows::resets::workos::WorkOsReset;

/// For whom.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct CreatePasswordReset {
    /// The user's address.
    #[serde(default)]
    #[schema(required = true, value_type = String, example = "ada@example.com")]
    email: Given<String>,
    /// The language of the mail.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "en-US")]
    locale: Given<String>,
}

impl CreatePasswordReset {
    fn read(self) -> Result<(EmailAddress, Option<String>), Problem> {
        let mut checks = Checks::default();
        let email = checks.required("email", self.email);
        let email = checks.email("email", email);
        let locale = checks.optional("locale", self.locale);
        if let Some(locale) = &locale {
            checks.locale("locale", locale);
        }
        Ok((checks.finish(email)?, locale))
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(held, Json(body)): InOrder<Held, Json<CreatePasswordReset>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (email, locale) = body.read()?;
    let refuse = |failure| error::problem(failure, email.original());
    let reach = authority(&held, Mode::EmailLink, None)?.execute;
    let tenant = implied_tenant(&engine, &reach).await?;
    // How long the link lives is the tenant's choice, and grants may set a limit to it.
    let lifetime = engine.tenancy(&reach, Some(tenant)).await.map_err(refuse)?.workflow.lifetime(Mode::EmailLink);
    let authority = authority(&held, Mode::EmailLink, Some(lifetime))?;
    let ask = WorkOsReset { tenant: Some(tenant), email: &email, locale, page: None, client: Client::default() };
    let made = engine.create_workos_reset(&authority, &held.caller, ask).await.map_err(refuse)?;
    Ok(HttpResponse::Created().json(PasswordResetObject::from(&made)))
}
