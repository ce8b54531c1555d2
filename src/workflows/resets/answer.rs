//! Answering requests by address: the jobs behind `request_reset`.
//!
//! Requests come in crowds, so their jobs are answered in batches: one
//! transaction and a statement per table for many of them. Nothing is made for
//! an address that has no account, or one that cannot reset.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::domain::access::Scope;
use crate::domain::client::RequestedFrom;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, JobId, MessageId, ResetRequestId, TenantId};
use crate::domain::mail::MailKind;
use crate::domain::policy::UnknownAddressMail;
use crate::domain::reset::{Origin, ResetRequest, Strategy};
use crate::domain::user::User;
use crate::store::messages::Message;
use crate::store::resets::Provenance;
use crate::store::throttles::Quota;
use crate::store::{Transaction, jobs, messages, requests, throttles, users};
use crate::workflows::outbox::Facts;
use crate::workflows::{Engine, Failure, Outcome};

use super::issue::{Draft, NewReset};
use super::prove::budget_key;
use super::request::IssueJob;

/// A job and what it needs.
pub type Task = (JobId, IssueJob);

/// What becomes of a request.
enum Answer {
    /// Nothing, and nobody is told.
    Nothing,
    /// A mail that says why there is no reset.
    Notice(Box<Message>),
    /// A reset.
    Reset(Box<Draft>),
}

/// How a tenant wants requests to be answered.
#[derive(Debug, Clone, Copy, Default)]
struct Manner {
    /// Whether an address without an account is told so.
    tells: bool,
    /// How many wrong codes an account may have had.
    quota: Option<Quota>,
}

impl Engine {
    /// Answers requests. Of two by the same address the later one counts, as
    /// if they had been answered one after the other.
    ///
    /// # Errors
    /// When the database is gone; the jobs are then tried again.
    pub async fn answer_requests(&self, tasks: Vec<Task>, now: Timestamp) -> Outcome<()> {
        let mut waiting = tasks;
        while !waiting.is_empty() {
            let mut seen = HashSet::new();
            let (wave, rest) =
                waiting.into_iter().partition(|(_, work)| seen.insert((work.application, work.canonical.clone())));
            self.answer_wave(wave, now).await?;
            waiting = rest;
        }
        Ok(())
    }

    /// Answers requests of which no two name the same address.
    async fn answer_wave(&self, wave: Vec<Task>, now: Timestamp) -> Outcome<()> {
        let manners = self.manners(&wave).await?;
        let transaction = self.database.begin().await?;
        let ids: Vec<_> = wave.iter().map(|(job, _)| *job).collect();
        // Only who removes a job may do its work.
        let mine: HashSet<_> = jobs::delete_many(&transaction, &ids).await?.into_iter().collect();
        let asked: Vec<_> = wave.iter().filter(|(job, _)| mine.contains(job)).map(|(_, work)| work.request).collect();
        let mut rows: HashMap<ResetRequestId, ResetRequest> =
            requests::list(&transaction, &asked).await?.into_iter().map(|row| (row.id, row)).collect();
        let pairs: Vec<(ResetRequest, IssueJob)> = wave
            .into_iter()
            .filter_map(|(_, work)| rows.remove(&work.request).map(|row| (row, work)))
            .filter(|(row, work)| row.reset.is_none() && row.application == work.application)
            .collect();
        let mut people = self.lock_people(&transaction, &pairs).await?;
        let (mut drafts, mut notices) = (Vec::new(), Vec::new());
        for (request, work) in pairs {
            let user = people.remove(&(request.tenant, work.canonical.clone()));
            let (id, strategy) = (request.id, request.strategy);
            let manner = manners.get(&(request.application, request.tenant)).copied().unwrap_or_default();
            match self.answer(&transaction, request, user, &work, manner, now).await? {
                Answer::Nothing => {}
                Answer::Notice(notice) => notices.push(*notice),
                Answer::Reset(draft) => {
                    // A link is found by its own digest; only a code is asked
                    // for through its request.
                    if strategy == Strategy::Otp {
                        requests::attach(&transaction, id, draft.reset.id).await?;
                    }
                    drafts.push(*draft);
                }
            }
        }
        if !drafts.is_empty() {
            self.land(&transaction, drafts, Origin::Address.supersedes_handed_over(), now).await?;
        }
        messages::insert(&transaction, &notices).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The users with the addresses that were asked for, their rows locked.
    async fn lock_people(
        &self,
        transaction: &Transaction,
        pairs: &[(ResetRequest, IssueJob)],
    ) -> Outcome<HashMap<(TenantId, String), User>> {
        let mut places: HashMap<(ApplicationId, TenantId), Vec<&str>> = HashMap::new();
        for (request, work) in pairs {
            places.entry((request.application, request.tenant)).or_default().push(&work.canonical);
        }
        // One order for everybody, so that two workers cannot wait for each other.
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_unstable_by_key(|(place, _)| *place);
        let mut people = HashMap::new();
        for ((application, tenant), addresses) in places {
            let scope = Scope::of_record(application);
            for user in users::lock_by_addresses(transaction, &scope, tenant, &addresses).await? {
                people.insert((tenant, user.email_canonical.clone()), user);
            }
        }
        Ok(people)
    }

    async fn answer(
        &self,
        transaction: &Transaction,
        request: ResetRequest,
        user: Option<User>,
        work: &IssueJob,
        manner: Manner,
        now: Timestamp,
    ) -> Outcome<Answer> {
        let Some(user) = user else {
            // Within the same throttle as everybody's mail.
            let told = manner.tells && self.admit_to_mailbox(transaction, &request.address_key, now).await?;
            return Ok(if told {
                Answer::Notice(Box::new(self.no_account(request, work, now)))
            } else {
                Answer::Nothing
            });
        };
        if user.disabled || request.expires_at.is_none_or(|end| now >= end) {
            return Ok(Answer::Nothing);
        }
        if !self.admit_to_mailbox(transaction, &request.address_key, now).await? {
            return Ok(Answer::Nothing);
        }
        let quota = manner.quota.unwrap_or(self.limits.codes_per_account);
        if request.strategy == Strategy::Otp && self.code_budget_spent(transaction, &user, quota, now).await? {
            return Ok(Answer::Notice(Box::new(self.code_withheld(&user, work.from.clone(), now))));
        }
        let new = NewReset {
            mode: request.strategy.mode(),
            origin: Origin::Address,
            by_email: true,
            code_withheld: false,
            // The proof ends when the request does, however late the job ran.
            lifetime: request.expires_at.map_or(Duration::ZERO, |end| end.since(now)),
            locale: request.locale,
            redirect_url: request.redirect_url,
            state: request.state,
            provenance: Provenance::default(),
            link_page: None,
            from: work.from.clone(),
        };
        Ok(Answer::Reset(Box::new(self.draft(&user, new, now)?)))
    }

    /// What the tenants of these requests want. Read before the transaction
    /// begins: inside it, that would take a second connection.
    async fn manners(&self, wave: &[Task]) -> Outcome<HashMap<(ApplicationId, TenantId), Manner>> {
        let asked: Vec<_> = wave.iter().map(|(_, work)| work.request).collect();
        let rows = requests::list(self.database.read(), &asked).await?;
        let places: HashSet<_> = rows.iter().map(|row| (row.application, row.tenant)).collect();
        let mut manners = HashMap::new();
        for (application, tenant) in places {
            match self.tenancy(&Scope::of_record(application), Some(tenant)).await {
                Ok(tenancy) => {
                    let tells = tenancy.workflow.unknown_address_mail != UnknownAddressMail::Silent;
                    let quota = Some(self.limits.codes_per_account(&tenancy.workflow));
                    manners.insert((application, tenant), Manner { tells, quota });
                }
                // A tenant that is gone tells nobody anything.
                Err(Failure::NotFound(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(manners)
    }

    /// Nobody has this address here: the mail that says so.
    fn no_account(&self, request: ResetRequest, work: &IssueJob, now: Timestamp) -> Message {
        Message {
            id: MessageId::generate(now, &*self.entropy),
            application: request.application,
            tenant: request.tenant,
            kind: MailKind::NoAccount,
            user: None,
            reset: None,
            recipient: Some(work.typed.clone()),
            mailbox: request.address_key,
            locale: request.locale,
            facts: Facts::from(work.from.clone()).to_value(),
            attempts: 0,
            created_at: now,
        }
    }

    /// Whether the account's budget of wrong codes is spent.
    pub(super) async fn code_budget_spent(
        &self,
        transaction: &Transaction,
        user: &User,
        quota: Quota,
        now: Timestamp,
    ) -> Outcome<bool> {
        let key = budget_key(&user.id.to_string());
        Ok(throttles::is_full(transaction, &key, quota, now).await?.is_some())
    }

    /// The mail instead of a code while the budget is spent.
    pub(super) fn code_withheld(&self, user: &User, from: RequestedFrom, now: Timestamp) -> Message {
        let told = Facts { from, throttled: true, ..Facts::default() };
        self.notice(MailKind::ResetAttemptsExhausted, user, &told, now)
    }
}
