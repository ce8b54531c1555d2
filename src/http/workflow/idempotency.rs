//! The `Idempotency-Key` of a call.

use actix_web::HttpRequest;
use serde::Serialize;

use crate::domain::access::Caller;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::resets::idempotency::Idempotent;

/// The longest key accepted, in bytes.
const LONGEST: usize = 255;

/// The key that came with a call, fingerprinted together with its body.
///
/// # Errors
/// 400 when the header cannot be a key.
pub fn of(
    request: &HttpRequest,
    engine: &Engine,
    caller: &Caller,
    body: &impl Serialize,
) -> Result<Option<Idempotent>, Problem> {
    let Some(header) = request.headers().get("idempotency-key") else { return Ok(None) };
    let key = header.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST);
    let key = key.ok_or_else(|| Violations::one("Idempotency-Key", "invalid_idempotency_key"))?;
    let route = request.match_pattern().unwrap_or_default();
    let body = serde_json::to_vec(body).map_err(Problem::internal)?;
    Ok(Some(engine.idempotent(caller, &route, key, &body)))
}
