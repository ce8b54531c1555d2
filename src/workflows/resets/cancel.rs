//! Ending pending resets: because an administrator says so, or because the
//! account changed under them.

use crate::domain::access::Authority;
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::{PasswordResetId, UserId};
use crate::domain::reset::Status;
use crate::store::{Transaction, events, resets, users};
use crate::workflows::journal::Journal;
use crate::workflows::{Engine, Failure, Noun, Outcome};

/// Which resets to cancel.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// Every pending one of a user.
    OfUser(UserId),
    /// One.
    One(PasswordResetId),
}

impl Engine {
    /// Cancels pending resets inside the scope; says how many there were.
    ///
    /// # Errors
    /// `NotFound(User)` or `NotFound(PasswordReset)`.
    pub async fn cancel_resets(&self, authority: &Authority, which: Which) -> Outcome<u32> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let (user, only) = match which {
            Which::OfUser(user) => (user, None),
            Which::One(id) => {
                let reset =
                    resets::find(&transaction, scope, id).await?.ok_or(Failure::NotFound(Noun::PasswordReset))?;
                (reset.user, Some(id))
            }
        };
        let user = users::lock(&transaction, scope, user).await?.ok_or(Failure::NotFound(Noun::User))?;
        let count = self.cancel_pending(&transaction, user.id, only, now).await?;
        if count == 0 {
            return Ok(0);
        }
        let act = match only {
            Some(reset) => Act::new("password_reset.cancelled", reset).with("userId", user.id.to_string()),
            None => Act::new("user.password_resets_cancelled", user.id).with("count", count),
        };
        self.commit_act(transaction, authority, now, act.of_tenant(user.tenant)).await?;
        Ok(count)
    }

    /// Cancels the pending resets of a user whose row the caller has locked,
    /// or only one of them.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn cancel_pending(
        &self,
        transaction: &Transaction,
        user: UserId,
        only: Option<PasswordResetId>,
        now: Timestamp,
    ) -> Outcome<u32> {
        let mut journal = Journal::new(&*self.entropy, now);
        let mut count = 0;
        for reset in resets::list_pending(transaction, user).await? {
            let wanted = only.is_none_or(|id| id == reset.id);
            if wanted && resets::finish(transaction, reset.id, Status::Cancelled, now).await? {
                journal.reset(EventKind::PasswordResetCancelled, &reset);
                count += 1;
            }
        }
        events::append(transaction, journal.events()).await?;
        Ok(count)
    }
}
