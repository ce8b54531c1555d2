//! Something that happened. Appended in the transaction of the change itself,
//! so there is no change without its event and no event without its change.

use serde_json::{Value, json};

use super::clock::Timestamp;
use super::ids::{ApplicationId, EventId, TenantId, UserId};

macro_rules! kinds {
    ($($name:ident = $text:literal: $doc:literal,)+) => {
        /// The kinds of events, named as on the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind {
            $(
                #[doc = $doc]
                $name,
            )+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name on the wire, for example `password_reset.created`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

kinds! {
    PasswordResetCreated = "password_reset.created": "A reset was made.",
    PasswordResetSucceeded = "password_reset.succeeded": "A reset was completed.",
    PasswordResetCancelled = "password_reset.cancelled": "A reset was cancelled.",
    PasswordResetExhausted = "password_reset.exhausted": "A reset ran out of attempts.",
    SessionCreated = "session.created": "A session began.",
    SessionRevoked = "session.revoked": "A session ended.",
    UserCreated = "user.created": "A user was made.",
    UserUpdated = "user.updated": "A user changed.",
    UserDeleted = "user.deleted": "A user was deleted.",
    EmailVerificationCreated = "email_verification.created": "A code that proves an address was made.",
    AuthenticationPasswordSucceeded = "authentication.password_succeeded": "A sign-in with a password succeeded.",
    AuthenticationPasswordFailed = "authentication.password_failed": "A sign-in with a password failed.",
    AuthenticationMfaSucceeded = "authentication.mfa_succeeded": "A second factor of a sign-in was right.",
    AuthenticationMfaFailed = "authentication.mfa_failed": "A second factor of a sign-in was wrong.",
}

impl EventKind {
    /// The kinds that are kept for a user's timeline and told to nobody: the
    /// readers of events do not know them.
    pub const INTERNAL: [Self; 2] = [Self::PasswordResetCancelled, Self::PasswordResetExhausted];

    /// Whether it is told to the readers of events and to webhooks.
    #[must_use]
    pub fn is_published(self) -> bool {
        !Self::INTERNAL.contains(&self)
    }

    /// Reads exactly what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Reads the name of a kind that is published.
    #[must_use]
    pub fn parse_published(text: &str) -> Option<Self> {
        Self::parse(text).filter(|kind| kind.is_published())
    }
}

/// One event. `data` is the thing as it was then, in the shape of the
/// WorkOS-compatible objects, without any secret.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name.
    pub id: EventId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant it belongs to, if it belongs to one.
    pub tenant: Option<TenantId>,
    /// The user it is about, if it is about one.
    pub user: Option<UserId>,
    /// What happened.
    pub kind: EventKind,
    /// The thing as it was then.
    pub data: Value,
    /// When it happened.
    pub created_at: Timestamp,
}

impl Event {
    /// The event as it is told: to readers and in the body of a webhook.
    #[must_use]
    pub fn to_object(&self) -> Value {
        json!({
            "object": "event",
            "id": self.id,
            "event": self.kind.as_str(),
            "data": self.data,
            "created_at": self.created_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_name_and_reads_back() {
        let names: std::collections::BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), EventKind::ALL.len());
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(*kind));
            assert_eq!(EventKind::parse_published(kind.as_str()).is_some(), kind.is_published());
        }
        assert_eq!(EventKind::parse("user.Created"), None);
        assert_eq!(EventKind::parse_published("password_reset.exhausted"), None);
    }
}
