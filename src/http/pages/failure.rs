//! What a page cannot say better than the common error page does.

use std::time::Duration;

use crate::http::problem::{Missing, Problem};
use crate::workflows::Failure;

/// How long to wait when nobody knows better.
const A_MOMENT: Duration = Duration::from_secs(5);

/// The problem behind a failure.
pub(super) fn problem(failure: Failure) -> Problem {
    match failure {
        Failure::Store(cause) => Problem::try_again_later(A_MOMENT).because(cause),
        Failure::Busy { retry_after } => Problem::try_again_later(retry_after),
        Failure::Throttled { retry_after } => Problem::too_many_requests(retry_after),
        Failure::NotFound(_) => Problem::not_found(Missing::Route),
        Failure::Forbidden | Failure::PasswordAuthDisabled | Failure::ResetNotAllowed => Problem::forbidden(),
        // Each page has its own words for those that its form can cause.
        Failure::InvalidProof(_)
        | Failure::ExpiredProof(_)
        | Failure::InvalidRequestCode
        | Failure::ExpiredRequestCode
        | Failure::InvalidAuthSession
        | Failure::Password(_)
        | Failure::InvalidRedirectUrl
        | Failure::Verification(_)
        | Failure::KeyReused
        | Failure::InvalidCredentials
        | Failure::InvalidRefreshToken
        | Failure::EmailTaken
        | Failure::ExternalIdTaken
        | Failure::NameTaken
        | Failure::MfaRequired
        | Failure::MfaAwaited(_)
        | Failure::TooMuchMetadata
        | Failure::InvalidTotpCode
        | Failure::UsedTotpCode
        | Failure::TooManyTotpCodes
        | Failure::InvalidPendingSignIn
        | Failure::InvalidAuthenticator
        | Failure::TooManyFactors
        | Failure::Policy(_)
        | Failure::Stale(_)
        | Failure::Invalid { .. }
        | Failure::InUse
        | Failure::TooMany
        | Failure::DefaultTenant
        | Failure::LastOperator
        | Failure::Replay(_)
        | Failure::Webhook(_) => Problem::invalid_request("The form could not be used."),
    }
}

/// Whole seconds, rounded up, at least one.
pub(super) fn seconds(duration: Duration) -> u64 {
    (duration.as_secs() + u64::from(duration.subsec_nanos() > 0)).max(1)
}
