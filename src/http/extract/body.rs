//! A whole body, or a refusal: at most [`LIMIT`] bytes within [`DEADLINE`].

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{HttpRequest, rt};
use futures_util::StreamExt;
use zeroize::Zeroizing;

use super::media;
use crate::http::problem::{Kind, Problem};

/// The largest body of an ordinary call, in bytes.
pub(crate) const LIMIT: usize = 16 * 1024;

/// How long a whole body may take, however steadily it drips.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// Reads the body. It may hold passwords, so the buffer is wiped when dropped
/// and never grows (growing would leave copies behind).
pub(super) async fn read(request: &HttpRequest, payload: Payload) -> Result<Zeroizing<Vec<u8>>, Problem> {
    if !media::encoding_is_identity(request) {
        return Err(Problem::new(Kind::UnsupportedMediaType).closing());
    }
    if declared_length(request).is_some_and(|length| length > LIMIT as u64) {
        return Err(Kind::PayloadTooLarge.into());
    }
    let too_slow = |_| Problem::invalid_request("The message body took too long to arrive.").closing();
    rt::time::timeout(DEADLINE, collect(payload)).await.map_err(too_slow)?
}

async fn collect(mut payload: Payload) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut body = Zeroizing::new(Vec::with_capacity(LIMIT));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| unreadable(&error))?;
        if body.len() + chunk.len() > LIMIT {
            return Err(Kind::PayloadTooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreadable(error: &PayloadError) -> Problem {
    Problem::invalid_request("The message body ended early or is damaged.").because(error).closing()
}

fn declared_length(request: &HttpRequest) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}
