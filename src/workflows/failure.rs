//! Why a use case did not do what it was asked. One enum for all of them; each
//! dialect has its own words for it.

use std::time::Duration;

use thiserror::Error;

use crate::credentials::HashError;
use crate::domain::password::Violation;
use crate::domain::policy::Flaw;
use crate::domain::reset::Mode;
use crate::domain::verification;
use crate::store::StoreError;

use super::audit::LastChange;
use super::messages::ReplayRefusal;
use super::second_factor::ask::AwaitedFactor;
use super::webhooks::WebhookRefusal;

/// What was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A user.
    User,
    /// A tenant.
    Tenant,
    /// A reset.
    PasswordReset,
    /// A code that proves an address.
    EmailVerification,
    /// A session.
    Session,
    /// A service account.
    ServiceAccount,
    /// An application.
    Application,
    /// A webhook endpoint.
    WebhookEndpoint,
    /// A webhook delivery.
    WebhookDelivery,
    /// An API key.
    ApiKey,
    /// A boundary that has a name.
    PermissionBoundary,
    /// An email in the outbox.
    Message,
    /// An address that gets no mail.
    Suppression,
    /// Somebody who runs the installation.
    Operator,
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
    /// The address is not verified by this.
    #[error("the address is not verified: {0:?}")]
    Verification(verification::Refusal),
    /// The account is shut out, so its password is not to be reset.
    #[error("the password must not be reset")]
    ResetNotAllowed,
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
    /// The user would have more metadata than one may have.
    #[error("too much metadata")]
    TooMuchMetadata,
    /// An application, tenant or account of this name exists.
    #[error("the name is taken")]
    NameTaken,
    /// The proof is right, and the user's second factor is missing.
    #[error("a second factor is required")]
    MfaRequired,
    /// The password is right, and the sign-in waits for its second factor.
    #[error("the sign-in waits for its second factor")]
    MfaAwaited(Box<AwaitedFactor>),
    /// The code is none of the user's authenticators'.
    #[error("invalid second factor")]
    InvalidTotpCode,
    /// The code was right and was used before.
    #[error("the second factor was used before")]
    UsedTotpCode,
    /// The sign-in has seen too many wrong codes.
    #[error("too many wrong second factors")]
    TooManyTotpCodes,
    /// The sign-in that waits is unknown, over or used, or another one's.
    #[error("invalid pending sign-in")]
    InvalidPendingSignIn,
    /// The names cannot stand in what authenticator apps read.
    #[error("the authenticator cannot be shown")]
    InvalidAuthenticator,
    /// The user has as many authenticators as one may have.
    #[error("too many authenticators")]
    TooManyFactors,
    /// A value names what is not there, or cannot stand where it stands.
    #[error("{field}: {code}")]
    Invalid {
        /// The field, as the body writes it.
        field: String,
        /// What is wrong with it.
        code: &'static str,
    },
    /// Something still refers to it.
    #[error("in use")]
    InUse,
    /// There are as many as there may be.
    #[error("too many")]
    TooMany,
    /// An application cannot be without its default tenant.
    #[error("the default tenant")]
    DefaultTenant,
    /// Nobody could run the installation any more.
    #[error("the last operator stays")]
    LastOperator,
    /// The write was made for a version that somebody has changed since.
    #[error("changed meanwhile")]
    Stale(Option<Box<LastChange>>),
    /// A message is not sent once more.
    #[error("message: {0}")]
    Replay(#[from] ReplayRefusal),
    /// A level of a policy may not set this.
    #[error("the policy cannot be set like this")]
    Policy(Vec<Flaw>),
    /// Something about webhooks.
    #[error("webhook: {0}")]
    Webhook(#[from] WebhookRefusal),
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
