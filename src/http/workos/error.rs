//! From a failure of a use case to this dialect's words.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::password::Violation;
use crate::http::extract::require::unavailable;
use crate::http::problem::{Kind, Missing, Problem};
use crate::workflows::{Failure, Noun};

/// The longest `Retry-After`: some SDKs sleep as long as they are told.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

const BAD: StatusCode = StatusCode::BAD_REQUEST;

/// The words for a failure. `id` is what the call named, as it named it.
pub(super) fn problem(failure: Failure, id: &str) -> Problem {
    match failure {
        Failure::Store(error) => unavailable(&error),
        Failure::Busy { retry_after } => Problem::try_again_later(retry_after.min(LONGEST_WAIT)),
        Failure::Throttled { retry_after } => Problem::too_many_requests(retry_after.min(LONGEST_WAIT)),
        Failure::NotFound(noun) => Problem::not_found(missing(noun, id.to_owned())),
        Failure::Forbidden => Problem::forbidden(),
        Failure::PasswordAuthDisabled => Kind::PasswordAuthDisabled.into(),
        Failure::InvalidProof(_) => {
            let message = "The password reset token is unknown or was used.";
            Problem::refused(StatusCode::NOT_FOUND, "password_reset_token_not_found", message)
        }
        Failure::ExpiredProof(_) => {
            password_reset_error(vec![inner("password_reset_token_expired", "The password reset token has expired.")])
        }
        Failure::Password(violations) => password_strength_error(&violations),
        Failure::EmailTaken => Problem::refused(BAD, "email_not_available", EMAIL_TAKEN),
        Failure::ExternalIdTaken => Problem::refused(BAD, "external_id_already_used", EXTERNAL_ID_TAKEN),
        Failure::InvalidCredentials => {
            Problem::refused(BAD, "invalid_credentials", "The email address or the password is wrong.")
        }
        Failure::InvalidRefreshToken => {
            Problem::oauth("invalid_grant", "The refresh token is unknown or was used, or its session has ended.")
        }
        Failure::InvalidRequestCode
        | Failure::ExpiredRequestCode
        | Failure::InvalidAuthSession
        | Failure::InvalidRedirectUrl
        | Failure::KeyReused
        | Failure::NameTaken => Problem::internal(failure),
    }
}

const EMAIL_TAKEN: &str = "This email address is not available.";
const EXTERNAL_ID_TAKEN: &str = "This external id belongs to another user.";

fn missing(noun: Noun, id: String) -> Missing {
    match noun {
        Noun::User => Missing::User(id),
        Noun::Tenant => Missing::Tenant(id),
        Noun::PasswordReset => Missing::PasswordReset(id),
        Noun::Session => session(id),
        Noun::ServiceAccount => Missing::Entity { kind: "service_account", id },
        Noun::Application => Missing::Entity { kind: "application", id },
    }
}

/// No such session.
pub(super) const fn session(id: String) -> Missing {
    Missing::Entity { kind: "session", id }
}

/// The same for the confirmation of a reset, which has words of its own for a
/// password that is refused.
pub(super) fn of_confirmation(failure: Failure) -> Problem {
    match failure {
        Failure::Password(violations) => password_reset_error(violations.iter().map(too_weak).collect()),
        // Deleted since: the token leads nowhere.
        Failure::NotFound(Noun::User) => problem(Failure::InvalidProof(crate::domain::reset::Mode::EmailLink), ""),
        other => problem(other, ""),
    }
}

/// The same for making a user, where what is taken is an inner error.
pub(super) fn of_creation(failure: Failure) -> Problem {
    match failure {
        Failure::EmailTaken => user_creation_error("email_not_available", EMAIL_TAKEN),
        Failure::ExternalIdTaken => user_creation_error("external_id_already_used", EXTERNAL_ID_TAKEN),
        other => problem(other, ""),
    }
}

/// 400: the user could not be made, for one reason.
pub(super) fn user_creation_error(code: &str, message: &str) -> Problem {
    Problem::refused(BAD, "user_creation_error", "The user could not be created.")
        .with("errors", vec![inner(code, message)])
}

/// 400 with a code and a sentence of this dialect.
pub(super) fn bad_request(code: &'static str, message: &'static str) -> Problem {
    Problem::refused(BAD, code, message)
}

fn password_reset_error(errors: Vec<Value>) -> Problem {
    Problem::refused(BAD, "password_reset_error", "The password could not be reset.").with("errors", errors)
}

fn password_strength_error(violations: &[Violation]) -> Problem {
    let errors: Vec<Value> = violations.iter().map(|violation| with_hints(violation.code(), violation)).collect();
    Problem::refused(BAD, "password_strength_error", "The password does not meet the requirements.")
        .with("errors", errors)
}

/// One code for every way a password breaks the policy; the sentence says which.
fn too_weak(violation: &Violation) -> Value {
    with_hints("password_too_weak", violation)
}

fn with_hints(code: &str, violation: &Violation) -> Value {
    let message = sentence(violation);
    let (warning, suggestions) = match violation {
        Violation::TooWeak { warning, suggestions } => (warning.as_deref(), suggestions.as_slice()),
        _ => (Some(message.as_str()), [].as_slice()),
    };
    json!({ "code": code, "message": message, "warning": warning.unwrap_or_default(), "suggestions": suggestions })
}

fn inner(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

/// What is wrong with a password, for a person.
fn sentence(violation: &Violation) -> String {
    let text = match violation {
        Violation::TooShort { minimum } => return format!("Password must be at least {minimum} characters long."),
        Violation::Empty => "Password must not be empty.",
        Violation::TooLong => "Password is too long.",
        Violation::ControlCharacter => "Password must not contain control characters.",
        Violation::LowercaseRequired => "Password must contain a lower-case letter.",
        Violation::UppercaseRequired => "Password must contain an upper-case letter.",
        Violation::DigitRequired => "Password must contain a digit.",
        Violation::SpecialRequired => "Password must contain a character that is neither letter nor digit.",
        Violation::Common => "Password is among the first that anybody would try.",
        Violation::Identity => "Password must not be the user's own name or address.",
        Violation::TooWeak { .. } => "Password is too easy to guess.",
        Violation::Breached => "Password is known from a data breach.",
        Violation::Reused => "Password was used before.",
    };
    text.to_owned()
}
