//! `/console/sign-in`: address, password and code at once, and the way out.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::domain::email_address::EmailAddress;
use crate::domain::second_factor::parse_code;
use crate::domain::secret::Secret;
use crate::http::extract::{Form, Query};
use crate::workflows::Failure;

use super::act::{Act, Nothing};
use super::cookies::Jar;
use super::failure;
use super::lobby::Lobby;
use super::stop::{SIGN_IN, Stop, own_path};

/// Where to go afterwards. Other parameters are left alone.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    pub(super) next: Option<String>,
}

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    form_token: Secret,
    email: String,
    password: Secret,
    code: String,
    next: String,
}

/// `GET /console/sign-in`.
pub(super) async fn show(lobby: Lobby, Query(query): Query<Next>) -> Result<HttpResponse, Stop> {
    form(&lobby, StatusCode::OK, "", query.next.as_deref(), None)
}

/// `POST /console/sign-in`.
pub(super) async fn submit(lobby: Lobby, Form(sent): Form<Credentials>) -> Result<HttpResponse, Stop> {
    let next = own_path(Some(&sent.next));
    let again = |status, words: &str| form(&lobby, status, &sent.email, next, Some(words));
    if !lobby.is_ours(&sent.form_token) {
        return again(StatusCode::FORBIDDEN, "This form was too old, or did not come from here. Please try again.");
    }
    let wrong = "The address, the password or the code is not right. A code works once: wait for the next one.";
    // What cannot be an address or a code at all is nobody's.
    let (Ok(email), Some(code)) = (EmailAddress::parse(&sent.email), parse_code(&sent.code)) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, wrong);
    };
    let visitor = lobby.visitor().await;
    match lobby.engine.sign_in_operator(&email, &sent.password, &code, &visitor).await {
        Ok(begun) => {
            let cookies = [lobby.session_cookie(&begun.token), lobby.cleared(Jar::Form)];
            lobby.go_with(next.unwrap_or("/console"), &cookies)
        }
        Err(Failure::InvalidCredentials) => again(StatusCode::UNPROCESSABLE_ENTITY, wrong),
        Err(failure @ Failure::Throttled { .. }) => {
            let answer = again(StatusCode::TOO_MANY_REQUESTS, &failure::words(&failure).unwrap_or_default());
            answer.map(|answer| failure::with_retry_after(answer, &failure))
        }
        Err(failure @ Failure::Busy { .. }) => {
            let answer = again(StatusCode::SERVICE_UNAVAILABLE, &failure::words(&failure).unwrap_or_default());
            answer.map(|answer| failure::with_retry_after(answer, &failure))
        }
        Err(other) => Err(other.into()),
    }
}

fn form(
    lobby: &Lobby,
    status: StatusCode,
    email: &str,
    next: Option<&str>,
    error: Option<&str>,
) -> Result<HttpResponse, Stop> {
    let view = json!({
        "title": "Sign in to the console",
        "email": email.chars().take(254).collect::<String>(),
        "next": own_path(next).unwrap_or_default(),
        "error": error,
    });
    lobby.form(status, "sign-in", view)
}

/// `POST /console/sign-out`.
pub(super) async fn out(act: Act<Nothing>) -> Result<HttpResponse, Stop> {
    act.engine().end_console_session(act.operator.id, act.session.id, &act.origin()).await?;
    act.lobby.go_with(SIGN_IN, &[act.lobby.cleared(Jar::Session)])
}
