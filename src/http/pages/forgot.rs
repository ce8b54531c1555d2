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
use crate::locales::helpers::Said;
use crate::workflows::Failure;
use crate::workflows::resets::request::AskByAddress;

use super::dead::{self, Offer};
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
        locale: visit.chosen().map(|locale| locale.as_str().to_owned()),
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
    let error = wrong.map(|wrong| {
        Said::new(match wrong {
            InvalidEmailAddress::Empty => "email-empty",
            InvalidEmailAddress::TooLong => "email-too-long",
            InvalidEmailAddress::Malformed => "email-malformed",
        })
    });
    let errors: Vec<_> = error.iter().map(|text| json!({ "field": "email", "text": text })).collect();
    let view = json!({
        "title": Said::new("forgot-title"),
        "by_code": place.tenancy.workflow.strategy == Strategy::Otp,
        "action": place.start(),
        "email": email.chars().take(254).collect::<String>(),
        "error": error,
        "errors": errors,
    });
    visit.form(status, "forgot", place, view)
}

/// `GET /forgot-password/sent`: the neutral page.
pub(super) async fn sent(visit: Visit, Query(query): Query<PlaceQuery>) -> Result<HttpResponse, Problem> {
    let place = Place::find(&visit.engine, &query).await?;
    let again = Offer::Link(place.start(), Said::new("try-another-address"));
    dead::message(&visit, StatusCode::OK, ("sent-title", "sent-text"), Some(&place), again)
}

/// `GET /.well-known/change-password`.
pub(super) async fn well_known() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/forgot-password")).finish()
}
