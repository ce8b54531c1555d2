//! Failures of the use cases in the words of this dialect.

use crate::domain::password::Violation;
use crate::domain::reset::Mode;
use crate::http::extract::require::unavailable;
use crate::http::problem::{Kind, Missing, Problem, Violations};
use crate::workflows::{Failure, Noun};

/// The problem behind a failure. `about` is the id that the caller named, for
/// a 404.
pub fn problem(failure: Failure, about: &str) -> Problem {
    match failure {
        Failure::Store(error) => unavailable(&error),
        Failure::Busy { retry_after } => Problem::try_again_later(retry_after),
        Failure::Throttled { retry_after } => Problem::too_many_requests(retry_after),
        Failure::NotFound(noun) => Problem::not_found(missing(noun, about)),
        Failure::Forbidden => Problem::forbidden(),
        Failure::PasswordAuthDisabled => Kind::PasswordAuthDisabled.into(),
        Failure::InvalidProof(mode) => Violations::one(field(mode), invalid_code(mode)).into(),
        Failure::ExpiredProof(mode) => Violations::one(field(mode), "code_expired").into(),
        Failure::InvalidRequestCode => Violations::one("requestCode", "invalid_request_code").into(),
        Failure::ExpiredRequestCode => Violations::one("requestCode", "code_expired").into(),
        Failure::InvalidAuthSession => Violations::one("authSessionCode", "invalid_auth_session_code").into(),
        Failure::Password(violations) => password(&violations).into(),
        Failure::InvalidRedirectUrl => Violations::one("redirectUrl", "invalid_redirect_url").into(),
        Failure::KeyReused => Kind::IdempotencyKeyReused.into(),
        // Not failures of any call of this door; each still has an honest answer.
        Failure::InvalidCredentials | Failure::InvalidRefreshToken => Problem::unauthorized(),
        Failure::EmailTaken => Violations::one("email", "not_available").into(),
        Failure::ExternalIdTaken => Violations::one("externalId", "not_available").into(),
        Failure::NameTaken => Violations::one("name", "not_available").into(),
    }
}

fn missing(noun: Noun, id: &str) -> Missing {
    let id = id.to_owned();
    match noun {
        Noun::User => Missing::User(id),
        Noun::Tenant => Missing::Tenant(id),
        Noun::PasswordReset => Missing::PasswordReset(id),
        Noun::Session => Missing::Entity { kind: "session", id },
        Noun::ServiceAccount => Missing::Entity { kind: "service_account", id },
        Noun::Application => Missing::Entity { kind: "application", id },
    }
}

/// The field that carries the proof of a mode; for a code the one that people
/// mistype.
const fn field(mode: Mode) -> &'static str {
    match mode {
        Mode::EmailLink => "emailAuthCode",
        Mode::EmailOtp => "verificationCode",
        Mode::ResetLink => "passwordResetCode",
    }
}

const fn invalid_code(mode: Mode) -> &'static str {
    match mode {
        Mode::EmailLink => "invalid_email_auth_code",
        Mode::EmailOtp => "invalid_verification_code",
        Mode::ResetLink => "invalid_password_reset_code",
    }
}

fn password(broken: &[Violation]) -> Violations {
    let mut violations = Violations::new();
    for rule in broken {
        violations.add_all("newPassword", rule.code(), rule.constraint_attributes());
    }
    violations
}
