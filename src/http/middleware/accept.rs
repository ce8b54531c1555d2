//! `Accept`: we answer in JSON; who excludes that is told so before anything
//! happens.

use actix_web::http::header::{self, HeaderMap};

/// Whether the caller takes JSON (or NDJSON, which exports answer in).
pub(super) fn takes_json(headers: &HeaderMap) -> bool {
    let lines: Vec<&str> = headers.get_all(header::ACCEPT).map(|line| line.to_str().unwrap_or_default()).collect();
    let mut ranges = lines.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|r| !r.is_empty()).peekable();
    if ranges.peek().is_none() {
        return true;
    }
    let mut takes = false;
    for (range, wanted) in ranges.map(read) {
        match (range.as_str(), wanted) {
            ("application/json", false) => return false,
            ("application/json" | "application/x-ndjson" | "application/*" | "*/*" | "*", true) => takes = true,
            (other, true) if other.starts_with("application/") && other.ends_with("+json") => takes = true,
            _ => {}
        }
    }
    takes
}

/// Whether a program asks and no browser: it brings a bearer token, or names
/// JSON and not HTML.
pub(super) fn is_program(headers: &HeaderMap) -> bool {
    let lines = |name| headers.get_all(name).filter_map(|line| line.to_str().ok());
    let bearer = lines(header::AUTHORIZATION)
        .any(|line| line.split_once(' ').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")));
    let ranges: Vec<_> =
        lines(header::ACCEPT).flat_map(|line| line.split(',')).map(|range| read(range.trim())).collect();
    let names = |range: &str| ranges.iter().any(|(name, wanted)| *wanted && name == range);
    bearer || (names("application/json") && !names("text/html"))
}

/// A media range and whether its weight is above zero.
fn read(range: &str) -> (String, bool) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let zero = parts.filter_map(|part| part.split_once('=')).any(|(name, weight)| {
        name.trim().eq_ignore_ascii_case("q") && weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
    });
    (name, !zero)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_program_brings_a_token_or_names_json_and_no_html() {
        let program = |name: header::HeaderName, line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append(name, HeaderValue::from_static(line));
            is_program(&headers)
        };
        assert!(program(header::AUTHORIZATION, "Bearer x") && program(header::AUTHORIZATION, "bearer x"));
        assert!(!program(header::AUTHORIZATION, "Basic x") && !is_program(&HeaderMap::new()));
        for line in ["application/json", "application/json, text/plain, */*", "text/html;q=0, application/json"] {
            assert!(program(header::ACCEPT, line), "{line}");
        }
        for line in ["*/*", "text/html,application/json", "text/html,*/*;q=0.8", "application/json;q=0"] {
            assert!(!program(header::ACCEPT, line), "{line}");
        }
    }

    #[test]
    fn json_is_acceptable_unless_it_is_excluded() {
        let takes = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append(header::ACCEPT, HeaderValue::from_static(line));
            takes_json(&headers)
        };
        assert!(takes_json(&HeaderMap::new()));
        for line in ["", "*/*", "application/json", "text/html, application/*;q=0.1", "application/problem+json"] {
            assert!(takes(line), "{line}");
        }
        for line in ["text/html", "application/json;q=0, */*", "*/*;q=0", "image/*"] {
            assert!(!takes(line), "{line}");
        }
    }
}
