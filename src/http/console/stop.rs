//! Why a handler of the console stops: because the visitor has to go
//! elsewhere first, or because of a problem.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use url::form_urlencoded::byte_serialize;

use crate::http::middleware::InOwnWords;
use crate::http::problem::{Missing, Problem};
use crate::workflows::Failure;

use super::{HTML, failure};

/// Where one signs in.
pub(super) const SIGN_IN: &str = "/console/sign-in";

/// Why not.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// Go there.
    Go(String),
    /// The browser came from another site and so brought no cookie: let it
    /// come again from here.
    ComeAgain,
    /// Say this.
    Said(Said),
    /// Something is wrong.
    Problem(Problem),
}

/// A page that is said in place of what was asked for.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) status: StatusCode,
    pub(super) html: String,
    /// After how many seconds another try makes sense.
    pub(super) retry_after: Option<u64>,
}

impl Said {
    fn answer(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        answer.insert_header((header::CONTENT_TYPE, HTML));
        if let Some(seconds) = self.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        let mut answer = answer.body(self.html.clone());
        answer.extensions_mut().insert(InOwnWords);
        answer
    }
}

impl Stop {
    /// Sign in first; `back` is where to go then.
    pub(super) fn sign_in(back: Option<&str>) -> Self {
        Self::Go(returning(SIGN_IN, back))
    }

    /// There is nothing like that, or not for this operator.
    pub(super) const fn nothing() -> Self {
        Self::Problem(Problem::not_found(Missing::Route))
    }
}

fn returning(page: &str, back: Option<&str>) -> String {
    match back {
        Some(back) => format!("{page}?next={}", byte_serialize(back.as_bytes()).collect::<String>()),
        None => page.to_owned(),
    }
}

/// A path of the console and nothing else: what a visitor brings must not
/// lead them out of here.
pub(super) fn own_path(next: Option<&str>) -> Option<&str> {
    next.filter(|next| {
        let inside = *next == "/console" || next.starts_with("/console/");
        inside && next.len() <= 500 && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') && !next.contains("//")
    })
}

/// See other: the browser follows with GET, and a reload sends nothing twice.
pub(super) fn go(target: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, target)).finish()
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Go(target) => write!(f, "go to {target}"),
            Self::ComeAgain => f.write_str("come again"),
            Self::Said(said) => write!(f, "say something, with {}", said.status),
            Self::Problem(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for Stop {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Go(_) => StatusCode::SEE_OTHER,
            Self::ComeAgain => StatusCode::OK,
            Self::Said(said) => said.status,
            Self::Problem(problem) => problem.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Go(target) => go(target),
            Self::ComeAgain => HttpResponse::Ok().insert_header((header::CONTENT_TYPE, HTML)).body(COME_AGAIN),
            Self::Said(said) => said.answer(),
            Self::Problem(problem) => problem.error_response(),
        }
    }
}

/// Loads the same address again, this time from our own site.
const COME_AGAIN: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta http-equiv=\"refresh\" content=\"0\">\n<title>One moment – rekey console</title>\n\
    <link rel=\"stylesheet\" href=\"/assets/console.css\">\n</head>\n<body class=\"lobby\">\n<main>\n\
    <h1>One moment</h1>\n<p>The console is opening.</p>\n<p><a href=\"\">Open it now</a></p>\n</main>\n</body>\n</html>\n";

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Problem(failure::problem(failure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leads_out_of_the_console() {
        for good in ["/console", "/console/applications/app_1/users?find=a%20b"] {
            assert_eq!(own_path(Some(good)), Some(good));
        }
        for bad in [
            "",
            "/",
            "//evil.test",
            "/console//evil.test",
            "/consolex",
            "/console/\\evil",
            "https://evil.test/console/",
            "/console/\n",
        ] {
            assert_eq!(own_path(Some(bad)), None, "{bad:?}");
        }
    }
}
