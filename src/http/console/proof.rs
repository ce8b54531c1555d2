//! Password and code once more, in between a form and what it does: the page
//! that asks for them carries what was typed, so that the right answer does
//! the very thing that was asked for.

use std::collections::HashMap;

use actix_web::HttpMessage;
use actix_web::http::StatusCode;
use actix_web::http::uri::PathAndQuery;
use serde_json::json;

use crate::domain::second_factor::parse_code;
use crate::domain::secret::Secret;
use crate::http::middleware::LateCookie;
use crate::workflows::Failure;

use super::desk::Desk;
use super::failure;
use super::stop::{Said, Stop, own_path};

/// The fields that the page adds to those of the form.
const PASSWORD: &str = "confirm_password";
const CODE: &str = "confirm_code";
const BACK: &str = "confirm_back";

/// What is said of a proof that is none.
pub(super) const WRONG: &str = "The password or the code is not right. A code works once: wait for the next one.";

/// Password and code, sent with the form that they are for.
pub(super) struct Proof {
    password: Secret,
    code: String,
    back: String,
}

impl Proof {
    /// Takes it out of the fields of a form.
    pub(super) fn taken_from(fields: &mut HashMap<String, String>) -> Option<Self> {
        let password = Secret::new(fields.remove(PASSWORD)?);
        let mut text = |name| fields.remove(name).unwrap_or_default();
        Some(Self { password, code: text(CODE), back: text(BACK) })
    }

    /// The operator, proven; or the page again, with everything on it.
    pub(super) async fn prove(&self, desk: Desk) -> Result<Desk, Stop> {
        let Some(code) = parse_code(&self.code) else { return Err(self.again(&desk, None)) };
        match desk.engine().confirm_operator(&desk.session, &self.password, &code, &desk.visitor).await {
            Ok(begun) => {
                let cookie = desk.lobby.session_cookie(&begun.token);
                desk.lobby.request.extensions_mut().insert(LateCookie(cookie));
                Ok(Desk { session: begun.session, ..desk })
            }
            Err(Failure::InvalidCredentials) => Err(self.again(&desk, None)),
            Err(failure @ (Failure::Throttled { .. } | Failure::Busy { .. })) => Err(self.again(&desk, Some(&failure))),
            Err(other) => Err(other.into()),
        }
    }

    fn again(&self, desk: &Desk, failure: Option<&Failure>) -> Stop {
        let status = match failure {
            None => StatusCode::UNPROCESSABLE_ENTITY,
            Some(Failure::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Some(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        let words = failure.map_or_else(|| Some(WRONG.to_owned()), failure::words);
        let retry_after = failure.and_then(failure::retry_after);
        page(desk, own_path(Some(&self.back)).unwrap_or_default(), (status, retry_after), words.as_deref())
    }
}

/// Asks for password and code before the form at hand is acted on. `back` is
/// where the form is.
pub(super) fn ask(desk: &Desk, back: &str) -> Stop {
    page(desk, back, (StatusCode::FORBIDDEN, None), None)
}

fn page(desk: &Desk, back: &str, (status, retry_after): (StatusCode, Option<u64>), error: Option<&str>) -> Stop {
    let fields: Vec<_> = desk.typed.iter().filter(|(name, _)| is_carried(name)).collect();
    let view = json!({
        "title": "Is it still you?",
        "action": desk.lobby.request.uri().path_and_query().map_or("", PathAndQuery::as_str),
        "fields": fields.iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>(),
        "back": back,
        "error": error,
    });
    match desk.text("proof", view) {
        Ok(html) => Stop::Said(Said { status, html, retry_after }),
        Err(problem) => problem.into(),
    }
}

/// No page shows a password or a secret again, not even hidden.
fn is_carried(name: &str) -> bool {
    !name.contains("password") && !name.contains("secret")
}
