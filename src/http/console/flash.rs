//! What the next page says about the last act: one of a closed set, so that
//! nobody puts words into our mouth.

use serde_json::{Value, json};

macro_rules! flashes {
    ($($name:ident = $code:literal, $good:literal, $text:literal;)+) => {
        /// Something to say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Flash {
            $(#[doc = $text] $name,)+
        }

        impl Flash {
            /// Its name in the cookie.
            pub(super) const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// What a cookie says, as the layout shows it.
            pub(super) fn read(code: &str) -> Value {
                match code {
                    $($code => json!({"good": $good, "text": $text}),)+
                    _ => Value::Null,
                }
            }
        }
    };
}

flashes! {
    Confirmed = "confirmed", true, "Thank you. For the next five minutes you can do what needed your password.";
    SessionEnded = "session-ended", true, "That session has ended.";
    OperatorShut = "operator-shut", true, "The operator is shut out and signed out everywhere.";
    OperatorOpened = "operator-opened", true, "The operator may sign in again.";
    LinkShown = "link-shown", true, "That link was made and shown already. No other one was made.";
    ResetSent = "reset-sent", true, "A reset mail is on its way. It appears below as soon as it was sent.";
    ResetsCancelled = "resets-cancelled", true, "Every pending reset was cancelled. Links and codes sent so far no longer work.";
    NothingToCancel = "nothing-to-cancel", true, "There was nothing to cancel.";
    NoPasswords = "no-passwords", false, "Users of this tenant sign in without a password, so there is none to reset.";
    Unavailable = "unavailable", false, "That was not possible. The user may be shut out.";
    KeyRevoked = "key-revoked", true, "The key is revoked. Whoever still uses it is refused from now on.";
    RotationEnded = "rotation-ended", true, "Only the newest secret works now.";
    AccountShut = "account-shut", true, "The account is shut out.";
    AccountOpened = "account-opened", true, "The account may call again.";
    GrantsChanged = "grants-changed", true, "What it may do has changed. It counts from the next call on.";
    TestFired = "test-fired", true, "A test is on its way. Its answer appears below in a moment; reload the page.";
    Replayed = "replayed", true, "It is sent again, before everything else that waits.";
    SwitchedOn = "switched-on", true, "It is told again from now on.";
    SwitchedOff = "switched-off", true, "It is told of nothing any more.";
    DraftSaved = "draft-saved", true, "The draft is saved. Nobody gets it before you publish it.";
    Published = "published", true, "Published. Mails are written with it from now on.";
    RolledBack = "rolled-back", true, "The earlier version is published once more, as a new one.";
    MailReplayed = "mail-replayed", true, "It is on its way once more.";
    SuppressionRemoved = "suppression-removed", true, "The address gets mail again.";
    SessionsEnded = "sessions-ended", true, "The user was signed out everywhere.";
    NoSessions = "no-sessions", true, "The user was not signed in anywhere.";
    UserDeleted = "user-deleted", true, "The user was deleted, with everything that was pending.";
    UserDisabled = "user-disabled", true, "The user is shut out: no sign-in, no reset.";
    UserEnabled = "user-enabled", true, "The user may sign in again.";
    ApplicationCreated = "application-created", true, "The application is made. Its first program gets a key under Service accounts.";
    OriginsSaved = "origins-saved", true, "Saved. Links and redirects are held against it from now on.";
    IssuersChanged = "issuers-changed", true, "Saved. Tokens are judged by it from the next call on.";
    PolicyRemoved = "policy-removed", true, "Nothing is set here any more. The level above decides.";
    Saved = "saved", true, "Saved.";
    Created = "created", true, "Created.";
    Deleted = "deleted", true, "Deleted.";
}
