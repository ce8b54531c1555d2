//! `/console/confirm`: password and code again, before what cannot be undone.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::domain::second_factor::parse_code;
use crate::domain::secret::Secret;
use crate::http::extract::Query;
use crate::workflows::Failure;

use super::act::Act;
use super::cookies::Jar;
use super::desk::Desk;
use super::failure;
use super::flash::Flash;
use super::proof;
use super::sign_in::Next;
use super::stop::{Stop, own_path};

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    password: Secret,
    code: String,
    next: String,
}

/// `GET /console/confirm`.
pub(super) async fn show(desk: Desk, Query(query): Query<Next>) -> Result<HttpResponse, Stop> {
    form(&desk, StatusCode::OK, query.next.as_deref(), None)
}

/// `POST /console/confirm`.
pub(super) async fn submit(act: Act<Proof>) -> Result<HttpResponse, Stop> {
    let next = own_path(Some(&act.form.next));
    let wrong = proof::WRONG;
    let Some(code) = parse_code(&act.form.code) else {
        return form(&act, StatusCode::UNPROCESSABLE_ENTITY, next, Some(wrong));
    };
    match act.engine().confirm_operator(&act.session, &act.form.password, &code, &act.visitor).await {
        Ok(begun) => {
            let flash = act.lobby.holding(Jar::Flash, Flash::Confirmed.code());
            act.lobby.go_with(next.unwrap_or("/console"), &[act.lobby.session_cookie(&begun.token), flash])
        }
        Err(Failure::InvalidCredentials) => form(&act, StatusCode::UNPROCESSABLE_ENTITY, next, Some(wrong)),
        Err(failure @ Failure::Throttled { .. }) => {
            let answer = form(&act, StatusCode::TOO_MANY_REQUESTS, next, failure::words(&failure).as_deref());
            answer.map(|answer| failure::with_retry_after(answer, &failure))
        }
        Err(other) => Err(other.into()),
    }
}

fn form(desk: &Desk, status: StatusCode, next: Option<&str>, error: Option<&str>) -> Result<HttpResponse, Stop> {
    let view = json!({
        "title": "Is it still you?",
        "next": own_path(next).unwrap_or_default(),
        "error": error,
    });
    desk.page(status, "confirm", view)
}
