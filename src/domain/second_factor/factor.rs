//! A factor of a user, as it is kept.

use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, AuthChallengeId, AuthFactorId, TenantId, UserId};

/// How long the challenge that comes with a new factor may be answered.
const CHALLENGE: Duration = Duration::from_secs(10 * 60);

/// An authenticator that a user has. It counts from the moment it is made: a
/// trusted backend enrols it, and a factor that the user might not have after
/// all must rather be asked for in vain than be skipped.
#[derive(Debug, Clone)]
pub struct AuthFactor {
    /// Its name.
    pub id: AuthFactorId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant of its user.
    pub tenant: TenantId,
    /// Whose it is.
    pub user: UserId,
    /// Who it is for, as the app shows it.
    pub issuer: String,
    /// Which account it is for, as the app shows it.
    pub account: String,
    /// The secret, sealed.
    pub sealed: String,
    /// The key that sealed it.
    pub key_id: String,
    /// The latest step whose code was used.
    pub last_step: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl AuthFactor {
    /// The factor object of the WorkOS dialect, without the secret.
    #[must_use]
    pub fn to_object(&self) -> Value {
        json!({
            "object": "authentication_factor",
            "id": self.id,
            "user_id": self.user,
            "type": "totp",
            "totp": { "issuer": self.issuer, "user": self.account },
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }

    /// The challenge that comes with the new factor: a handle, no proof. It is
    /// derived from the factor's id, so there is nothing to keep.
    #[must_use]
    pub fn challenge(&self) -> AuthChallengeId {
        AuthChallengeId::from(self.id)
    }

    /// Until when that challenge may be answered.
    #[must_use]
    pub fn challenge_expires_at(&self) -> Timestamp {
        self.created_at + CHALLENGE
    }
}
