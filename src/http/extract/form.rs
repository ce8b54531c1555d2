//! Urlencoded forms and queries: bounded like JSON, UTF-8 only, and no
//! parameter twice (RFC 6749 § 3.2 asks for that, and two readers of a
//! doubled one would disagree).

use std::collections::HashSet;
use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::media::{self, Media};
use super::{body, strict};
use crate::http::problem::{Kind, Problem};

/// More parameters than any form of ours has.
const MAX_PARAMETERS: usize = 64;

/// A form body of type `T`. Unknown parameters are left to `T`.
#[derive(Debug, Clone, Copy)]
pub struct Form<T>(pub T);

/// The query as type `T`, under the same rules. Not for filters that arrive
/// as repeated keys; see [`super::Pairs`].
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload).await.map(Self) })
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string().as_bytes(), "query").map(Self))
    }
}

/// The same for forms that hold whole documents.
#[derive(Debug, Clone, Copy)]
pub struct WideForm<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for WideForm<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read_up_to(&request, payload, body::USER_LIMIT).await.map(Self) })
    }
}

/// Reads a form body.
pub(super) async fn read<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, Problem> {
    read_up_to(request, payload, body::LIMIT).await
}

async fn read_up_to<T: DeserializeOwned>(request: &HttpRequest, payload: Payload, limit: usize) -> Result<T, Problem> {
    if media::of(request) != Media::Form {
        return Err(Problem::new(Kind::UnsupportedMediaType).closing());
    }
    let bytes = body::read(request, payload, limit).await?;
    parse(&bytes, "form")
}

/// Reads the parameters of a form or a query, in their order.
pub(super) fn pairs(bytes: &[u8], what: &str) -> Result<Vec<(String, String)>, Problem> {
    if !decodes_to_utf8(bytes) {
        return Err(Problem::invalid_request(format!("The {what} is not UTF-8.")));
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).map_err(|_| malformed(what))?;
    if pairs.len() > MAX_PARAMETERS {
        return Err(Problem::invalid_request(format!("The {what} has too many parameters.")));
    }
    Ok(pairs)
}

/// Refuses a parameter that came twice.
pub(super) fn twice(what: &str, name: &str) -> Problem {
    let name = strict::shown(name);
    Problem::invalid_request(format!("The {what} has the parameter {name} twice."))
}

fn malformed(what: &str) -> Problem {
    Problem::invalid_request(format!("The {what} is malformed or lacks a parameter."))
}

fn parse<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, Problem> {
    let pairs = pairs(bytes, what)?;
    let mut seen = HashSet::new();
    for (name, _) in &pairs {
        if !seen.insert(name) {
            return Err(twice(what, name));
        }
    }
    serde_urlencoded::from_bytes(bytes).map_err(|_| malformed(what))
}

/// Whether the percent-decoded bytes are UTF-8 (the form reader would replace
/// what is not, and so change a password silently).
fn decodes_to_utf8(bytes: &[u8]) -> bool {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = zeroize::Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or(u8::MAX));
                rest = ahead;
            }
            _ => decoded.push(*byte),
        }
    }
    std::str::from_utf8(&decoded).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Login {
        user: String,
        pass: Option<String>,
    }

    #[test]
    fn a_form_reads_once_per_parameter() {
        let login = parse::<Login>(b"user=a+b&pass=%C3%BC", "form").unwrap();
        assert_eq!(login, Login { user: "a b".into(), pass: Some("\u{fc}".into()) });
        for refused in ["user=a&user=b", "pass=a", "user=%ff", "user=a&x=1&x=2", "user=%C3"] {
            assert!(parse::<Login>(refused.as_bytes(), "form").is_err(), "{refused}");
        }
        let many = (0..1000).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
        assert!(parse::<Login>(format!("user=a&{many}").as_bytes(), "form").is_err());
    }
}
