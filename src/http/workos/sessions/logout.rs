//! `GET /user_management/sessions/logout`
//!
//! The one GET that changes something, because applications send the browsers
//! of their users here. What it changes is bounded: it ends the session whose
//! id it was given, which nobody guesses, and no proof, code or counter is
//! touched; doing it twice is doing it once. `HEAD` and a browser that only
//! looks ahead (`Sec-Purpose: prefetch`) change nothing, and the latter is
//! refused, so that the real visit comes here and not to what was kept of the
//! look ahead.

use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::ids::SessionId;
use crate::http::extract::Query;
use crate::http::problem::Problem;
use crate::http::workos::checks::Checks;
use crate::http::workos::error;
use crate::workflows::Engine;

/// What is shown to whom nothing else can be shown. Nothing in it came with
/// the request.
const SIGNED_OUT: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>Signed out</title>\n</head>\n<body>\n<main>\n\
    <h1>You are signed out</h1>\n<p>You can close this page.</p>\n</main>\n</body>\n</html>\n";

/// Which session, and where to go.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub(in crate::http::workos) struct LogoutQuery {
    /// The session, as `sid` in its access tokens.
    #[param(required = true, value_type = String)]
    session_id: Option<String>,
    /// Where to go then: exactly one of the registered redirect URLs.
    return_to: Option<String>,
}

impl LogoutQuery {
    fn read(self) -> Result<(SessionId, Option<String>), Problem> {
        let mut checks = Checks::default();
        let session = self.session_id.filter(|text| !text.is_empty());
        if session.is_none() {
            checks.refuse("session_id", "required");
        }
        let session = session.map(|text| text.parse::<SessionId>());
        if matches!(session, Some(Err(_))) {
            checks.refuse("session_id", "invalid_value");
        }
        let session = checks.finish(session.and_then(Result::ok))?;
        Ok((session, self.return_to.filter(|text| !text.is_empty())))
    }
}

pub(in crate::http::workos) async fn handle(
    request: HttpRequest,
    Query(query): Query<LogoutQuery>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (session, return_to) = query.read()?;
    if looks_ahead(&request) {
        return Err(Problem::try_again_later(Duration::from_secs(1)));
    }
    if request.method() == Method::HEAD {
        return Ok(signed_out());
    }
    let target = engine.log_out(session, return_to.as_deref()).await;
    let target = target.map_err(|failure| error::problem(failure, ""))?;
    match target.and_then(|target| HeaderValue::from_str(&target).ok()) {
        Some(target) => Ok(HttpResponse::build(StatusCode::FOUND).insert_header((header::LOCATION, target)).finish()),
        None => Ok(signed_out()),
    }
}

fn signed_out() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(SIGNED_OUT)
}

/// Whether the browser fetches what its user may never visit.
fn looks_ahead(request: &HttpRequest) -> bool {
    ["sec-purpose", "purpose", "x-moz"].into_iter().any(|name| {
        let mut lines = request.headers().get_all(name).filter_map(|line| line.to_str().ok());
        lines.any(|line| line.to_ascii_lowercase().contains("prefetch"))
    })
}
