//! What the protocol layer says on its own, in our words.
//!
//! A head that is not HTTP, is too long or never ends does not become a
//! request; the layer below answers it with a status and nothing else, and
//! hangs up. Such an answer is known by its shape and by the moment, and sent
//! as a problem like any other: JSON, a ticket, our headers.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use serde_json::Map;

use crate::http::HttpKit;
use crate::http::middleware::without_request;
use crate::http::problem::{Kind, Problem, Refusal};

/// An answer that consists of a head with nothing of ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bare<'a> {
    status: StatusCode,
    /// The line of the date; empty when there was none.
    date: &'a str,
}

/// Whether an answer is bare.
pub(super) fn bare(answer: &[u8]) -> Option<Bare<'_>> {
    let head = std::str::from_utf8(answer.strip_prefix(b"HTTP/1.1 ")?).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').next()?.parse().ok()?;
    let known = |line: &str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        matches!(name.as_str(), "content-length" | "connection" | "date")
    };
    matches!(status, 400 | 408 | 431).then_some(())?;
    let mut date = "";
    for line in lines {
        known(line).then_some(())?;
        if line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("date:")) {
            date = line;
        }
    }
    Some(Bare { status: StatusCode::from_u16(status).ok()?, date })
}

/// The whole answer to send instead.
pub(super) fn in_our_words(bare: &Bare<'_>, kit: &HttpKit) -> Vec<u8> {
    let status = bare.status;
    let problem = match status {
        // Not 408: clients send what was answered with that once more.
        StatusCode::REQUEST_TIMEOUT => Problem::invalid_request("The head of the request took too long to arrive."),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Kind::Refused(Box::new(Refusal {
            status,
            code: "request_header_fields_too_large".into(),
            message: "The head of the request is too large.".into(),
            extra: Map::new(),
        }))
        .into(),
        _ => Problem::invalid_request("This is not an HTTP request that can be read."),
    };
    serialised(without_request(kit, &problem), bare.date)
}

fn serialised(answer: HttpResponse, date: &str) -> Vec<u8> {
    let status = answer.status();
    let headers = answer.headers().clone();
    let body = answer.into_body().try_into_bytes().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {}\r\n", status.as_u16(), status.canonical_reason().unwrap_or_default());
    for (name, value) in &headers {
        // Writing to a string does not fail.
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    let _ = write!(head, "content-length: {}\r\nconnection: close\r\n", body.len());
    if !date.is_empty() {
        let _ = write!(head, "{date}\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_head_with_nothing_of_ours_is_bare() {
        let date = "date: Sat, 21 Nov 2026 22:00:00 GMT";
        let head = format!("HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nConnection: close\r\n{date}\r\n\r\n");
        assert_eq!(bare(head.as_bytes()), Some(Bare { status: StatusCode::REQUEST_TIMEOUT, date }));
        for other in [
            head.replace("408", "204"),
            head.replace(date, "x-request-id: req_1"),
            format!("{head}{{}}"),
            format!("x{head}"),
            head.trim_end().to_owned(),
            String::new(),
        ] {
            assert_eq!(bare(other.as_bytes()), None, "{other}");
        }
    }
}
