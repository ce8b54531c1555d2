//! `POST /user_management/password_reset/send`, which one SDK still calls: the
//! mailed link leads to a page that the call names, and nothing is shown.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Held, authority};
use crate::domain::email_address::EmailAddress;
use crate::domain::reset::Mode;
use crate::http::extract::{InOrder, Json};
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::objects::EmptyObject;
use crate::http::workos::{error, implied_tenant};
use crate::workflows::Engine;
use crate::workflows::resets::Client;
use crate::workflows::resets::workos::WorkOsReset;

/// To whom, and where the link leads.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct SendPasswordReset {
    /// The user's address.
    #[serde(default)]
    #[schema(required = true, value_type = String, example = "ada@example.com")]
    email: Given<String>,
    /// The page; must be a registered one. The token is appended to its query.
    #[serde(default)]
    #[schema(required = true, value_type = String)]
    password_reset_url: Given<String>,
}

impl SendPasswordReset {
    fn read(self) -> Result<(EmailAddress, String), Problem> {
        let mut checks = Checks::default();
        let email = checks.required("email", self.email);
        let email = checks.email("email", email);
        let page = checks.required("password_reset_url", self.password_reset_url);
        checks.finish(email.zip(page))
    }
}

pub(in crate::http::workos) async fn handle(
    InOrder(held, Json(body)): InOrder<Held, Json<SendPasswordReset>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (email, page) = body.read()?;
    let refuse = |failure| error::problem(failure, email.original());
    let reach = authority(&held, Mode::EmailLink, None)?.execute;
    let tenant = implied_tenant(&engine, &reach).await?;
    let lifetime = engine.tenancy(&reach, Some(tenant)).await.map_err(refuse)?.workflow.lifetime(Mode::EmailLink);
    let authority = authority(&held, Mode::EmailLink, Some(lifetime))?;
    let client = Client::default();
    let ask = WorkOsReset { tenant: Some(tenant), email: &email, locale: None, page: Some(page), client };
    engine.create_workos_reset(&authority, &held.caller, ask).await.map_err(refuse)?;
    Ok(HttpResponse::Ok().json(EmptyObject {}))
}
