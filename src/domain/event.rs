//! Something that happened. Appended in the transaction of the change itself,
//! so there is no change without its event and no event without its change.

use serde_json::Value;

use super::clock::Timestamp;
use super::ids::{ApplicationId, EventId, TenantId, UserId};

/// The kinds of events, named as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A reset was made.
    PasswordResetCreated,
    /// A reset was completed.
    PasswordResetSucceeded,
    /// A reset was cancelled.
    PasswordResetCancelled,
    /// A reset ran out of attempts.
    PasswordResetExhausted,
    /// A session began.
    SessionCreated,
    /// A session ended.
    SessionRevoked,
    /// A user was made.
    UserCreated,
    /// A user changed.
    UserUpdated,
    /// A user was deleted.
    UserDeleted,
    /// A sign-in with a password succeeded.
    AuthenticationPasswordSucceeded,
    /// A sign-in with a password failed.
    AuthenticationPasswordFailed,
}

impl EventKind {
    /// The name on the wire, for example `password_reset.created`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordResetCreated => "password_reset.created",
            Self::PasswordResetSucceeded => "password_reset.succeeded",
            Self::PasswordResetCancelled => "password_reset.cancelled",
            Self::PasswordResetExhausted => "password_reset.exhausted",
            Self::SessionCreated => "session.created",
            Self::SessionRevoked => "session.revoked",
            Self::UserCreated => "user.created",
            Self::UserUpdated => "user.updated",
            Self::UserDeleted => "user.deleted",
            Self::AuthenticationPasswordSucceeded => "authentication.password_succeeded",
            Self::AuthenticationPasswordFailed => "authentication.password_failed",
        }
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
