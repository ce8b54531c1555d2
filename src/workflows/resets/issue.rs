//! Making a reset: the older ones are superseded, the row, its mail and its
//! event appear, all in the caller's transaction.

use std::time::Duration;

use crate::domain::access::Scope;
use crate::domain::client::RequestedFrom;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::{JobId, MessageId, PasswordResetId};
use crate::domain::mail::MailKind;
use crate::domain::policy::UnknownAddressMail;
use crate::domain::reset::{Mode, Origin, Reset, ResetRequest, Status, Strategy};
use crate::domain::user::User;
use crate::store::messages::Message;
use crate::store::resets::{self, Provenance};
use crate::store::{Transaction, events, jobs, messages, requests, throttles, users};
use crate::telemetry::metrics::{self, ResetStep};
use crate::workflows::journal::Journal;
use crate::workflows::outbox::Facts;
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Outcome};

use super::request::IssueJob;

/// What kind of reset to make.
#[derive(Debug)]
pub struct NewReset {
    /// How it will be proven.
    pub mode: Mode,
    /// Who asked.
    pub origin: Origin,
    /// Whether its proof travels by our email.
    pub by_email: bool,
    /// How long it lives.
    pub lifetime: Duration,
    /// The language asked for.
    pub locale: Option<String>,
    /// Where to go after success.
    pub redirect_url: Option<String>,
    /// The caller's own text.
    pub state: Option<String>,
    /// Who made it and why, for the record.
    pub provenance: Provenance,
    /// Where the request came from.
    pub from: RequestedFrom,
}

impl Engine {
    /// Makes a reset for a user whose row the caller has locked.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn issue(&self, transaction: &Transaction, user: &User, new: NewReset, now: Timestamp) -> Outcome<Reset> {
        let reset = Reset {
            id: PasswordResetId::generate(now, &*self.entropy),
            application: user.application,
            tenant: user.tenant,
            user: user.id,
            mode: new.mode,
            origin: new.origin,
            by_email: new.by_email,
            status: Status::Pending,
            key_id: self.keys.current().id().to_owned(),
            nonce: self.entropy.nonce(),
            email: user.email.clone(),
            locale: new.locale,
            redirect_url: new.redirect_url,
            state: new.state,
            created_at: now,
            expires_at: Some(now + new.lifetime),
            finished_at: None,
            sessions_revoked: 0,
            credential_version: None,
            auth_session_expires_at: None,
        };
        let digest = self.link_token(&reset)?.map(|token| token.digest());
        resets::supersede(transaction, user.id, new.origin.supersedes_handed_over(), now).await?;
        resets::insert(transaction, &reset, digest.as_ref(), new.provenance).await?;
        let mail = self.first_mail(user, &reset, &new.from, now);
        messages::insert(transaction, mail.as_slice()).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.reset(EventKind::PasswordResetCreated, &reset);
        events::append(transaction, journal.events()).await?;
        metrics::reset(ResetStep::Issued, reset.mode);
        Ok(reset)
    }

    /// The mail that a new reset causes.
    fn first_mail(&self, user: &User, reset: &Reset, from: &RequestedFrom, now: Timestamp) -> Option<Message> {
        let kind = match reset.mode {
            Mode::ResetLink => {
                let told = Facts::from(from.clone());
                let notice = self.notice(MailKind::PasswordResetLinkCreated, user, &told, now);
                return Some(Message { reset: Some(reset.id), ..notice });
            }
            _ if !reset.by_email => return None,
            Mode::EmailLink => MailKind::PasswordResetLink,
            Mode::EmailOtp => MailKind::PasswordResetCode,
        };
        Some(self.secret_mail(kind, user, reset, from, now))
    }

    /// Answers a request by address: the job behind `request_reset`. Does
    /// nothing for an address that has no account, or one that cannot reset.
    ///
    /// # Errors
    /// When the database is gone; the job is then tried again.
    pub async fn answer_request(&self, job: JobId, work: &IssueJob, now: Timestamp) -> Outcome<()> {
        let scope = Scope::of_record(work.application);
        let Some(request) = requests::find(self.database.read(), &scope, work.request).await? else {
            jobs::delete(self.database.write(), job).await?;
            return Ok(());
        };
        let tenancy = self.tenancy(&scope, Some(request.tenant)).await?;
        let transaction = self.database.begin().await?;
        if jobs::delete(&transaction, job).await? && request.reset.is_none() {
            self.answer_in(&transaction, &tenancy, request, work, now).await?;
        }
        transaction.commit().await.map_err(crate::store::StoreError::from)?;
        Ok(())
    }

    async fn answer_in(
        &self,
        transaction: &Transaction,
        tenancy: &Tenancy,
        request: ResetRequest,
        work: &IssueJob,
        now: Timestamp,
    ) -> Outcome<()> {
        let scope = Scope::of_record(work.application);
        let user = users::find_by_address(transaction, &scope, request.tenant, &work.canonical).await?;
        let user = match user {
            Some(user) => users::lock(transaction, &scope, user.id).await?,
            None => None,
        };
        let Some(user) = user else {
            return self.answer_nobody(transaction, tenancy, &request, work, now).await;
        };
        if user.disabled || user.email_canonical != work.canonical || request.expires_at.is_none_or(|end| now >= end) {
            return Ok(());
        }
        if !self.admit_to_mailbox(transaction, &request.address_key, now).await? {
            return Ok(());
        }
        if request.strategy == Strategy::Otp && self.code_budget_spent(transaction, &user, now).await? {
            let told = Facts { from: work.from.clone(), throttled: true, ..Facts::default() };
            let notice = self.notice(MailKind::ResetAttemptsExhausted, &user, &told, now);
            messages::insert(transaction, &[notice]).await?;
            return Ok(());
        }
        let new = NewReset {
            mode: request.strategy.mode(),
            origin: Origin::Address,
            by_email: true,
            // The proof ends when the request does, however late the job ran.
            lifetime: request.expires_at.map_or(Duration::ZERO, |end| end.since(now)),
            locale: request.locale,
            redirect_url: request.redirect_url,
            state: request.state,
            provenance: Provenance::default(),
            from: work.from.clone(),
        };
        let reset = self.issue(transaction, &user, new, now).await?;
        requests::attach(transaction, request.id, reset.id).await?;
        Ok(())
    }

    /// Nobody has this address here: a mail that says so, if the policy wants
    /// one, within the same throttle.
    async fn answer_nobody(
        &self,
        transaction: &Transaction,
        tenancy: &Tenancy,
        request: &ResetRequest,
        work: &IssueJob,
        now: Timestamp,
    ) -> Outcome<()> {
        if tenancy.workflow.unknown_address_mail == UnknownAddressMail::Silent
            || !self.admit_to_mailbox(transaction, &request.address_key, now).await?
        {
            return Ok(());
        }
        let notice = Message {
            id: MessageId::generate(now, &*self.entropy),
            application: request.application,
            tenant: request.tenant,
            kind: MailKind::NoAccount,
            user: None,
            reset: None,
            recipient: Some(work.typed.clone()),
            mailbox: request.address_key.clone(),
            locale: request.locale.clone(),
            facts: Facts::from(work.from.clone()).to_value(),
            attempts: 0,
            created_at: now,
        };
        messages::insert(transaction, &[notice]).await?;
        Ok(())
    }

    /// Whether the account's budget of wrong codes is spent.
    async fn code_budget_spent(&self, transaction: &Transaction, user: &User, now: Timestamp) -> Outcome<bool> {
        let key = super::prove::budget_key(&user.id.to_string());
        Ok(throttles::is_full(transaction, &key, self.limits.codes_per_account, now).await?.is_some())
    }
}
