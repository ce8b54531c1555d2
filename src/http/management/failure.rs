//! Failures of the use cases in the words of this door.

use actix_web::http::StatusCode;

use super::if_match;
use crate::domain::policy::Flaw;
use crate::http::extract::require::unavailable;
use crate::http::problem::{Missing, Problem, Violations};
use crate::workflows::messages::ReplayRefusal;
use crate::workflows::webhooks::WebhookRefusal;
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
        Failure::Webhook(refusal) => webhook(refusal),
        Failure::NameTaken => Violations::one("name", "not_available").into(),
        Failure::Invalid { field, code } => Violations::one(&field, code).into(),
        Failure::InUse => {
            Problem::refused(StatusCode::CONFLICT, "in_use", "Something still refers to it: change that first.")
        }
        Failure::TooMany => Problem::refused(StatusCode::CONFLICT, "too_many", "There are as many as there may be."),
        Failure::DefaultTenant => {
            let message = "Calls that name no tenant mean this one, so it cannot be deleted.";
            Problem::refused(StatusCode::CONFLICT, "default_tenant", message)
        }
        Failure::LastOperator => {
            let message = "Nobody else could run the installation then, so this operator stays.";
            Problem::refused(StatusCode::CONFLICT, "last_operator", message)
        }
        Failure::Replay(refusal) => replay(refusal),
        Failure::Policy(flaws) => policy(flaws),
        Failure::EmailTaken => Violations::one("email", "email_not_available").into(),
        Failure::ExternalIdTaken => Violations::one("externalId", "external_id_not_available").into(),
        Failure::TooMuchMetadata => Violations::one("attributes", "too_many").into(),
        Failure::Stale(change) => if_match::mismatch(change.as_deref()),
        Failure::PasswordAuthDisabled
        | Failure::InvalidProof(_)
        | Failure::ExpiredProof(_)
        | Failure::InvalidRequestCode
        | Failure::ExpiredRequestCode
        | Failure::InvalidAuthSession
        | Failure::Password(_)
        | Failure::InvalidRedirectUrl
        | Failure::KeyReused
        | Failure::InvalidCredentials
        | Failure::InvalidRefreshToken
        | Failure::Verification(_)
        | Failure::ResetNotAllowed
        | Failure::MfaRequired
        | Failure::MfaAwaited(_)
        | Failure::InvalidTotpCode
        | Failure::UsedTotpCode
        | Failure::TooManyTotpCodes
        | Failure::InvalidPendingSignIn
        | Failure::InvalidAuthenticator
        | Failure::TooManyFactors => Problem::internal(failure),
    }
}

fn missing(noun: Noun, id: &str) -> Missing {
    let id = id.to_owned();
    let kind = match noun {
        Noun::User => return Missing::User(id),
        Noun::Tenant => return Missing::Tenant(id),
        Noun::PasswordReset => return Missing::PasswordReset(id),
        Noun::Session => "session",
        Noun::ServiceAccount => "service_account",
        Noun::Application => "application",
        Noun::EmailVerification => "email_verification",
        Noun::WebhookEndpoint => "webhook_endpoint",
        Noun::WebhookDelivery => "webhook_delivery",
        Noun::ApiKey => "api_key",
        Noun::PermissionBoundary => "permission_boundary",
        Noun::Message => "message",
        Noun::Suppression => "suppression",
        Noun::Operator => "operator",
    };
    Missing::Entity { kind, id }
}

fn replay(refusal: ReplayRefusal) -> Problem {
    let (code, message) = match refusal {
        ReplayRefusal::State => {
            ("message_not_replayable", "Only a message that is dead or suppressed can be sent once more.")
        }
        ReplayRefusal::SecretOver => {
            ("message_secret_over", "The link or code that the message carries is good no more: ask for a new one.")
        }
    };
    Problem::refused(StatusCode::CONFLICT, code, message)
}

fn policy(flaws: Vec<Flaw>) -> Problem {
    let mut violations = Violations::new();
    for flaw in flaws {
        violations.add_all(&flaw.field, flaw.code, flaw.attributes);
    }
    violations.into()
}

fn webhook(refusal: WebhookRefusal) -> Problem {
    match refusal {
        WebhookRefusal::Url(refused) => {
            let mut violations = Violations::new();
            violations.add_with("url", "not_allowed", [("reason", refused.to_string())]);
            violations.into()
        }
        WebhookRefusal::Duplicate => Violations::one("url", "not_available").into(),
        WebhookRefusal::TooMany => {
            Problem::refused(StatusCode::CONFLICT, "too_many_endpoints", "There are as many endpoints as there may be.")
        }
        WebhookRefusal::Disabled => {
            Problem::refused(StatusCode::CONFLICT, "endpoint_disabled", "The endpoint is disabled: enable it first.")
        }
        WebhookRefusal::UnderWay => {
            Problem::refused(StatusCode::CONFLICT, "delivery_under_way", "It is being delivered at this moment.")
        }
    }
}

/// Reads an id from a path; what is no id is not there.
pub fn id<T: std::str::FromStr>(text: &str, noun: Noun) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(missing(noun, text)))
}
