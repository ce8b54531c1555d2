//! `Content-Type` and `Content-Encoding` of a request.

use actix_web::HttpRequest;
use actix_web::http::header;

/// What a body says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// No `Content-Type`.
    Missing,
    /// `application/json` or `application/…+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `text/plain` and the like, in an acceptable charset.
    Other,
    /// Several or unreadable `Content-Type` lines, or a charset that is not UTF-8.
    Unusable,
}

/// Reads `Content-Type`.
pub(super) fn of(request: &HttpRequest) -> Media {
    let mut lines = request.headers().get_all(header::CONTENT_TYPE);
    let Some(line) = lines.next() else { return Media::Missing };
    if lines.next().is_some() {
        return Media::Unusable;
    }
    line.to_str().map_or(Media::Unusable, parse)
}

fn parse(line: &str) -> Media {
    let mut parts = line.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset_is_utf8 = parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || value.eq_ignore_ascii_case("utf-8")
            || value.eq_ignore_ascii_case("utf8")
    });
    if !charset_is_utf8 {
        return Media::Unusable;
    }
    match essence.as_str() {
        "application/json" => Media::Json,
        "application/x-www-form-urlencoded" => Media::Form,
        other if other.starts_with("application/") && other.ends_with("+json") => Media::Json,
        _ => Media::Other,
    }
}

/// Whether the body is sent as it is: a decoder would be an amplifier.
pub(super) fn encoding_is_identity(request: &HttpRequest) -> bool {
    request.headers().get_all(header::CONTENT_ENCODING).all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_json_in_utf_8_only() {
        assert_eq!(parse("application/json"), Media::Json);
        assert_eq!(parse("Application/JSON; charset=UTF-8"), Media::Json);
        assert_eq!(parse("application/merge-patch+json"), Media::Json);
        assert_eq!(parse("application/json; charset=utf-16"), Media::Unusable);
        assert_eq!(parse("application/json; charset=\"utf-7\""), Media::Unusable);
        assert_eq!(parse("text/plain"), Media::Other);
        assert_eq!(parse("text/json"), Media::Other);
    }
}
