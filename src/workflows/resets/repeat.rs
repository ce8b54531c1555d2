//! A lost answer, given again: the same proof with the same new password,
//! within a minute of its completion, gets the same success and has no second
//! effect.

use std::time::Duration;

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::reset::Reset;
use crate::domain::secret::Secret;
use crate::store::{resets, users};
use crate::workflows::{Engine, Failure, Outcome};

use super::complete::Completed;
use super::session_code;

/// How long after a completion its answer is given again.
const WINDOW: Duration = Duration::from_secs(60);
/// How often it may be asked for.
const ATTEMPTS: i64 = 3;

impl Engine {
    /// Answers a proof that was used. Every attempt is counted before it is
    /// compared, and the rule is void once the credential has changed again.
    ///
    /// # Errors
    /// `InvalidProof` unless the password is the one that was set and the key
    /// of the proof still counts.
    pub(super) async fn repeat_answer(&self, reset: &Reset, password: &Secret, now: Timestamp) -> Outcome<Completed> {
        let invalid = || Failure::InvalidProof(reset.mode);
        if self.keys.find(&reset.key_id).is_none()
            || !reset.may_repeat_answer(now, WINDOW)
            || !resets::count_repeat(self.database.write(), reset.id, ATTEMPTS).await?
        {
            return Err(invalid());
        }
        let scope = Scope::of_record(reset.application);
        let user = users::find(self.database.read(), &scope, reset.user).await?.ok_or_else(invalid)?;
        if Some(user.credential_version) != reset.credential_version || user.disabled {
            return Err(invalid());
        }
        let tenancy = self.tenancy(&scope, Some(reset.tenant)).await?;
        let stored = user.password_hash.clone().ok_or_else(invalid)?;
        let verdict = self.hasher.verify(tenancy.passwords.normalize(password), stored).await?;
        if !verdict.matches {
            return Err(invalid());
        }
        let enrollment_required = reset.auth_session_expires_at.is_none() && session_code::withheld(&tenancy, false);
        Ok(Completed {
            user: user.id,
            redirect_url: self.redirect_after(&tenancy, reset),
            auth_session: session_code::granted(self, reset),
            enrollment_required,
            sessions_revoked: reset.sessions_revoked,
        })
    }
}
