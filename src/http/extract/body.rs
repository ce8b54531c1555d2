//! A whole body, or a refusal: at most so many bytes ([`LIMIT`] for most
//! calls) within [`DEADLINE`].

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

/// The largest body of a call that makes or changes a user, in bytes: all the
/// metadata that a user may have is longer than ordinary bodies.
pub(crate) const USER_LIMIT: usize = 256 * 1024;

/// How long a whole body may take, however steadily it drips.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// Reads the body. It may hold passwords, so the buffer is wiped when dropped
/// and never grows (growing would leave copies behind).
pub(super) async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    if !media::encoding_is_identity(request) {
        return Err(Problem::new(Kind::UnsupportedMediaType).closing());
    }
    if declared_length(request).is_some_and(|length| length > limit as u64) {
        return Err(Kind::PayloadTooLarge.into());
    }
    let too_slow = |_| Problem::invalid_request("The message body took too long to arrive.").closing();
    rt::time::timeout(DEADLINE, collect(payload, limit)).await.map_err(too_slow)?
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut body = Zeroizing::new(Vec::with_capacity(limit));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| unreadable(&error))?;
        if body.len() + chunk.len() > limit {
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
