//! From a problem to an answer, and to the log: once, here.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode, header};

use super::{Dialect, Kind, Problem, oauth, page, shed, workflow, workos};
use crate::domain::locale::Locale;
use crate::locales::Locales;

/// Writes a problem in a dialect. `ticket` is the request id; pages say it in
/// the language of `speech`.
#[must_use]
pub fn render(problem: &Problem, dialect: Dialect, ticket: &str, speech: (&Locales, Locale)) -> HttpResponse {
    let kind = problem.kind();
    let dialect = if matches!(kind, Kind::OAuth(_)) { Dialect::OAuth } else { dialect };
    let (status, content_type, body) = match dialect {
        Dialect::Page | Dialect::Console => {
            let home = (dialect == Dialect::Console).then_some(("/console", "Back to the console"));
            let (status, html) = page::body(kind, ticket, speech, home);
            (status, "text/html; charset=utf-8", html)
        }
        Dialect::Workflow | Dialect::WorkOs | Dialect::OAuth => {
            let (status, body) = match dialect {
                Dialect::WorkOs => workos::body(kind),
                Dialect::OAuth => oauth::body(kind),
                Dialect::Workflow | Dialect::Page | Dialect::Console => workflow::body(kind, ticket),
            };
            (status, "application/json", body.to_string())
        }
    };
    log(problem, status);
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CONTENT_TYPE, content_type));
    match kind {
        Kind::TooManyRequests { retry_after } | Kind::TryAgainLater { retry_after } => {
            answer.insert_header((header::RETRY_AFTER, seconds(*retry_after).to_string()));
        }
        Kind::MethodNotAllowed { allow } if !allow.is_empty() => {
            answer.insert_header((header::ALLOW, methods(allow)));
        }
        _ => {}
    }
    if problem.closes() {
        answer.force_close();
    }
    if status == StatusCode::UNAUTHORIZED {
        let scheme = if dialect == Dialect::OAuth { "Basic realm=\"rekey\"" } else { "Bearer" };
        answer.insert_header((header::WWW_AUTHENTICATE, scheme));
    }
    answer.body(body)
}

fn log(problem: &Problem, status: StatusCode) {
    let cause = problem.cause();
    if matches!(problem.kind(), Kind::TryAgainLater { .. }) {
        return shed::tell(cause);
    }
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), cause, "the request failed");
    } else if cause.is_some() {
        tracing::info!(status = status.as_u16(), cause, "the request was refused");
    }
}

/// Whole seconds, rounded up, at least one: a client that waits this long is not early.
fn seconds(duration: Duration) -> u64 {
    (duration.as_secs() + u64::from(duration.subsec_nanos() > 0)).max(1)
}

fn methods(allow: &[Method]) -> String {
    allow.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_round_up() {
        assert_eq!(seconds(Duration::ZERO), 1);
        assert_eq!(seconds(Duration::from_millis(1001)), 2);
        assert_eq!(seconds(Duration::from_secs(60)), 60);
    }
}
