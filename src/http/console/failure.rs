//! What went wrong, for a page of the console.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};

use crate::http::problem::{Missing, Problem};
use crate::workflows::Failure;
use crate::workflows::audit::LastChange;
use crate::workflows::messages::ReplayRefusal;
use crate::workflows::webhooks::WebhookRefusal;

/// How long to wait when nobody knows better.
const A_MOMENT: Duration = Duration::from_secs(5);

/// The problem behind a failure that the page at hand has no words for.
pub(super) fn problem(failure: Failure) -> Problem {
    match failure {
        Failure::Store(cause) => Problem::try_again_later(A_MOMENT).because(cause),
        Failure::Busy { retry_after } => Problem::try_again_later(retry_after),
        Failure::Throttled { retry_after } => Problem::too_many_requests(retry_after),
        Failure::NotFound(_) => Problem::not_found(Missing::Route),
        Failure::Forbidden => Problem::forbidden(),
        // Each page has its own words for those that its form can cause.
        failure @ (Failure::PasswordAuthDisabled
        | Failure::InvalidProof(_)
        | Failure::ExpiredProof(_)
        | Failure::Verification(_)
        | Failure::ResetNotAllowed
        | Failure::InvalidRequestCode
        | Failure::ExpiredRequestCode
        | Failure::InvalidAuthSession
        | Failure::Password(_)
        | Failure::InvalidRedirectUrl
        | Failure::KeyReused
        | Failure::InvalidCredentials
        | Failure::InvalidRefreshToken
        | Failure::EmailTaken
        | Failure::ExternalIdTaken
        | Failure::TooMuchMetadata
        | Failure::NameTaken
        | Failure::MfaRequired
        | Failure::MfaAwaited(_)
        | Failure::InvalidTotpCode
        | Failure::UsedTotpCode
        | Failure::TooManyTotpCodes
        | Failure::InvalidPendingSignIn
        | Failure::InvalidAuthenticator
        | Failure::TooManyFactors
        | Failure::Invalid { .. }
        | Failure::InUse
        | Failure::TooMany
        | Failure::DefaultTenant
        | Failure::LastOperator
        | Failure::Stale(_)
        | Failure::Replay(_)
        | Failure::Policy(_)
        | Failure::Webhook(_)) => Problem::invalid_request("The form could not be used.").because(failure),
    }
}

/// A failure in words for whoever can do something about it. `None` when only
/// the common error page can say it.
pub(super) fn words(failure: &Failure) -> Option<String> {
    Some(match failure {
        Failure::Busy { retry_after } => {
            format!("The server is busy. Try again in {}.", wait(*retry_after))
        }
        Failure::Throttled { retry_after } => {
            format!("Too many attempts. Try again in {}.", wait(*retry_after))
        }
        Failure::Forbidden => "This is not possible here.".to_owned(),
        Failure::PasswordAuthDisabled => {
            "Users of this tenant sign in without a password, so there is none to reset.".to_owned()
        }
        Failure::NameTaken => "There is one of this name already.".to_owned(),
        Failure::EmailTaken => "Somebody else has this address already.".to_owned(),
        Failure::Stale(change) => match change.as_ref().and_then(|change| change.name.clone()) {
            Some(name) => format!("{name} changed this meanwhile, so nothing was saved. What you see now is theirs."),
            None => "Somebody changed this meanwhile, so nothing was saved. What you see now is theirs.".to_owned(),
        },
        Failure::Webhook(WebhookRefusal::Url(refused)) => format!("The address {refused}."),
        Failure::Webhook(WebhookRefusal::Duplicate) => "There is an endpoint at this address already.".to_owned(),
        Failure::Webhook(WebhookRefusal::TooMany) => "There are as many endpoints as there may be.".to_owned(),
        Failure::Webhook(WebhookRefusal::Disabled) => {
            "It is switched off, so nothing was sent. Switch it on first.".to_owned()
        }
        Failure::Webhook(WebhookRefusal::UnderWay) => "It is being sent at this very moment.".to_owned(),
        Failure::Replay(ReplayRefusal::State) => "Only what failed or was held back can be sent once more.".to_owned(),
        Failure::Replay(ReplayRefusal::SecretOver) => {
            "What it carries is good no more. Send the user a new reset instead.".to_owned()
        }
        Failure::DefaultTenant => "The default tenant stays: calls that name none mean it.".to_owned(),
        Failure::LastOperator => "Nobody else could sign in then, so this operator stays.".to_owned(),
        Failure::TooMany => "There are as many of these as there may be.".to_owned(),
        Failure::InUse => "Something still uses it.".to_owned(),
        Failure::ExternalIdTaken => "Somebody else has this id of yours already.".to_owned(),
        Failure::TooMuchMetadata => "There is more metadata than one may have.".to_owned(),
        Failure::ResetNotAllowed => "The user is shut out, so their password is not to be reset.".to_owned(),
        Failure::InvalidRedirectUrl => "The address to go to afterwards is not registered.".to_owned(),
        Failure::TooManyFactors => "There are as many authenticators as one may have.".to_owned(),
        Failure::InvalidAuthenticator => "The names are too long for an authenticator app.".to_owned(),
        Failure::Password(violations) => violations.iter().map(super::words::violation).collect::<Vec<_>>().join(" "),
        Failure::Invalid { field, code } => invalid(field, code),
        Failure::Policy(flaws) => {
            let fields: Vec<_> = flaws.iter().map(|flaw| flaw.field.as_str()).collect();
            format!("The policy cannot be set like this: look at {} again.", fields.join(", "))
        }
        // The common error pages say the first two best. The others are
        // answers to users, and no form of the console brings them about.
        Failure::Store(_)
        | Failure::NotFound(_)
        | Failure::InvalidProof(_)
        | Failure::ExpiredProof(_)
        | Failure::Verification(_)
        | Failure::InvalidRequestCode
        | Failure::ExpiredRequestCode
        | Failure::InvalidAuthSession
        | Failure::KeyReused
        | Failure::InvalidCredentials
        | Failure::InvalidRefreshToken
        | Failure::MfaRequired
        | Failure::MfaAwaited(_)
        | Failure::InvalidTotpCode
        | Failure::UsedTotpCode
        | Failure::TooManyTotpCodes
        | Failure::InvalidPendingSignIn => return None,
    })
}

/// The same as [`words`] of a stale edit, on a page that goes on showing what
/// was typed.
pub(super) fn stale_but_kept(change: Option<&LastChange>) -> String {
    let who = change.and_then(|change| change.name.as_deref()).unwrap_or("Somebody");
    format!(
        "{who} changed this meanwhile. What you see below is still your own text, and it is not saved. \
         Look at theirs first: if you save or publish now, yours takes its place."
    )
}

/// After how many seconds another try makes sense, where a failure says it.
pub(super) fn retry_after(failure: &Failure) -> Option<u64> {
    match failure {
        Failure::Throttled { retry_after } | Failure::Busy { retry_after } => {
            Some(retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0))
        }
        _ => None,
    }
}

/// An answer that says when another try makes sense.
pub(super) fn with_retry_after(mut answer: HttpResponse, failure: &Failure) -> HttpResponse {
    if let Some(seconds) = retry_after(failure) {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// What is wrong with a value, in words.
fn invalid(field: &str, code: &str) -> String {
    match code {
        "unknown_tenant" => "One of the tenants is not there any more.".to_owned(),
        "unknown_boundary" => "The boundary is not there any more.".to_owned(),
        "no_tenant" => "The account belongs to no tenant of its own.".to_owned(),
        code => format!("Look at {field} again: {}.", code.replace('_', " ")),
    }
}

/// A duration as people say it, rounded up.
pub(super) fn wait(duration: Duration) -> String {
    match duration.as_secs() + u64::from(duration.subsec_nanos() > 0) {
        0 | 1 => "1 second".to_owned(),
        seconds @ 2..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}
