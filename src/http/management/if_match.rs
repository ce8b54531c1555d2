//! `If-Match`: a write that holds only for the version it was made for.

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use serde_json::json;

use crate::http::problem::Problem;
use crate::workflows::audit::LastChange;

/// The version that the caller has seen. `None` when any will do.
///
/// # Errors
/// 400 when the header is there and is no version in quotes.
pub fn seen(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let mut lines = request.headers().get_all(header::IF_MATCH);
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return if request.headers().contains_key(header::IF_MATCH) { Err(unreadable()) } else { Ok(None) };
    };
    let text = line.to_str().map_err(|_| unreadable())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(unreadable)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unreadable());
    }
    // A version that does not fit is a version that nothing has.
    Ok(Some(digits.parse().unwrap_or(i64::MAX)))
}

/// 412: somebody else was first. Says who, as far as the audit log remembers:
/// `changedBy` with `type`, `id` and `name`, and `changedTime`.
#[must_use]
pub fn mismatch(change: Option<&LastChange>) -> Problem {
    let message = "The resource has changed since the version that If-Match names.";
    let problem = Problem::refused(StatusCode::PRECONDITION_FAILED, "version_mismatch", message);
    let Some(change) = change else { return problem };
    let by = json!({ "type": change.actor_type, "id": change.actor_id, "name": change.name });
    problem.with("changedBy", by).with("changedTime", json!(change.at))
}

fn unreadable() -> Problem {
    Problem::invalid_request("The header If-Match must hold one version in quotes.")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(lines: &[&str]) -> Result<Option<i64>, ()> {
        let request =
            lines.iter().fold(TestRequest::default(), |request, line| request.append_header((header::IF_MATCH, *line)));
        seen(&request.to_http_request()).map_err(|_| ())
    }

    #[test]
    fn a_version_stands_in_quotes() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["*"]), Ok(None));
        assert_eq!(read(&["\"3\""]), Ok(Some(3)));
        assert_eq!(read(&["\"99999999999999999999\""]), Ok(Some(i64::MAX)));
        for bad in ["3", "\"\"", "\"a\"", "\"-1\"", "W/\"3\"", "\"3\", \"4\"", ""] {
            assert_eq!(read(&[bad]), Err(()), "{bad}");
        }
        assert_eq!(read(&["\"3\"", "\"4\""]), Err(()));
    }
}
