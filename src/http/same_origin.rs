//! Whether a form that arrives says that it came from elsewhere.

use actix_web::http::header::{self, HeaderMap};
use url::Url;

/// Whether the browser says that the form came from elsewhere.
///
/// `Origin: null` says nothing: under our own `Referrer-Policy: no-referrer`
/// browsers send it with every form, and without TLS there is no
/// `Sec-Fetch-Site` beside it. The form's token decides then.
pub(crate) fn is_foreign(headers: &HeaderMap, public_url: &str) -> bool {
    let one = |name: &str| {
        let mut lines = headers.get_all(name).map(|line| line.to_str().unwrap_or("?"));
        (lines.next(), lines.next())
    };
    let elsewhere = match one("sec-fetch-site") {
        (None | Some("same-origin" | "none"), None) => false,
        (_, _) => true,
    };
    let own = Url::parse(public_url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    elsewhere
        || match one(header::ORIGIN.as_str()) {
            (None | Some("null"), None) => false,
            (Some(origin), None) => !origin.eq_ignore_ascii_case(&own),
            (_, Some(_)) => true,
        }
}

/// Whether another site leads the browser here: a `Strict` cookie stays away
/// then, although its owner may be signed in.
pub(crate) fn is_led_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|line| line.to_str().ok());
    matches!(site, Some("cross-site" | "same-site"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_form_from_elsewhere_is_foreign() {
        let foreign = |lines: &[(&'static str, &'static str)]| {
            let request = lines.iter().fold(TestRequest::default(), |request, line| request.append_header(*line));
            is_foreign(request.to_http_request().headers(), "https://id.example.com")
        };
        let (site, origin) = ("sec-fetch-site", "origin");
        for ours in [
            &[][..],
            &[(origin, "https://id.example.com")],
            &[(site, "same-origin"), (origin, "null")],
            &[(site, "none")],
        ] {
            assert!(!foreign(ours), "{ours:?}");
        }
        for theirs in [
            &[(site, "cross-site")][..],
            &[(site, "same-site"), (origin, "https://id.example.com")],
            &[(origin, "https://evil.test")],
            &[(origin, "http://id.example.com")],
            &[(origin, "https://id.example.com.evil.test")],
            &[(origin, "https://id.example.com"), (origin, "https://evil.test")],
            &[(site, "same-origin"), (site, "cross-site")],
        ] {
            assert!(foreign(theirs), "{theirs:?}");
        }
    }
}
