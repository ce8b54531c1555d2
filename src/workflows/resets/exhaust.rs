//! The codes ran out. A job, so that the request whose address has no account
//! costs the guesser the same.

use serde::{Deserialize, Serialize};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::{ApplicationId, JobId, ResetRequestId};
use crate::domain::mail::MailKind;
use crate::domain::reset::Status;
use crate::store::{Transaction, events, jobs, messages, requests, resets, users};
use crate::workflows::journal::Journal;
use crate::workflows::outbox::Facts;
use crate::workflows::{Engine, Outcome};

/// The kind of the job.
pub const EXHAUST_JOB: &str = "exhaust_reset";

/// What the job needs.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExhaustJob {
    /// The request whose attempts are used up.
    pub request: ResetRequestId,
    /// Its application.
    pub application: ApplicationId,
}

impl Engine {
    /// Ends the reset of a request whose attempts are used up, and tells its
    /// user.
    ///
    /// # Errors
    /// When the database is gone; the job is then tried again.
    pub async fn exhaust(&self, job: JobId, work: &ExhaustJob, now: Timestamp) -> Outcome<()> {
        // Read before the transaction begins: inside it, that would take a second connection.
        let found = requests::find(self.database.read(), &Scope::of_record(work.application), work.request).await?;
        let limit = match found {
            Some(request) => self.limits.codes_per_reset(&self.workflow_of(work.application, request.tenant).await?),
            None => self.limits.codes_per_reset,
        };
        let transaction = self.database.begin().await?;
        if jobs::delete(&transaction, job).await? {
            self.exhaust_in(&transaction, work, limit, now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    async fn exhaust_in(
        &self,
        transaction: &Transaction,
        work: &ExhaustJob,
        limit: u32,
        now: Timestamp,
    ) -> Outcome<()> {
        let scope = Scope::of_record(work.application);
        let Some(request) = requests::find(transaction, &scope, work.request).await? else { return Ok(()) };
        // A right code that was shown meanwhile gave its attempt back.
        let Some(id) = request.reset.filter(|_| request.attempts >= limit) else { return Ok(()) };
        let Some(reset) = resets::find(transaction, &scope, id).await? else { return Ok(()) };
        let Some(user) = users::lock(transaction, &scope, reset.user).await? else { return Ok(()) };
        if resets::finish(transaction, id, Status::Exhausted, now).await? {
            let mut journal = Journal::new(&*self.entropy, now);
            journal.reset(EventKind::PasswordResetExhausted, &reset);
            events::append(transaction, journal.events()).await?;
            let notice = self.notice(MailKind::ResetAttemptsExhausted, &user, &Facts::default(), now);
            messages::insert(transaction, &[notice]).await?;
        }
        Ok(())
    }
}
