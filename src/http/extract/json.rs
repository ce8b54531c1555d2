//! JSON bodies.
//!
//! The camelCase APIs refuse everything they do not know; the WorkOS dialect
//! tolerates what its SDKs send (unknown fields, an empty body of whatever
//! type, a missing content type). Both refuse what two readers could understand
//! differently.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::media::{self, Media};
use super::{body, form, strict};
use crate::http::problem::{Dialect, Kind, Problem};

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A JSON body of type `T` and at most `LIMIT` bytes.
#[derive(Debug, Clone, Copy)]
pub struct Json<T, const LIMIT: usize = { body::LIMIT }>(pub T);

/// The JSON body of a call that makes or changes a user.
pub type UserJson<T> = Json<T, { body::USER_LIMIT }>;

/// A JSON or urlencoded body of type `T`, told apart by `Content-Type`.
#[derive(Debug, Clone, Copy)]
pub struct JsonOrForm<T>(pub T);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for Json<T, LIMIT> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload, LIMIT).await.map(Self) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for JsonOrForm<T> {
    type Error = Problem;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if media::of(&request) == Media::Form {
                form::read(&request, payload).await.map(Self)
            } else {
                read(&request, payload, body::LIMIT).await.map(Self)
            }
        })
    }
}

async fn read<T: DeserializeOwned>(request: &HttpRequest, payload: Payload, limit: usize) -> Result<T, Problem> {
    let tolerant = Dialect::of_request(request) == Dialect::WorkOs;
    let media = media::of(request);
    let other = matches!(media, Media::Form | Media::Other);
    if media == Media::Unusable || (other && !tolerant) {
        return Err(Problem::new(Kind::UnsupportedMediaType).closing());
    }
    let bytes = body::read(request, payload, limit).await?;
    // SDKs name odd types for a body that is empty.
    if (other || (media == Media::Missing && !tolerant)) && !bytes.is_empty() {
        return Err(Kind::UnsupportedMediaType.into());
    }
    parse(&bytes, tolerant)
}

/// Reads one value; the words of a refusal never hold a value.
fn parse<T: DeserializeOwned>(bytes: &[u8], tolerant: bool) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::invalid_request(format!("The message body is not UTF-8 at byte {}.", error.valid_up_to()))
    })?;
    let text = match text.trim_ascii() {
        "" if tolerant => "{}",
        "" => return Err(Problem::invalid_request("A JSON message body is required.")),
        text => text,
    };
    let keys = strict::check(text).map_err(Problem::invalid_request)?;
    if !text.starts_with('{') {
        return Err(Problem::invalid_request("The message body must be a JSON object."));
    }
    if !tolerant
        && let Some(fields) = strict::fields_of::<T>()
        && let Some(unknown) = keys.iter().find(|key| !fields.contains(&key.as_str()))
    {
        return Err(unknown_field(&strict::shown(unknown)));
    }
    serde_json::from_str(text).map_err(|error| misfit(&error.to_string(), text, error.line(), error.column()))
}

fn unknown_field(name: &str) -> Problem {
    Problem::invalid_request(format!("The message body has an unknown field {name}."))
}

/// Says what did not fit. `words` are serde's, and quote the value before
/// `, expected`; only what follows, written by us, is passed on.
fn misfit(words: &str, text: &str, line: usize, column: usize) -> Problem {
    let quoted = |prefix: &str| words.strip_prefix(prefix)?.split('`').next();
    if let Some(name) = quoted("missing field `") {
        return Problem::invalid_request(format!("The message body lacks the field {}.", strict::shown(name)));
    }
    if let Some(name) = quoted("unknown field `") {
        return unknown_field(&strict::shown(name));
    }
    let place = field_at(text, line, column)
        .map_or_else(|| "The message body".to_owned(), |name| format!("The field {}", strict::shown(&name)));
    let generic = ["invalid type: ", "invalid length ", "invalid value: ", "unknown variant "];
    let expected = words
        .rsplit_once(", expected ")
        .filter(|_| generic.iter().any(|prefix| words.starts_with(prefix)))
        .map(|(_, expected)| expected.split(" at line ").next().unwrap_or(expected));
    let rule = expected.map(plainly);
    let rule = rule.map_or_else(|| "is not of the expected form".to_owned(), |what| format!("must be {what}"));
    Problem::invalid_request(format!("{place} {rule} (line {line}, column {column})."))
}

/// What a value must be, without the names that this program has for it.
fn plainly(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        words if words.starts_with("struct ") => "an object",
        words => words,
    }
}

/// The name of the outermost member that a position lies in. `text` is known
/// to be a valid object.
fn field_at(text: &str, line: usize, column: usize) -> Option<String> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let before = text.as_bytes().get(..(start + column).min(text.len()))?;
    let (mut depth, mut string_start, mut escaped) = (0_usize, None, false);
    let (mut last, mut name, mut in_value) = (None, None, false);
    for (at, byte) in before.iter().enumerate() {
        match (string_start, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(begin), b'"') => {
                if depth == 1 && !in_value {
                    last = Some((begin, at));
                }
                string_start = None;
            }
            (None, b'"') => string_start = Some(at + 1),
            (None, b'{' | b'[') => depth += 1,
            (None, b'}' | b']') => depth = depth.saturating_sub(1),
            (None, b':') if depth == 1 => (name, in_value) = (last, true),
            // The position may be just past the value; its name stays until the next one.
            (None, b',') if depth == 1 => in_value = false,
            (_, _) => {}
        }
    }
    name.and_then(|(begin, end)| text.get(begin..end)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Body {
        email: String,
        retry_count: Option<u8>,
    }

    fn words(text: &str) -> String {
        match parse::<Body>(text.as_bytes(), false).unwrap_err().kind() {
            Kind::InvalidRequest(message) => message.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refusal_names_the_place_and_never_the_value() {
        assert_eq!(words("{}"), "The message body lacks the field `email`.");
        assert_eq!(words(r#"{"email":"a","to":"b"}"#), "The message body has an unknown field `to`.");
        assert_eq!(words(r#"{"email":"a","<b>":"b"}"#), "The message body has an unknown field with an unusual name.");
        let wrong = words(r#"{"email":"a","retryCount":"s3cret, expected x"}"#);
        assert!(wrong.starts_with("The field `retryCount` must be"), "{wrong}");
        assert!(!wrong.contains("s3cret"), "{wrong}");
        assert!(wrong.contains("must be a whole number that is not negative (line"), "{wrong}");
        assert!(words(r#"{"email":["victim"]}"#).starts_with("The field `email` must be a string"));
        assert_eq!(words("[]"), "The message body must be a JSON object.");
        assert_eq!(words(" "), "A JSON message body is required.");
    }

    #[test]
    fn the_tolerant_dialect_ignores_unknown_fields_but_not_doubled_ones() {
        assert!(parse::<Body>(br#"{"email":"a","x":1}"#, true).is_ok());
        assert!(parse::<Body>(br#"{"email":"a","x":1,"x":2}"#, true).is_err());
        assert!(parse::<Body>(b"\xff", true).is_err());
    }

    #[test]
    fn an_empty_body_is_an_empty_object_where_the_dialect_and_the_type_allow_it() {
        #[derive(serde::Deserialize)]
        struct Nothing {}
        assert!(parse::<Nothing>(b"", true).is_ok());
        assert!(parse::<Nothing>(b"{}", true).is_ok());
        assert!(parse::<Body>(b"", true).is_err());
    }
}
