//! Errors in OAuth form (RFC 6749 § 5.2).

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::{Kind, workflow};

/// Status and body. Kinds that RFC 6749 has no word for take the nearest one.
pub(super) fn body(kind: &Kind) -> (StatusCode, Value) {
    let face = workflow::face(kind);
    let (status, error) = match kind {
        Kind::OAuth(error) => (error.status, error.error),
        Kind::Unauthorized => (face.status, "invalid_client"),
        Kind::Forbidden | Kind::PasswordAuthDisabled => (face.status, "unauthorized_client"),
        Kind::TooManyRequests { .. } | Kind::TryAgainLater { .. } => (face.status, "temporarily_unavailable"),
        Kind::Internal => (face.status, "server_error"),
        Kind::NotFound(_)
        | Kind::Violations(_)
        | Kind::InvalidRequest(_)
        | Kind::IdempotencyKeyReused
        | Kind::MethodNotAllowed { .. }
        | Kind::NotAcceptable
        | Kind::PayloadTooLarge
        | Kind::UnsupportedMediaType
        | Kind::Refused(_) => (face.status, "invalid_request"),
    };
    (status, json!({ "error": error, "error_description": face.message }))
}
