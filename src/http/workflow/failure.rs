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
        Failure::Forbidden | Failure::ResetNotAllowed => Problem::forbidden(),
        Failure::PasswordAuthDisabled => Kind::PasswordAuthDisabled.into(),
        Failure::InvalidProof(mode) => Violations::one(field(mode), invalid_code(mode)).into(),
        Failure::ExpiredProof(mode) => Violations::one(field(mode), "code_expired").into(),
        Failure::InvalidRequestCode => Violations::one("requestCode", "invalid_request_code").into(),
        Failure::ExpiredRequestCode => Violations::one("requestCode", "code_expired").into(),
        Failure::InvalidAuthSession => Violations::one("authSessionCode", "invalid_auth_session_code").into(),
        Failure::Password(violations) => password(&violations).into(),
        Failure::MfaRequired => Violations::one("totpCode", "required").into(),
        Failure::InvalidTotpCode | Failure::UsedTotpCode => Violations::one("totpCode", "invalid_totp_code").into(),
        Failure::InvalidRedirectUrl => Violations::one("redirectUrl", "invalid_redirect_url").into(),
        Failure::KeyReused => Kind::IdempotencyKeyReused.into(),
        // Not failures of any call of this door; each still has an honest answer.
        Failure::Verification(_) => Violations::one("code", "invalid_code").into(),
        Failure::InvalidCredentials
        | Failure::InvalidRefreshToken
        | Failure::MfaAwaited(_)
        | Failure::TooMuchMetadata
        | Failure::InvalidPendingSignIn
        | Failure::TooManyTotpCodes => Problem::unauthorized(),
        Failure::Policy(_) | Failure::InvalidAuthenticator | Failure::TooManyFactors => {
            Problem::invalid_request("The authenticator cannot be added.")
        }
        Failure::EmailTaken => Violations::one("email", "not_available").into(),
        Failure::ExternalIdTaken => Violations::one("externalId", "not_available").into(),
        Failure::NameTaken => Violations::one("name", "not_available").into(),
        Failure::Webhook(refusal) => Problem::internal(refusal),
        Failure::Stale(_)
        | Failure::Replay(_)
        | Failure::Invalid { .. }
        | Failure::InUse
        | Failure::TooMany
        | Failure::DefaultTenant
        | Failure::LastOperator => Problem::internal(failure),
    }
}

fn missing(noun: Noun, id: &str) -> Missing {
    let id = id.to_owned();
    match noun {
        Noun::User => Missing::User(id),
        Noun::Tenant => Missing::Tenant(id),
        Noun::PasswordReset => Missing::PasswordReset(id),
        Noun::EmailVerification => Missing::Entity { kind: "email_verification", id },
        Noun::Session => Missing::Entity { kind: "session", id },
        Noun::ServiceAccount => Missing::Entity { kind: "service_account", id },
        Noun::Application => Missing::Entity { kind: "application", id },
        Noun::WebhookEndpoint => Missing::Entity { kind: "webhook_endpoint", id },
        Noun::WebhookDelivery => Missing::Entity { kind: "webhook_delivery", id },
        Noun::ApiKey => Missing::Entity { kind: "api_key", id },
        Noun::PermissionBoundary => Missing::Entity { kind: "permission_boundary", id },
        Noun::Message => Missing::Entity { kind: "message", id },
        Noun::Suppression => Missing::Entity { kind: "suppression", id },
        Noun::Operator => Missing::Entity { kind: "operator", id },
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
