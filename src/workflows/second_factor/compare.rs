//! A typed code against the authenticators of a user.

use crate::credentials::sealed::{self, SealError};
use crate::domain::clock::Timestamp;
use crate::domain::ids::UserId;
use crate::domain::keys::Purpose;
use crate::domain::second_factor::{AuthFactor, Authenticator, Checked};
use crate::domain::secret::Secret;
use crate::store::{Transaction, auth_factors};
use crate::workflows::{Engine, Failure, Outcome};

/// A code that is right, and not used yet.
#[derive(Debug)]
pub struct RightCode {
    factor: AuthFactor,
    step: i64,
}

impl RightCode {
    /// Uses the code up, in the transaction of what it proves.
    ///
    /// # Errors
    /// `UsedTotpCode` when somebody else has used its step meanwhile.
    pub async fn spend(&self, transaction: &Transaction) -> Outcome<()> {
        let first = auth_factors::use_step(transaction, &self.factor, self.step).await?;
        if first { Ok(()) } else { Err(Failure::UsedTotpCode) }
    }
}

/// The codes of one user are compared one after the other, so that a right one
/// is not refused because others hold the attempts that they will give back.
pub(super) fn turn_of(user: UserId) -> String {
    format!("second-factor:{user}")
}

impl Engine {
    /// Compares a code with those of every authenticator of a user. One that
    /// cannot be opened any more, because its key was revoked, has no right
    /// code, and is still a factor: whoever has the leaked key must not get
    /// rid of it.
    ///
    /// # Errors
    /// `InvalidTotpCode`, `UsedTotpCode`.
    pub(super) fn compare_totp(&self, factors: Vec<AuthFactor>, code: &Secret, now: Timestamp) -> Outcome<RightCode> {
        let mut refusal = Failure::InvalidTotpCode;
        for mut factor in factors {
            let Some(authenticator) = self.open_authenticator(&factor) else { continue };
            match authenticator.check(code, now, factor.last_step) {
                Checked::Right(step) => {
                    self.reseal(&mut factor, &authenticator);
                    return Ok(RightCode { factor, step });
                }
                Checked::Used => refusal = Failure::UsedTotpCode,
                Checked::Wrong => {}
            }
        }
        Err(refusal)
    }

    fn open_authenticator(&self, factor: &AuthFactor) -> Option<Authenticator> {
        let opened = sealed::open(&self.keys, Purpose::TotpSecret, &factor.id.to_string(), &factor.sealed);
        let read = opened.and_then(|secret| Authenticator::read(&secret).ok_or(SealError::Damaged));
        read.inspect_err(|error| tracing::error!(factor = %factor.id, %error, "an authenticator cannot be used")).ok()
    }

    /// Seals the secret with the current key, so that an older one wears out.
    fn reseal(&self, factor: &mut AuthFactor, authenticator: &Authenticator) {
        if sealed::is_current(&self.keys, &factor.sealed) {
            return;
        }
        let owner = factor.id.to_string();
        if let Ok(text) = sealed::seal(&self.keys, &*self.entropy, Purpose::TotpSecret, &owner, &authenticator.secret())
        {
            factor.sealed = text;
            self.keys.current().id().clone_into(&mut factor.key_id);
        }
    }
}
