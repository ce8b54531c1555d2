//! Asking for the second factor: the password was right, and a token goes on
//! from there.

use std::time::Duration;

use crate::domain::ids::AuthChallengeId;
use crate::domain::second_factor::{AuthFactor, PendingSignIn};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::pending_sign_ins;
use crate::workflows::{Engine, Outcome};

/// How long a sign-in waits.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// A sign-in that waits for its second factor.
#[derive(Debug)]
pub struct AwaitedFactor {
    /// Who signs in.
    pub user: User,
    /// What goes on with it.
    pub token: Secret,
    /// The sign-in itself.
    pub sign_in: PendingSignIn,
    /// The factors that would do; none when one has to be enrolled first.
    pub factors: Vec<AuthFactor>,
}

impl Engine {
    /// Lets a sign-in wait for its second factor.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn ask_second_factor(&self, user: User, factors: Vec<AuthFactor>) -> Outcome<AwaitedFactor> {
        let (now, key) = (self.now().await?, self.keys.current());
        let sign_in = PendingSignIn {
            id: AuthChallengeId::generate(now, &*self.entropy),
            application: user.application,
            tenant: user.tenant,
            user: user.id,
            key_id: key.id().to_owned(),
            nonce: self.entropy.nonce(),
            credential_version: user.credential_version,
            attempts: 0,
            created_at: now,
            expires_at: now + LIFETIME,
            used_at: None,
        };
        let token = sign_in.token(key);
        pending_sign_ins::insert(self.database.write(), &sign_in, &token.digest()).await?;
        Ok(AwaitedFactor { user, token, sign_in, factors })
    }
}
