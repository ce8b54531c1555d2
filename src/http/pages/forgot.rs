//! `/forgot-password`: asks for the address. Whatever the address, and
//! whatever became of the account behind it, the answer is the same.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use crate::domain::email_address::{EmailAddress, InvalidEmailAddress};
use crate::domain::reset::Strategy;
use crate::domain::secret::Secret;
use crate::http::extract::{Form, Query};
use crate::http::problem::Problem;
use crate::workflows::Failure;
use crate::workflows::resets::request::AskByAddress;

use super::dead;
use super::failure::problem;
use super::flow::{CodeFlow, Flow};
use super::place::{Place, PlaceQuery};
use super::visit::{Visit, go};

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    form_token: Secret,
    email: String,
}

/// `GET /forgot-password`.
pub(super) async fn show(visit: Visit, Query(query): Query<PlaceQuery>) -> Result<HttpResponse, Problem> {
    let place = Place::find(&visit.engine, &query).await?;
    form(&visit, &place, StatusCode::OK, "", None)
}

/// `POST /forgot-password`.
pub(super) async fn submit(
    visit: Visit,
    Query(query): Query<PlaceQuery>,
    Form(asked): Form<Asked>,
) -> Result<HttpResponse, Problem> {
    let place = Place::find(&visit.engine, &query).await?;
    if !visit.is_ours(&asked.form_token) {
        return visit.stale(&place.start());
    }
    let email = match EmailAddress::parse(&asked.email) {
        Ok(email) => email,
        Err(wrong) => return form(&visit, &place, StatusCode::UNPROCESSABLE_ENTITY, &asked.email, Some(wrong)),
    };
    let ask = AskByAddress {
        tenant: Some(place.tenancy.tenant.id),
        email,
        locale: None,
        redirect_url: None,
        state: None,
        client: visit.client().await,
        idempotent: None,
    };
    match visit.engine.request_reset(&place.scope(), ask).await {
        Ok(accepted) => match accepted.otp {
            None => Ok(go(&place.address("/forgot-password/sent"))),
            Some(otp) => {
                let flow = CodeFlow {
                    application: place.tenancy.application.id,
                    tenant: place.tenancy.tenant.id,
                    request_code: otp.request_code,
                    resend_at: otp.resend_at,
                    proven: None,
                };
                visit.go_with(&Flow::Code(flow), "/reset-password/code")
            }
        },
        Err(Failure::PasswordAuthDisabled) => dead::no_passwords(&visit, &place),
        Err(failure) => Err(problem(failure)),
    }
}

fn form(
    visit: &Visit,
    place: &Place,
    status: StatusCode,
    email: &str,
    wrong: Option<InvalidEmailAddress>,
) -> Result<HttpResponse, Problem> {
    let error = wrong.map(|wrong| match wrong {
        InvalidEmailAddress::Empty => "Enter your email address.",
        InvalidEmailAddress::TooLong => "This is longer than an email address can be.",
        InvalidEmailAddress::Malformed => "Enter one email address, such as name@example.com.",
    });
    let errors: Vec<_> = error.iter().map(|text| json!({ "field": "email", "text": text })).collect();
    let view = json!({
        "title": "Forgot your password?",
        "application": place.display_name(),
        "by_code": place.tenancy.workflow.strategy == Strategy::Otp,
        "action": place.start(),
        "email": email.chars().take(254).collect::<String>(),
        "error": error,
        "errors": errors,
    });
    visit.form(status, "forgot", view)
}

/// `GET /forgot-password/sent`: the neutral page.
pub(super) async fn sent(visit: Visit, Query(query): Query<PlaceQuery>) -> Result<HttpResponse, Problem> {
    let place = Place::find(&visit.engine, &query).await?;
    let words = (
        "Check your email",
        "If there is an account with the address you entered, we have sent it a link to choose a new password. It can take a few minutes; look into the spam folder too.",
    );
    dead::message(&visit, StatusCode::OK, words, Some(&place), Some((place.start(), "Try another address")))
}

/// `GET /.well-known/change-password`.
pub(super) async fn well_known() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/forgot-password")).finish()
}
