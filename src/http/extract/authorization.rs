//! The `Authorization` header: exactly one, in exactly one spelling. Two
//! readers of two headers could see two callers.

use actix_web::http::header::{self, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;

/// Longer than any credentials of ours.
const MAX_LENGTH: usize = 8 * 1024;

/// What the header holds.
#[derive(Debug)]
pub(crate) enum Authorization {
    /// There is none.
    Missing,
    /// `Bearer` and a text.
    Bearer(Secret),
    /// `Basic` with a user and a password.
    Basic(String, Secret),
    /// Several, another scheme, or nothing that can be read.
    Unusable,
}

/// Reads the header.
pub(crate) fn of(headers: &HeaderMap) -> Authorization {
    let mut lines = headers.get_all(header::AUTHORIZATION);
    match (lines.next(), lines.next()) {
        (None, _) => Authorization::Missing,
        (Some(line), None) if line.len() <= MAX_LENGTH => {
            line.to_str().ok().and_then(parse).unwrap_or(Authorization::Unusable)
        }
        (Some(_), _) => Authorization::Unusable,
    }
}

fn parse(line: &str) -> Option<Authorization> {
    match line.split_once(' ')? {
        ("Bearer", token) => Some(Authorization::Bearer(Secret::new(token))),
        ("Basic", encoded) => {
            let decoded = Zeroizing::new(STANDARD.decode(encoded).ok()?);
            let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
            Some(Authorization::Basic(user.to_owned(), Secret::new(password)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
        }
        match of(&headers) {
            Authorization::Missing => "missing".into(),
            Authorization::Bearer(token) => format!("bearer {}", token.expose()),
            Authorization::Basic(user, password) => format!("basic {user} {}", password.expose()),
            Authorization::Unusable => "unusable".into(),
        }
    }

    #[test]
    fn one_header_in_the_usual_spelling_is_read() {
        assert_eq!(read(&[]), "missing");
        assert_eq!(read(&["Bearer sk_x"]), "bearer sk_x");
        assert_eq!(read(&["Basic YTpiOmM="]), "basic a b:c");
    }

    #[test]
    fn everything_else_is_not() {
        let long = format!("Bearer {}", "a".repeat(MAX_LENGTH));
        for line in ["", "Bearer", "bearer sk_x", "BEARER sk_x", "Basic !", "Basic YQ==", "Digest x", long.as_str()] {
            assert_eq!(read(&[line]), "unusable", "{line:.40}");
        }
        assert_eq!(read(&["Bearer a", "Bearer a"]), "unusable");
        assert_eq!(read(&["Bearer  a"]), "bearer  a");
    }
}
