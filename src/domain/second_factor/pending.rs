//! A sign-in whose password was right and whose second factor is missing.

use serde_json::{Value, json};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, AuthChallengeId, AuthFactorId, TenantId, UserId};
use crate::domain::keys::{Key, Purpose};
use crate::domain::reset::proof;
use crate::domain::secret::Secret;

use super::AuthFactor;

/// Why a sign-in cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// Its time is over, or it was used.
    Over,
    /// Its wrong codes have run out.
    Exhausted,
}

/// A sign-in that waits for its second factor.
#[derive(Debug, Clone)]
pub struct PendingSignIn {
    /// Its name, which is also that of its challenge.
    pub id: AuthChallengeId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant of its user.
    pub tenant: TenantId,
    /// Who signs in.
    pub user: UserId,
    /// The key that its token derives from.
    pub key_id: String,
    /// What else its token derives from.
    pub nonce: [u8; 32],
    /// The credential that was checked; another one since ends the sign-in.
    pub credential_version: i64,
    /// Codes that were compared, or are being compared.
    pub attempts: u32,
    /// When the password was checked.
    pub created_at: Timestamp,
    /// From when on it is over.
    pub expires_at: Timestamp,
    /// When it led to a session.
    pub used_at: Option<Timestamp>,
}

impl PendingSignIn {
    /// The token that goes on with it: 43 base62 characters, 256 bits.
    #[must_use]
    pub fn token(&self, key: &Key) -> Secret {
        let (application, id) = (self.application.to_string(), self.id.to_string());
        proof::token(&key.derive(Purpose::PendingSignIn, &[application.as_bytes(), id.as_bytes(), &self.nonce]))
    }

    /// Whether a code may still be compared.
    ///
    /// # Errors
    /// Why not.
    pub fn usable(&self, limit: u32, now: Timestamp) -> Result<(), Unusable> {
        if self.used_at.is_some() || now >= self.expires_at {
            Err(Unusable::Over)
        } else if self.attempts >= limit {
            Err(Unusable::Exhausted)
        } else {
            Ok(())
        }
    }

    /// Whether an answer to this challenge goes on with it: its own, or the
    /// one of a factor that its user was given a moment ago.
    #[must_use]
    pub fn takes(&self, challenge: AuthChallengeId, factors: &[AuthFactor], now: Timestamp) -> bool {
        let fresh = |factor: &AuthFactor| factor.challenge() == challenge && now < factor.challenge_expires_at();
        challenge == self.id || factors.iter().any(fresh)
    }

    /// The challenge object of the WorkOS dialect.
    #[must_use]
    pub fn challenge_object(&self, factor: AuthFactorId) -> Value {
        challenge_object(self.id, factor, self.created_at, self.expires_at)
    }
}

impl AuthFactor {
    /// The object of the challenge that comes with the new factor.
    #[must_use]
    pub fn challenge_object(&self) -> Value {
        challenge_object(self.challenge(), self.id, self.created_at, self.challenge_expires_at())
    }
}

fn challenge_object(id: AuthChallengeId, factor: AuthFactorId, made: Timestamp, over: Timestamp) -> Value {
    json!({
        "object": "authentication_challenge",
        "id": id,
        "authentication_factor_id": factor,
        "expires_at": over,
        "created_at": made,
        "updated_at": made,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;
    use crate::domain::secret::SecretBytes;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn pending(seed: u64) -> PendingSignIn {
        let entropy = SeededEntropy::new(seed);
        PendingSignIn {
            id: AuthChallengeId::generate(at(0), &entropy),
            application: ApplicationId::generate(at(0), &entropy),
            tenant: TenantId::generate(at(0), &entropy),
            user: UserId::generate(at(0), &entropy),
            key_id: "k1".into(),
            nonce: [7; 32],
            credential_version: 0,
            attempts: 0,
            created_at: at(0),
            expires_at: at(1000),
            used_at: None,
        }
    }

    fn factor(of: &PendingSignIn) -> AuthFactor {
        AuthFactor {
            id: AuthFactorId::generate(at(0), &SeededEntropy::new(9)),
            application: of.application,
            tenant: of.tenant,
            user: of.user,
            issuer: "Shop".into(),
            account: "ann".into(),
            sealed: String::new(),
            key_id: String::new(),
            last_step: None,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    #[test]
    fn a_sign_in_can_go_on_until_it_is_over_used_or_exhausted() {
        let sign_in = pending(1);
        assert_eq!(sign_in.usable(5, at(999)), Ok(()));
        assert_eq!(sign_in.usable(5, at(1000)), Err(Unusable::Over));
        let used = PendingSignIn { used_at: Some(at(1)), ..sign_in.clone() };
        assert_eq!(used.usable(5, at(2)), Err(Unusable::Over));
        let spent = PendingSignIn { attempts: 5, ..sign_in };
        assert_eq!(spent.usable(5, at(2)), Err(Unusable::Exhausted));
        assert_eq!(spent.usable(5, at(1000)), Err(Unusable::Over));
    }

    #[test]
    fn a_token_depends_on_the_sign_in_its_nonce_and_the_key() {
        let key = |byte| Key::new("k".into(), SecretBytes::new([byte; 32]), false);
        let sign_in = pending(1);
        let token = sign_in.token(&key(1));
        assert!(token.matches(&sign_in.token(&key(1))));
        let other_nonce = PendingSignIn { nonce: [8; 32], ..sign_in.clone() };
        for other in [sign_in.token(&key(2)), other_nonce.token(&key(1)), pending(2).token(&key(1))] {
            assert!(!token.matches(&other));
        }
    }

    #[test]
    fn its_own_challenge_and_that_of_a_new_factor_go_on_with_it() {
        let sign_in = pending(1);
        let factors = [factor(&sign_in)];
        let minutes = |n: i64| at(n * 60_000);
        assert!(sign_in.takes(sign_in.id, &[], minutes(20)));
        assert!(sign_in.takes(factors[0].challenge(), &factors, minutes(9)));
        assert!(!sign_in.takes(factors[0].challenge(), &factors, minutes(10)));
        assert!(!sign_in.takes(factors[0].challenge(), &[], minutes(1)));
        assert!(!sign_in.takes(pending(2).id, &factors, minutes(1)));
        assert_eq!(factors[0].challenge_object()["authentication_factor_id"], json!(factors[0].id));
    }
}
