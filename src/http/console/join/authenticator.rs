//! The second step: their authenticator.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::domain::operator::Invitation;
use crate::domain::second_factor::parse_code;
use crate::domain::secret::Secret;
use crate::http::console::cookies::Jar;
use crate::http::console::lobby::Lobby;
use crate::http::console::qr;
use crate::http::console::stop::Stop;
use crate::http::extract::Form;
use crate::workflows::Failure;
use crate::workflows::console::join::JoinFailure;

use super::{refused, token};

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct FirstCode {
    form_token: Secret,
    code: String,
}

/// `GET /console/join/authenticator`.
pub(in crate::http::console) async fn show(lobby: Lobby) -> Result<HttpResponse, Stop> {
    match lobby.engine.invitation(&token(&lobby)).await {
        Ok(invitation) if invitation.password_hash.is_none() => lobby.go_with("/console/join", &[]),
        Ok(invitation) => form(&lobby, StatusCode::OK, &invitation, None),
        Err(failure) => refused(&lobby, failure),
    }
}

/// `POST /console/join/authenticator`.
pub(in crate::http::console) async fn finish(lobby: Lobby, Form(sent): Form<FirstCode>) -> Result<HttpResponse, Stop> {
    let token = token(&lobby);
    let invitation = match lobby.engine.invitation(&token).await {
        Ok(invitation) => invitation,
        Err(failure) => return refused(&lobby, failure),
    };
    if !lobby.is_ours(&sent.form_token) {
        let words = "This form was too old, or did not come from here. Please try again.";
        return form(&lobby, StatusCode::FORBIDDEN, &invitation, Some(words));
    }
    let wrong = "That code is not right. Enter the six digits that the app shows now.";
    let Some(code) = parse_code(&sent.code) else {
        return form(&lobby, StatusCode::UNPROCESSABLE_ENTITY, &invitation, Some(wrong));
    };
    match lobby.engine.join(&token, &code, &lobby.visitor().await).await {
        Ok(begun) => {
            let cookies =
                [lobby.session_cookie(&begun.token), lobby.cleared(Jar::Invitation), lobby.cleared(Jar::Form)];
            lobby.go_with("/console", &cookies)
        }
        Err(JoinFailure::Failure(Failure::InvalidTotpCode)) => {
            form(&lobby, StatusCode::UNPROCESSABLE_ENTITY, &invitation, Some(wrong))
        }
        Err(JoinFailure::Failure(Failure::EmailTaken)) => lobby.go_with("/console/join", &[]),
        Err(failure) => refused(&lobby, failure),
    }
}

fn form(lobby: &Lobby, status: StatusCode, invitation: &Invitation, error: Option<&str>) -> Result<HttpResponse, Stop> {
    let authenticator = match lobby.engine.authenticator_of(invitation) {
        Ok(authenticator) => authenticator,
        Err(failure) => return refused(lobby, failure),
    };
    let account = invitation.email.as_deref().unwrap_or(&invitation.name).replace(':', " ");
    let uri = authenticator.uri("rekey", &account).map(|(uri, _)| uri);
    let image = uri.as_ref().and_then(|uri| qr::svg(uri, "QR code for your authenticator app"));
    let secret = authenticator.secret();
    let view = json!({
        "title": "Set up your authenticator",
        "qr": image,
        "secret": in_fours(secret.expose()),
        "error": error,
    });
    lobby.form(status, "authenticator", view)
}

/// A text in groups of four, for whoever types it.
fn in_fours(text: &str) -> String {
    let groups: Vec<&str> = text.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(" ")
}
