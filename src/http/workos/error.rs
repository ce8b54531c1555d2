//! From a failure of a use case to this dialect's words.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::password::Violation;
use crate::domain::verification::Refusal;
use crate::http::extract::require::unavailable;
use crate::http::problem::{Kind, Missing, Problem, Violations};
use crate::workflows::webhooks::WebhookRefusal;
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
        Failure::TooMuchMetadata => invalid_metadata(),
        Failure::InvalidCredentials => {
            Problem::refused(BAD, "invalid_credentials", "The email address or the password is wrong.")
        }
        Failure::InvalidRefreshToken => {
            Problem::oauth("invalid_grant", "The refresh token is unknown or was used, or its session has ended.")
        }
        Failure::Webhook(refusal) => webhook(refusal),
        Failure::Stale(_) => changed_meanwhile(),
        Failure::InvalidRedirectUrl => Violations::one("passwordResetUrl", "not_registered").into(),
        Failure::ResetNotAllowed => {
            Problem::refused(StatusCode::FORBIDDEN, "password_reset_not_allowed", "The user is disabled.")
        }
        Failure::Verification(refusal) => not_verified(refusal),
        Failure::MfaRequired => mfa_required(),
        Failure::InvalidTotpCode => Problem::refused(BAD, WRONG_CODE.0, WRONG_CODE.1),
        Failure::UsedTotpCode => Problem::refused(BAD, USED_CODE.0, USED_CODE.1),
        Failure::TooManyTotpCodes => {
            Problem::refused(BAD, "one_time_code_too_many_attempts", "Too many wrong codes; sign in again.")
        }
        Failure::InvalidPendingSignIn => {
            let message =
                "The pending authentication token is unknown, over or used, or the challenge is another one's.";
            Problem::refused(BAD, "invalid_pending_authentication_token", message)
        }
        Failure::InvalidAuthenticator => {
            Problem::invalid_request("totp_issuer and totp_user are too long to be shown as a QR code.")
        }
        Failure::TooManyFactors => {
            Problem::invalid_request("The user has as many authentication factors as one may have.")
        }
        Failure::MfaAwaited(_)
        | Failure::Invalid { .. }
        | Failure::InUse
        | Failure::TooMany
        | Failure::DefaultTenant
        | Failure::LastOperator
        | Failure::Policy(_)
        | Failure::InvalidRequestCode
        | Failure::ExpiredRequestCode
        | Failure::InvalidAuthSession
        | Failure::KeyReused
        | Failure::Replay(_)
        | Failure::NameTaken => Problem::internal(failure),
    }
}

fn not_verified(refusal: Refusal) -> Problem {
    let (code, message) = match refusal {
        Refusal::Verified => ("email_previously_verified", "The email address is verified already."),
        Refusal::Incorrect => (
            "email_verification_code_incorrect",
            "The code is not the newest one that was mailed, or was tried too often.",
        ),
        Refusal::Expired => ("email_verification_code_expired", "The code has expired."),
        Refusal::Used => ("email_verification_code_previously_used", "The code was used before."),
    };
    bad_request(code, message)
}

const WRONG_CODE: (&str, &str) = ("invalid_one_time_code", "The code is none of the user's authenticators'.");
const USED_CODE: (&str, &str) =
    ("one_time_code_previously_used", "The code was used before; wait for the authenticator's next one.");
const EMAIL_TAKEN: &str = "This email address is not available.";
const EXTERNAL_ID_TAKEN: &str = "This external id belongs to another user.";

fn missing(noun: Noun, id: String) -> Missing {
    match noun {
        Noun::User => Missing::User(id),
        Noun::Tenant => Missing::Tenant(id),
        Noun::PasswordReset => Missing::PasswordReset(id),
        Noun::EmailVerification => Missing::Entity { kind: "email_verification", id },
        Noun::Session => session(id),
        Noun::ServiceAccount => Missing::Entity { kind: "service_account", id },
        Noun::Application => Missing::Entity { kind: "application", id },
        Noun::WebhookEndpoint => webhook_endpoint(id),
        Noun::WebhookDelivery => Missing::Entity { kind: "webhook_delivery", id },
        Noun::ApiKey => Missing::Entity { kind: "api_key", id },
        Noun::PermissionBoundary => Missing::Entity { kind: "permission_boundary", id },
        Noun::Message => Missing::Entity { kind: "message", id },
        Noun::Suppression => Missing::Entity { kind: "suppression", id },
        Noun::Operator => Missing::Entity { kind: "operator", id },
    }
}

/// No such session.
pub(super) const fn session(id: String) -> Missing {
    Missing::Entity { kind: "session", id }
}

/// 403: a user with an authenticator needs more than the token.
fn mfa_required() -> Problem {
    let message = "The user has an authenticator: send its code as totp_code beside the token.";
    Problem::refused(StatusCode::FORBIDDEN, "mfa_required", message)
}

/// No such endpoint.
pub(super) const fn webhook_endpoint(id: String) -> Missing {
    Missing::Entity { kind: "webhook_endpoint", id }
}

fn webhook(refusal: WebhookRefusal) -> Problem {
    match refusal {
        WebhookRefusal::Url(refused) => {
            let message = format!("The endpoint_url {refused}.");
            Problem::refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid_url", message)
        }
        WebhookRefusal::Duplicate => {
            Problem::refused(BAD, "duplicate_endpoint", "There is an endpoint with this endpoint_url already.")
        }
        WebhookRefusal::TooMany => {
            Problem::refused(BAD, "too_many_endpoints", "There are as many endpoints as there may be.")
        }
        WebhookRefusal::UnderWay | WebhookRefusal::Disabled => changed_meanwhile(),
    }
}

fn changed_meanwhile() -> Problem {
    Problem::refused(BAD, "changed_meanwhile", "Somebody else has changed this; read it again.")
}

/// The same refusal of a body in the form that the webhook calls have it: a
/// sentence beside each code.
pub(super) fn with_messages(problem: Problem) -> Problem {
    let Kind::Violations(violations) = problem.kind() else { return problem };
    let message = |field: &str, code: &str| format!("{field}: {}", code.replace('_', " "));
    let errors: Vec<Value> = violations
        .iter()
        .map(|(field, broken)| json!({"code": broken.code, "field": field, "message": message(field, broken.code)}))
        .collect();
    Problem::refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request_parameters", "Validation failed")
        .with("errors", errors)
}

/// The same for the confirmation of a reset, which has words of its own for a
/// password that is refused. A wrong second factor is as good as none: who
/// knows only that code asks for another one.
pub(super) fn of_confirmation(failure: Failure) -> Problem {
    match failure {
        Failure::Password(violations) => password_reset_error(violations.iter().map(too_weak).collect()),
        Failure::InvalidTotpCode => mfa_required().with("errors", vec![inner(WRONG_CODE.0, WRONG_CODE.1)]),
        Failure::UsedTotpCode => mfa_required().with("errors", vec![inner(USED_CODE.0, USED_CODE.1)]),
        // Deleted since: the token leads nowhere.
        Failure::NotFound(Noun::User) => problem(Failure::InvalidProof(crate::domain::reset::Mode::EmailLink), ""),
        other => problem(other, ""),
    }
}

/// The same for mailing a code, where a verified address has another word.
pub(super) fn of_sending(failure: Failure, id: &str) -> Problem {
    match failure {
        Failure::Verification(_) => bad_request("email_already_verified", "The email address is verified already."),
        other => problem(other, id),
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

/// What is wrong with a user's metadata.
pub(super) fn invalid_metadata() -> Problem {
    let message = "Metadata has at most 50 entries: texts of at most 600 characters under keys of 1 to 40 characters.";
    bad_request("invalid_metadata", message)
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
