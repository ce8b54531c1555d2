//! Errors of the workflow and management APIs.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::{Kind, Missing};

/// Status, code and sentence of a problem as the camelCase APIs tell it.
pub(super) struct Face<'a> {
    pub status: StatusCode,
    pub code: Cow<'a, str>,
    pub message: Cow<'a, str>,
}

fn face_of(status: StatusCode, code: &'static str, message: &'static str) -> Face<'static> {
    Face { status, code: code.into(), message: message.into() }
}

/// The face of every kind of problem.
pub(super) fn face(kind: &Kind) -> Face<'_> {
    use StatusCode as S;
    match kind {
        Kind::Unauthorized => face_of(S::UNAUTHORIZED, "unauthorized", "Valid credentials are required."),
        Kind::Forbidden => face_of(S::FORBIDDEN, "forbidden", "The caller lacks the permission for this call."),
        Kind::PasswordAuthDisabled => {
            face_of(S::FORBIDDEN, "password_auth_disabled", "Signing in with a password is switched off here.")
        }
        Kind::NotFound(missing) => not_found(missing),
        Kind::Violations(_) => face_of(
            S::BAD_REQUEST,
            "message_body_constraint_violations",
            "One or more values of the message body break a rule.",
        ),
        Kind::InvalidRequest(message) => {
            Face { status: S::BAD_REQUEST, code: "invalid_request".into(), message: Cow::Borrowed(message) }
        }
        Kind::IdempotencyKeyReused => face_of(
            S::BAD_REQUEST,
            "idempotency_key_reused",
            "This Idempotency-Key was used with another message body.",
        ),
        Kind::MethodNotAllowed { .. } => {
            face_of(S::METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not take this method.")
        }
        Kind::NotAcceptable => face_of(S::NOT_ACCEPTABLE, "not_acceptable", "Answers are application/json."),
        Kind::PayloadTooLarge => {
            face_of(S::PAYLOAD_TOO_LARGE, "payload_too_large", "The message body is larger than this call takes.")
        }
        Kind::UnsupportedMediaType => face_of(
            S::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The message body has a content type, charset or encoding that this call does not take.",
        ),
        Kind::TooManyRequests { .. } => {
            face_of(S::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests; see Retry-After.")
        }
        Kind::TryAgainLater { .. } => face_of(
            S::SERVICE_UNAVAILABLE,
            "try_again_later",
            "The service cannot do this right now; nothing was consumed. See Retry-After.",
        ),
        Kind::Refused(refusal) => Face {
            status: refusal.status,
            code: Cow::Borrowed(&refusal.code),
            message: Cow::Borrowed(&refusal.message),
        },
        Kind::OAuth(error) => {
            Face { status: error.status, code: error.error.into(), message: Cow::Borrowed(&error.description) }
        }
        Kind::Internal => {
            face_of(S::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong on our side; quote the ticket.")
        }
    }
}

fn not_found(missing: &Missing) -> Face<'static> {
    let code: Cow<'static, str> = match missing {
        Missing::Route => return face_of(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path."),
        Missing::User(_) => "user_not_found".into(),
        Missing::Tenant(_) => "tenant_not_found".into(),
        Missing::PasswordReset(_) => "password_reset_not_found".into(),
        Missing::Entity { kind, .. } => format!("{kind}_not_found").into(),
    };
    Face { status: StatusCode::NOT_FOUND, code, message: "There is nothing with this id.".into() }
}

/// Status and body.
pub(super) fn body(kind: &Kind, ticket: &str) -> (StatusCode, Value) {
    let Face { status, code, message } = face(kind);
    let body = match kind {
        Kind::Violations(violations) => json!({
            "type": "constraint_violations_error",
            "code": code,
            "message": message,
            "ticket": ticket,
            "violations": violations,
        }),
        Kind::Refused(refusal) => {
            let mut members = refusal.extra.clone();
            members.insert("type".to_owned(), json!("base_error"));
            members.insert("code".to_owned(), json!(code));
            members.insert("message".to_owned(), json!(message));
            members.insert("ticket".to_owned(), json!(ticket));
            Value::Object(members)
        }
        _ => json!({ "type": "base_error", "code": code, "message": message, "ticket": ticket }),
    };
    (status, body)
}
