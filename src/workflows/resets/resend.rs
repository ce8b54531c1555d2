//! The code once more. The clock, the expiry and the attempts are those of the
//! request row, the same for every address; whether there is anything to send
//! is a job's business.

use serde::{Deserialize, Serialize};

use crate::domain::access::Scope;
use crate::domain::client::RequestedFrom;
use crate::domain::clock::{Timestamp, is_over};
use crate::domain::ids::{ApplicationId, JobId, ResetRequestId};
use crate::domain::mail::MailKind;
use crate::domain::reset::proof;
use crate::domain::secret::Secret;
use crate::store::throttles::Quota;
use crate::store::{Transaction, jobs, messages, requests, resets, users};
use crate::workflows::{Engine, Failure, Outcome};

/// The kind of the job.
pub const RESEND_JOB: &str = "resend_code";

/// What the job needs.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResendJob {
    /// The request whose code is wanted again.
    pub request: ResetRequestId,
    /// Its application.
    pub application: ApplicationId,
}

impl Engine {
    /// Asks for the code again; says when that may be done next.
    ///
    /// # Errors
    /// `InvalidRequestCode` (unknown, foreign or exhausted),
    /// `ExpiredRequestCode`, `Throttled` when it is too early.
    pub async fn resend_code(&self, scope: &Scope, request_code: &Secret) -> Outcome<Timestamp> {
        let now = self.now().await?;
        if !proof::is_token_shaped(request_code.expose()) {
            return Err(Failure::InvalidRequestCode);
        }
        let found = requests::find_by_code(self.database.read(), scope, &request_code.digest()).await?;
        let (request, _) = found.ok_or(Failure::InvalidRequestCode)?;
        let policy = self.workflow_of(request.application, request.tenant).await?;
        if request.attempts >= self.limits.codes_per_reset(&policy) {
            return Err(Failure::InvalidRequestCode);
        }
        if is_over(request.expires_at, now) {
            return Err(Failure::ExpiredRequestCode);
        }
        let next = now + self.limits.resend_wait(&policy, request.resends + 1);
        let transaction = self.database.begin().await?;
        if !requests::take_resend(&transaction, request.id, next, now).await? {
            let wait = request.resend_at.since(now).max(std::time::Duration::from_secs(1));
            return Err(Failure::Throttled { retry_after: wait });
        }
        let work = ResendJob { request: request.id, application: request.application };
        jobs::insert(&transaction, &[self.job(RESEND_JOB, &work, now)], now).await?;
        transaction.commit().await?;
        Ok(next)
    }

    /// Sends the code again, if a reset is attached and its mailbox has room;
    /// while the account's budget of wrong codes is spent, a notice instead.
    ///
    /// # Errors
    /// When the database is gone; the job is then tried again.
    pub async fn answer_resend(&self, job: JobId, work: &ResendJob, now: Timestamp) -> Outcome<()> {
        let quota = self.quota_of(work.application, work.request).await?;
        let transaction = self.database.begin().await?;
        if jobs::delete(&transaction, job).await? {
            self.resend_in(&transaction, work, quota, now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// How many wrong codes the account behind a request may have had. Read
    /// before a transaction begins: inside it, that would take a second
    /// connection.
    async fn quota_of(&self, application: ApplicationId, request: ResetRequestId) -> Outcome<Quota> {
        let found = requests::find(self.database.read(), &Scope::of_record(application), request).await?;
        let Some(request) = found else { return Ok(self.limits.codes_per_account) };
        Ok(self.limits.codes_per_account(&self.workflow_of(application, request.tenant).await?))
    }

    async fn resend_in(
        &self,
        transaction: &Transaction,
        work: &ResendJob,
        quota: Quota,
        now: Timestamp,
    ) -> Outcome<()> {
        let scope = Scope::of_record(work.application);
        let Some(request) = requests::find(transaction, &scope, work.request).await? else { return Ok(()) };
        let Some(id) = request.reset else { return Ok(()) };
        let Some(reset) = resets::find(transaction, &scope, id).await? else { return Ok(()) };
        let Some(user) = users::find(transaction, &scope, reset.user).await? else { return Ok(()) };
        if reset.usable(now).is_ok() && self.admit_to_mailbox(transaction, &request.address_key, now).await? {
            let from = RequestedFrom::default();
            let mail = if self.code_budget_spent(transaction, &user, quota, now).await? {
                self.code_withheld(&user, from, now)
            } else {
                self.secret_mail(MailKind::PasswordResetCode, &user, &reset, &from, now)
            };
            messages::insert(transaction, &[mail]).await?;
        }
        Ok(())
    }
}
