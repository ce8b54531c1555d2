//! The first step: who they are, and their password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::email_address::EmailAddress;
use crate::domain::line;
use crate::domain::secret::Secret;
use crate::http::console::cookies::Jar;
use crate::http::console::failure;
use crate::http::console::lobby::Lobby;
use crate::http::console::stop::Stop;
use crate::http::console::words;
use crate::http::extract::{Form, Query};
use crate::workflows::Failure;
use crate::workflows::console::join::{Chosen, JoinFailure};

use super::{refused, token};

/// The query of the link.
#[derive(Deserialize)]
pub(in crate::http::console) struct Opened {
    token: Option<Secret>,
}

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Account {
    form_token: Secret,
    name: String,
    email: String,
    password: Secret,
    repeat: Secret,
}

/// `GET /console/join`.
pub(in crate::http::console) async fn show(lobby: Lobby, Query(opened): Query<Opened>) -> Result<HttpResponse, Stop> {
    if let Some(token) = opened.token {
        let cookie = lobby.holding(Jar::Invitation, token.expose().get(..64).unwrap_or(token.expose()));
        return lobby.go_with("/console/join", &[cookie]);
    }
    match lobby.engine.invitation(&token(&lobby)).await {
        Ok(invitation) => {
            let email = invitation.email.clone().unwrap_or_default();
            form(&lobby, StatusCode::OK, (&*invitation.name, &*email), &Wrong::default())
        }
        Err(failure) => refused(&lobby, failure),
    }
}

/// What is wrong with each field.
#[derive(Debug, Default)]
struct Wrong {
    name: Option<String>,
    email: Option<String>,
    password: Vec<String>,
    repeat: Option<String>,
}

impl Wrong {
    fn is_none(&self) -> bool {
        self.name.is_none() && self.email.is_none() && self.password.is_empty() && self.repeat.is_none()
    }

    fn view(&self) -> Value {
        json!({"name": self.name, "email": self.email, "password": self.password, "repeat": self.repeat})
    }
}

/// `POST /console/join`.
pub(in crate::http::console) async fn choose(lobby: Lobby, Form(sent): Form<Account>) -> Result<HttpResponse, Stop> {
    let (name, typed) = (sent.name.trim().to_owned(), (sent.name.as_str(), sent.email.as_str()));
    let mut wrong = Wrong::default();
    if !lobby.is_ours(&sent.form_token) {
        wrong.name = Some("This form was too old. Please send it again.".to_owned());
        return form(&lobby, StatusCode::FORBIDDEN, typed, &wrong);
    }
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(line::is_unfit) {
        wrong.name = Some("Enter the name that others should see, of at most 80 characters.".to_owned());
    }
    if !sent.repeat.matches(&sent.password) {
        wrong.repeat = Some("The two passwords differ. Enter the same one twice.".to_owned());
    }
    let email = EmailAddress::parse(&sent.email);
    if email.is_err() {
        wrong.email = Some("Enter one email address, such as name@example.com.".to_owned());
    }
    let (Ok(email), true) = (email, wrong.is_none()) else {
        return form(&lobby, StatusCode::UNPROCESSABLE_ENTITY, typed, &wrong);
    };
    let chosen = Chosen { name, email, password: sent.password.clone() };
    match lobby.engine.choose_account(&token(&lobby), chosen).await {
        Ok(_) => lobby.go_with("/console/join/authenticator", &[]),
        Err(JoinFailure::Failure(Failure::Password(violations))) => {
            wrong.password = violations.iter().map(words::violation).collect();
            form(&lobby, StatusCode::UNPROCESSABLE_ENTITY, typed, &wrong)
        }
        Err(JoinFailure::Failure(Failure::EmailTaken)) => {
            wrong.email = Some("An operator signs in with this address already.".to_owned());
            form(&lobby, StatusCode::UNPROCESSABLE_ENTITY, typed, &wrong)
        }
        Err(JoinFailure::Failure(failure @ Failure::Busy { .. })) => {
            wrong.password.extend(failure::words(&failure));
            form(&lobby, StatusCode::SERVICE_UNAVAILABLE, typed, &wrong)
        }
        Err(failure) => refused(&lobby, failure),
    }
}

fn form(lobby: &Lobby, status: StatusCode, typed: (&str, &str), wrong: &Wrong) -> Result<HttpResponse, Stop> {
    let cut = |text: &str| text.chars().take(254).collect::<String>();
    let view = json!({
        "title": "Welcome to rekey",
        "name": cut(typed.0),
        "email": cut(typed.1),
        "minimum": lobby.engine.operator_passwords().minimum_length,
        "wrong": wrong.view(),
        "any": !wrong.is_none(),
    });
    lobby.form(status, "join", view)
}
