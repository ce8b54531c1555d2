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
