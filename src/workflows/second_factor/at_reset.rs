//! The second factor of somebody who resets their password: who reads their
//! mail must not get round the authenticator.

use crate::domain::clock::Timestamp;
use crate::domain::ids::UserId;
use crate::domain::mail::MailKind;
use crate::domain::second_factor::parse_code;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::batch::Answers;
use crate::store::throttles::Quota;
use crate::store::{Transaction, auth_factors, messages, throttles};
use crate::workflows::outbox::Facts;
use crate::workflows::resets::prove::budget_key;
use crate::workflows::{Engine, Failure, Outcome};

use super::compare::{RightCode, turn_of};

/// The window of wrong second factors of one account. It is not the one of
/// emailed codes, which anybody who knows an address can fill: that would lock
/// the user out of links. This one takes a right proof to fill.
pub(in crate::workflows) fn window_of(user: UserId) -> String {
    format!("second-factor:{user}")
}

/// The window of the warnings that one account gets.
fn warned_of(user: UserId) -> String {
    format!("second-factor-warned:{user}")
}

impl Engine {
    /// Whether a user has a second factor.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn has_second_factor(&self, user: UserId) -> Outcome<bool> {
        Ok(!auth_factors::list(self.database.read(), user).await?.is_empty())
    }

    /// Checks the second factor of a user whose proof is right, and who is
    /// known to have one or not. `None` when they have none. Nothing is used up
    /// yet.
    ///
    /// # Errors
    /// `MfaRequired`, `InvalidTotpCode`, `UsedTotpCode`, `Throttled`.
    pub async fn check_second_factor(
        &self,
        (user, has_factor): (&User, bool),
        code: Option<&Secret>,
        now: Timestamp,
    ) -> Outcome<Option<RightCode>> {
        if !has_factor {
            return Ok(None);
        }
        let code = parse_code(code.ok_or(Failure::MfaRequired)?.expose()).ok_or(Failure::InvalidTotpCode)?;
        let _turn = self.in_flight.enter(turn_of(user.id), 1).await?;
        self.reserve_second_factor(user.id, now).await?;
        let factors = auth_factors::list(self.database.read(), user.id).await?;
        match self.compare_totp(factors, &code, now) {
            Ok(right) => {
                self.release_second_factor(user.id, now).await?;
                Ok(Some(right))
            }
            Err(refusal) => {
                self.warn_when_spent(user, now).await?;
                Err(refusal)
            }
        }
    }

    /// Tells the user when their account's codes have run out: somebody who
    /// holds a right proof of theirs guesses. Once per window, however often
    /// they run out in it.
    async fn warn_when_spent(&self, user: &User, now: Timestamp) -> Outcome<()> {
        let quota = self.limits.codes_per_account;
        let transaction = self.database.begin().await?;
        let once = Quota { most: 1, ..quota };
        if throttles::is_full(&transaction, &window_of(user.id), quota, now).await?.is_none()
            || throttles::mark(&transaction, &warned_of(user.id), once, now).await?.is_some()
        {
            return Ok(());
        }
        let notice = self.notice(MailKind::ResetAttemptsExhausted, user, &Facts::default(), now);
        messages::insert(&transaction, &[notice]).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes one attempt from the account, committed before anything is
    /// compared. It counts among the emailed codes too, but theirs do not
    /// count here.
    async fn reserve_second_factor(&self, user: UserId, now: Timestamp) -> Outcome<()> {
        let quota = self.limits.codes_per_account;
        let transaction = self.database.begin().await?;
        if let Some(retry_after) = throttles::mark(&transaction, &window_of(user), quota, now).await? {
            return Err(Failure::Throttled { retry_after });
        }
        throttles::mark(&transaction, &budget_key(&user.to_string()), quota, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Gives the attempt back: the code was right.
    async fn release_second_factor(&self, user: UserId, now: Timestamp) -> Outcome<()> {
        let transaction = self.database.begin().await?;
        throttles::unmark(&transaction, &window_of(user), now).await?;
        throttles::unmark(&transaction, &budget_key(&user.to_string()), now).await?;
        Ok(transaction.commit().await?)
    }
}

/// Uses a right code up, in the transaction of the completion, which has locked
/// the user. Without a code it looks again at what [`auth_factors::ask_for_any`]
/// was answered there, behind the lock: a factor that came while the password
/// was hashed must be asked for.
///
/// # Errors
/// `UsedTotpCode`, `MfaRequired`.
pub async fn spend(transaction: &Transaction, right: Option<&RightCode>, answers: &Answers) -> Outcome<()> {
    match right {
        Some(right) => right.spend(transaction).await,
        None if auth_factors::are_any(answers)? => Err(Failure::MfaRequired),
        None => Ok(()),
    }
}
