//! Times, kinds and states in plain words. English; every sentence of the
//! console stands in a template or in one of these tables, where a translation
//! could come later.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::mail::MailKind;
use crate::domain::password::Violation;

const DATE: &[BorrowedFormatItem<'static>] =
    format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC");

/// A time as a person says it, and exactly, for the template `when`.
pub(super) fn moment(at: Timestamp, now: Timestamp) -> Value {
    json!({"iso": at, "text": said(at, now)})
}

/// A time as a person says it.
pub(super) fn said(at: Timestamp, now: Timestamp) -> String {
    let ahead = at.since(now).as_secs();
    if ahead >= SOON {
        return until(ahead);
    }
    let minutes = now.since(at).as_secs() / 60;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{} ago", count(minutes, "minute")),
        60..1440 => format!("{} ago", count(minutes / 60, "hour")),
        _ => date(at),
    }
}

/// What was made in answer to a request is a little later than it.
const SOON: u64 = 3;

/// How far away something is, rounded up, in the largest unit that still says
/// it well.
fn until(seconds: u64) -> String {
    let said = match seconds {
        0..60 => count(seconds, "second"),
        60..7200 => count(seconds.div_ceil(60), "minute"),
        7200..172_800 => count(seconds.div_ceil(3600), "hour"),
        _ => count(seconds.div_ceil(86_400), "day"),
    };
    format!("in {said}")
}

/// A date with its time.
pub(super) fn date(at: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(at.as_seconds()).ok();
    moment.and_then(|moment| moment.format(DATE).ok()).unwrap_or_else(|| at.as_millis().to_string())
}

/// A number of things.
pub(super) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// What is wrong with a password, and what to do about it.
pub(super) fn violation(violation: &Violation) -> String {
    match violation {
        Violation::Empty => "Enter a password.",
        Violation::TooShort { minimum } => {
            return format!("Too short: use at least {minimum} characters. Spaces count.");
        }
        Violation::TooLong => "Too long: use at most 256 characters.",
        Violation::ControlCharacter => "It holds a character that cannot be typed everywhere, such as a tab.",
        Violation::LowercaseRequired => "Add a lower-case letter.",
        Violation::UppercaseRequired => "Add an upper-case letter.",
        Violation::DigitRequired => "Add a digit.",
        Violation::SpecialRequired => "Add a space, a punctuation mark or another special character.",
        Violation::Common => "This is among the first passwords that anybody would try.",
        Violation::Identity => "This is your own name or address.",
        Violation::TooWeak { .. } => "Too easy to guess. Three or four unrelated words are better.",
        Violation::Breached => "This password is known from a data breach elsewhere.",
        Violation::Reused => "You have used this password before.",
    }
    .to_owned()
}

/// What an event says on a user's timeline.
pub(super) const fn event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::PasswordResetCreated => "A password reset began",
        EventKind::PasswordResetSucceeded => "The password was reset",
        EventKind::PasswordResetCancelled => "A password reset was cancelled",
        EventKind::PasswordResetExhausted => "A password reset ended: too many wrong codes",
        EventKind::SessionCreated => "Signed in: a session began",
        EventKind::SessionRevoked => "A session was ended",
        EventKind::UserCreated => "The user was made",
        EventKind::UserUpdated => "The user was changed",
        EventKind::UserDeleted => "The user was deleted",
        EventKind::EmailVerificationCreated => "A code to prove the address was made",
        EventKind::AuthenticationPasswordSucceeded => "The right password was entered",
        EventKind::AuthenticationPasswordFailed => "A wrong password was entered",
        EventKind::AuthenticationMfaSucceeded => "The second factor was right",
        EventKind::AuthenticationMfaFailed => "The second factor was wrong",
    }
}

/// Whether an event is good news, bad news, or neither.
pub(super) const fn tone(kind: EventKind) -> &'static str {
    match kind {
        EventKind::PasswordResetSucceeded => "good",
        EventKind::PasswordResetExhausted
        | EventKind::AuthenticationPasswordFailed
        | EventKind::AuthenticationMfaFailed => "bad",
        _ => "plain",
    }
}

/// What a mail is, by its stored kind.
pub(super) fn mail(kind: &str) -> &'static str {
    match MailKind::parse(kind) {
        Some(MailKind::PasswordResetLink) => "Mail with a reset link",
        Some(MailKind::PasswordResetCode) => "Mail with a reset code",
        Some(MailKind::PasswordResetLinkCreated) => "Notice that somebody made a reset link",
        Some(MailKind::PasswordUpdated) => "Notice that the password was changed",
        Some(MailKind::ResetAttemptsExhausted) => "Notice that the codes ran out",
        Some(MailKind::NoAccount) => "Notice that there is no account",
        Some(MailKind::EmailVerification) => "Mail with a code that proves the address",
        Some(MailKind::Test) => "Test mail",
        None => "Mail",
    }
}

/// Where a mail is, by its stored state, and whether that is good.
pub(super) fn mail_state(state: &str) -> (&'static str, &'static str) {
    match state {
        "queued" => ("waiting to be sent", "plain"),
        "sent" => ("taken by the mail server", "good"),
        "dead" => ("could not be sent", "bad"),
        "suppressed" => ("held back: the address gets no mail for a while", "bad"),
        "dropped" => ("not sent: no longer needed", "plain"),
        _ => ("in another state", "plain"),
    }
}

/// What was done, by the action of an audit entry: `tenant.updated` becomes
/// `Tenant updated` where there are no better words.
pub(super) fn act(action: &str) -> String {
    let known = match action {
        "password_reset.link_created" => "Made a reset link to hand over",
        "password_reset.email_sent" => "Sent a reset mail",
        "password_reset.cancelled" => "Cancelled a reset",
        "user.password_resets_cancelled" => "Cancelled the pending resets of a user",
        "user.sessions_ended" | "user.sessions_revoked" => "Signed a user out everywhere",
        "operator.invited" => "Invited an operator",
        "operator.joined" => "Became an operator",
        "operator.signed_in" => "Signed in to the console",
        "operator.signed_out" => "Signed out of the console",
        "operator.confirmed" => "Entered password and code again",
        "operator.disabled" => "Shut an operator out",
        "operator.enabled" => "Let an operator in again",
        "operator.api_key_revoked" => "Revoked an API key of an operator",
        "operator.created" => "Made an operator with an API key",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let plain = action.replace(['.', '_'], " ");
    let mut letters = plain.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let now = Timestamp::from_millis(1_767_225_600_000);
        let ago = |seconds: i64| said(Timestamp::from_millis(now.as_millis() - seconds * 1000), now);
        assert_eq!(
            (ago(5).as_str(), ago(60).as_str(), ago(7300).as_str()),
            ("just now", "1 minute ago", "2 hours ago")
        );
        assert_eq!(ago(3 * 86_400), "29 Dec 2025, 00:00 UTC");
        assert_eq!(
            (ago(-1).as_str(), ago(-30).as_str(), ago(-90).as_str()),
            ("just now", "in 30 seconds", "in 2 minutes")
        );
        assert_eq!((ago(-3600).as_str(), ago(-8 * 3600).as_str()), ("in 60 minutes", "in 8 hours"));
        assert_eq!((ago(-86_400).as_str(), ago(-14 * 86_400).as_str()), ("in 24 hours", "in 14 days"));
    }

    #[test]
    fn an_act_without_words_of_its_own_is_still_readable() {
        assert_eq!(act("service_account.secret_rotated"), "Service account secret rotated");
        assert_eq!(act("password_reset.cancelled"), "Cancelled a reset");
    }
}
