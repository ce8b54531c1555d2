//! Errors of the WorkOS-compatible API.
//!
//! Plain errors never carry a member named `error` (an SDK would read it as
//! an OAuth error), and no status is 408 or 409 (SDKs retry those).

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::{Kind, Missing, workflow};

/// Status and body.
pub(super) fn body(kind: &Kind) -> (StatusCode, Value) {
    let face = workflow::face(kind);
    let plain = |status: StatusCode, code: &str| (status, json!({ "code": code, "message": face.message }));
    match kind {
        Kind::Unauthorized => (StatusCode::UNAUTHORIZED, json!({ "message": "Unauthorized" })),
        Kind::PasswordAuthDisabled => plain(face.status, "email_password_auth_disabled"),
        Kind::NotFound(missing) => not_found(missing),
        Kind::Violations(violations) => {
            let errors: Vec<Value> = violations
                .iter()
                .map(|(field, violation)| json!({ "code": violation.code, "field": snake_case(field) }))
                .collect();
            let body = json!({
                "code": "invalid_request_parameters",
                "message": "Validation failed",
                "errors": errors,
            });
            (StatusCode::UNPROCESSABLE_ENTITY, body)
        }
        Kind::InvalidRequest(_) => plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request_parameters"),
        Kind::TooManyRequests { .. } => plain(face.status, "daily_quota_exceeded"),
        Kind::Refused(refusal) => {
            let mut body = refusal.extra.clone();
            body.remove("error");
            body.insert("code".to_owned(), json!(refusal.code));
            body.insert("message".to_owned(), json!(refusal.message));
            (without_retried_status(refusal.status), Value::Object(body))
        }
        Kind::Forbidden
        | Kind::IdempotencyKeyReused
        | Kind::MethodNotAllowed { .. }
        | Kind::NotAcceptable
        | Kind::PayloadTooLarge
        | Kind::UnsupportedMediaType
        | Kind::TryAgainLater { .. }
        | Kind::OAuth(_)
        | Kind::Internal => plain(face.status, &face.code),
    }
}

fn without_retried_status(status: StatusCode) -> StatusCode {
    if matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT) { StatusCode::BAD_REQUEST } else { status }
}

fn not_found(missing: &Missing) -> (StatusCode, Value) {
    let (what, id) = match missing {
        Missing::Route => {
            return (
                StatusCode::NOT_FOUND,
                json!({ "code": "not_found", "message": "There is nothing at this path." }),
            );
        }
        Missing::User(id) => ("User", id),
        Missing::Tenant(id) => ("Organization", id),
        Missing::PasswordReset(id) => ("Password reset", id),
        Missing::Entity { id, .. } => ("Entity", id),
    };
    let message = format!("{what} not found: '{id}'.");
    (StatusCode::NOT_FOUND, json!({ "code": "entity_not_found", "message": message, "entity_id": id }))
}

/// Fields are named as this dialect writes them: `newPassword` → `new_password`.
fn snake_case(field: &str) -> String {
    let mut name = String::with_capacity(field.len() + 4);
    for c in field.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}
