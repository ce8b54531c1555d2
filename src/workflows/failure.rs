//! Why a use case did not do what it was asked. One enum for all of them; each
//! dialect has its own words for it.

use std::time::Duration;

use thiserror::Error;

use crate::credentials::HashError;
use crate::domain::password::Violation;
use crate::domain::reset::Mode;
use crate::store::StoreError;

/// What was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A user.
    User,
    /// A tenant.
    Tenant,
    /// A reset.
    PasswordReset,
    /// A session.
    Session,
    /// A service account.
    ServiceAccount,
    /// An application.
    Application,
}

/// Why not.
#[derive(Debug, Error)]
pub enum Failure {
    /// The database, or something else that everything needs, is gone.
    #[error("try again later: {0}")]
    Store(#[from] StoreError),
    /// The hash queue is full, or too many completions of one proof are under
    /// way. Nothing was consumed.
    #[error("busy")]
    Busy {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Over a limit.
    #[error("too many requests")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Not there, or not inside the caller's boundary: one and the same.
    #[error("not found: {0:?}")]
    NotFound(Noun),
    /// The caller lacks a permission.
    #[error("forbidden")]
    Forbidden,
    /// The tenant's users do not have passwords.
    #[error("password sign-in is off")]
    PasswordAuthDisabled,
    /// The proof is unknown, used, superseded, exhausted, cancelled or foreign.
    #[error("invalid proof")]
    InvalidProof(Mode),
    /// The proof is right and its time is over.
    #[error("expired proof")]
    ExpiredProof(Mode),
    /// The request code is not known.
    #[error("invalid request code")]
    InvalidRequestCode,
    /// The request code's time is over.
    #[error("expired request code")]
    ExpiredRequestCode,
    /// The session code is not known, used, or its time is over.
    #[error("invalid session code")]
    InvalidAuthSession,
    /// The new password breaks the policy.
    #[error("the password breaks the policy")]
    Password(Vec<Violation>),
    /// The redirect URL is not a registered one.
    #[error("redirect URL is not registered")]
    InvalidRedirectUrl,
    /// The idempotency key came with another body before.
    #[error("idempotency key reused")]
    KeyReused,
    /// Wrong address or password.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The refresh token is unknown, used, or its session has ended.
    #[error("invalid refresh token")]
    InvalidRefreshToken,
    /// The address belongs to somebody else in the tenant.
    #[error("the address is taken")]
    EmailTaken,
    /// The external id belongs to somebody else in the application.
    #[error("the external id is taken")]
    ExternalIdTaken,
    /// An application, tenant or account of this name exists.
    #[error("the name is taken")]
    NameTaken,
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy { retry_after } => Self::Busy { retry_after },
            // The pool stops with the process: whoever asks again reaches another one.
            HashError::Stopped => Self::Busy { retry_after: Duration::from_secs(1) },
            HashError::Unreadable => Self::Store(StoreError::Corrupt("users.password_hash")),
        }
    }
}
