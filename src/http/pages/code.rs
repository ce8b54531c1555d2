//! `/reset-password/code`: the emailed code, and asking for it once more.
//! An address without an account gets the same pages as one with.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use crate::domain::access::Scope;
use crate::domain::email_address::mask;
use crate::domain::reset::{Proof, proof};
use crate::domain::secret::Secret;
use crate::http::extract::{Form, Query};
use crate::http::problem::Problem;
use crate::locales::helpers::Said;
use crate::workflows::Failure;

use super::dead;
use super::failure::{problem, seconds};
use super::flow::{CodeFlow, Flow, ProvenCode};
use super::place::Place;
use super::visit::Visit;

/// Where this page is.
const HERE: &str = "/reset-password/code";

/// The code form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    form_token: Secret,
    code: Secret,
}

/// The resend form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Again {
    form_token: Secret,
}

/// What happened before.
#[derive(Deserialize)]
pub(super) struct Before {
    sent: Option<String>,
}

/// What the page says beside its form.
#[derive(Default)]
struct Notes {
    notice: Option<Said>,
    error: Option<Said>,
}

/// `GET /reset-password/code`.
pub(super) async fn show(visit: Visit, Query(before): Query<Before>) -> Result<HttpResponse, Problem> {
    let Some(Flow::Code(flow)) = visit.flow() else { return dead::no_flow(&visit).await };
    let place = place_of(&visit, &flow).await?;
    let notice = before.sent.map(|_| Said::new("code-resent"));
    form(&visit, &place, &flow, StatusCode::OK, Notes { notice, error: None }).await
}

/// `POST /reset-password/code`.
pub(super) async fn submit(visit: Visit, Form(typed): Form<Typed>) -> Result<HttpResponse, Problem> {
    if !visit.is_ours(&typed.form_token) {
        return visit.stale(HERE);
    }
    let Some(Flow::Code(flow)) = visit.flow() else { return dead::no_flow(&visit).await };
    let place = place_of(&visit, &flow).await?;
    let wrong = |error| Notes { notice: None, error: Some(Said::new(error)) };
    let Some(code) = proof::parse_verification_code(typed.code.expose()) else {
        let notes = wrong("code-missing");
        return form(&visit, &place, &flow, StatusCode::UNPROCESSABLE_ENTITY, notes).await;
    };
    let proof = Proof::EmailOtp { request_code: flow.request_code.clone(), verification_code: code.clone() };
    match visit.engine.verify_code(&place.scope(), &proof, &visit.client().await).await {
        Ok(reset) => {
            let proven = Some(ProvenCode { code, account: mask(&reset.email) });
            visit.go_with(&Flow::Code(CodeFlow { proven, ..flow }), "/reset-password")
        }
        Err(Failure::InvalidProof(_)) => {
            let notes = wrong("code-wrong");
            form(&visit, &place, &flow, StatusCode::UNPROCESSABLE_ENTITY, notes).await
        }
        Err(Failure::ExpiredProof(_)) => dead::expired_code(&visit, &place),
        Err(failure) => Err(problem(failure)),
    }
}

/// `POST /reset-password/code/resend`.
pub(super) async fn resend(visit: Visit, Form(again): Form<Again>) -> Result<HttpResponse, Problem> {
    if !visit.is_ours(&again.form_token) {
        return visit.stale(HERE);
    }
    let Some(Flow::Code(flow)) = visit.flow() else { return dead::no_flow(&visit).await };
    let place = place_of(&visit, &flow).await?;
    match visit.engine.resend_code(&place.scope(), &flow.request_code).await {
        Ok(resend_at) => visit.go_with(&Flow::Code(CodeFlow { resend_at, ..flow }), "/reset-password/code?sent=1"),
        Err(Failure::Throttled { retry_after }) => {
            let seconds = seconds(retry_after);
            let notice = Said::new("code-too-early").with("wait", visit.wait(&place, seconds));
            let notes = Notes { notice: Some(notice), error: None };
            let mut answer = form(&visit, &place, &flow, StatusCode::TOO_MANY_REQUESTS, notes).await?;
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(answer)
        }
        Err(Failure::InvalidRequestCode) => dead::dead_code(&visit, &place),
        Err(Failure::ExpiredRequestCode) => dead::expired_code(&visit, &place),
        Err(failure) => Err(problem(failure)),
    }
}

/// Where a code flow takes place. The cookie is sealed, and what it names is
/// proven again with the code.
pub(super) async fn place_of(visit: &Visit, flow: &CodeFlow) -> Result<Place, Problem> {
    let scope = Scope::of_record(flow.application);
    let tenancy = visit.engine.tenancy(&scope, Some(flow.tenant)).await.map_err(problem)?;
    Ok(Place { tenancy })
}

async fn form(
    visit: &Visit,
    place: &Place,
    flow: &CodeFlow,
    status: StatusCode,
    notes: Notes,
) -> Result<HttpResponse, Problem> {
    let early = flow.resend_at.since(visit.now().await?);
    let errors: Vec<_> = notes.error.iter().map(|text| json!({ "field": "code", "text": text })).collect();
    let view = json!({
        "title": Said::new("code-title"),
        "start": place.start(),
        "notice": notes.notice,
        "error": notes.error,
        "errors": errors,
        "resend": (!early.is_zero()).then(|| json!({
            "seconds": seconds(early), "wait": visit.wait(place, seconds(early)),
        })),
    });
    visit.form(status, "code", place, view)
}
