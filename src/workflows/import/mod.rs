//! Users from another system, many at a time: a batch is one transaction with
//! one event for each user. Done twice it changes nothing the second time: a
//! user is known by the application's own id, or else by the address.
//!
//! What an import never does: replace a password that somebody has (theirs may
//! be newer than the file, or upgraded since), or touch what makes a protected
//! user one, unless its caller may.

pub mod line;
mod plan;

pub use line::{Candidate, FIELDS, LONGEST_LINE, Line, LineRefusal};

use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::user::User;
use crate::store::{Transaction, events, users};

use super::journal::Journal;
use super::resets::Client;
use super::{Engine, Failure, Outcome};

use plan::{Known, Step, runs};

/// Users of a batch: enough to spare commits, few enough that nobody waits
/// long for the database.
pub const BATCH: usize = 250;

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// There is a new user.
    Created(UserId),
    /// A user changed.
    Updated(UserId),
    /// The user was like this already.
    Unchanged(UserId),
    /// Nothing was done.
    Refused(LineRefusal),
}

/// Whose users may be made and changed.
#[derive(Debug, Clone)]
pub struct ImportAuthority {
    /// Who imports, and where at all.
    pub authority: Authority,
    /// Where also protected ones; nowhere when absent.
    pub protected: Option<Scope>,
    /// The tenant of lines that name none.
    pub tenant: TenantId,
}

impl ImportAuthority {
    /// Where users may be made and changed.
    const fn scope(&self) -> &Scope {
        self.authority.scope()
    }

    fn covers_protected(&self, tenant: TenantId) -> bool {
        self.protected.as_ref().is_some_and(|scope| scope.covers(tenant))
    }
}

impl Engine {
    /// Makes and changes users, a line each.
    ///
    /// # Errors
    /// When the database is gone: then nothing of the batch was done.
    pub async fn import_users(&self, authority: &ImportAuthority, lines: &[Candidate]) -> Outcome<Vec<Imported>> {
        let tenants = self.tenants_of(authority, lines).await?;
        let now = self.now().await?;
        match self.import_batch(authority, lines, &tenants, now).await {
            // Somebody else made one of them at this moment: each goes alone, so that only that one suffers.
            Err(Failure::Store(error)) if error.is_about_rows() && lines.len() > 1 => {
                let mut results = Vec::with_capacity(lines.len());
                for (line, tenant) in lines.iter().zip(&tenants) {
                    let alone = (std::slice::from_ref(line), std::slice::from_ref(tenant));
                    results.extend(self.import_alone(authority, alone, now).await?);
                }
                Ok(results)
            }
            Err(Failure::Store(error)) if error.is_duplicate() => {
                self.import_alone(authority, (lines, &tenants), now).await
            }
            done => done,
        }
    }

    /// One line, once more: whoever was faster is found now.
    async fn import_alone(
        &self,
        authority: &ImportAuthority,
        (line, tenant): (&[Candidate], &[Option<TenantId>]),
        now: Timestamp,
    ) -> Outcome<Vec<Imported>> {
        match self.import_batch(authority, line, tenant, now).await {
            Err(Failure::Store(error)) if error.is_duplicate() => {
                Ok(vec![Imported::Refused(LineRefusal::field("email", "email_not_available"))])
            }
            done => done,
        }
    }

    /// The tenant of each line; `None` where there is none inside the scope.
    async fn tenants_of(&self, authority: &ImportAuthority, lines: &[Candidate]) -> Outcome<Vec<Option<TenantId>>> {
        let mut known: Vec<(TenantId, bool)> = Vec::new();
        let mut tenants = Vec::with_capacity(lines.len());
        for line in lines {
            let wanted = line.tenant.unwrap_or(authority.tenant);
            let seen = known.iter().find(|(tenant, _)| *tenant == wanted).map(|(_, there)| *there);
            let there = if let Some(there) = seen {
                there
            } else {
                let there = match self.tenancy(authority.scope(), Some(wanted)).await {
                    Ok(_) => true,
                    Err(Failure::NotFound(_)) => false,
                    Err(failure) => return Err(failure),
                };
                known.push((wanted, there));
                there
            };
            tenants.push(there.then_some(wanted));
        }
        Ok(tenants)
    }

    async fn import_batch(
        &self,
        authority: &ImportAuthority,
        lines: &[Candidate],
        tenants: &[Option<TenantId>],
        now: Timestamp,
    ) -> Outcome<Vec<Imported>> {
        let transaction = self.database.begin().await?;
        let mut results = Vec::with_capacity(lines.len());
        // Lines about the same user go one after the other, each seeing what the one before did.
        for run in runs(lines, tenants) {
            let (Some(lines), Some(tenants)) = (lines.get(run.clone()), tenants.get(run)) else { continue };
            self.import_run(&transaction, authority, lines, tenants, now, &mut results).await?;
        }
        match imported(authority.tenant, &results) {
            Some(act) => self.commit_act(transaction, &authority.authority, now, act).await?,
            None => transaction.commit().await?,
        }
        Ok(results)
    }

    async fn import_run(
        &self,
        transaction: &Transaction,
        authority: &ImportAuthority,
        lines: &[Candidate],
        tenants: &[Option<TenantId>],
        now: Timestamp,
        results: &mut Vec<Imported>,
    ) -> Outcome<()> {
        let known = Known::read(transaction, authority, lines, tenants).await?;
        let mut fresh = Vec::new();
        for (line, tenant) in lines.iter().zip(tenants) {
            let step = match tenant {
                Some(tenant) => {
                    plan::step(authority, &known, line, *tenant, || self.fresh(authority, *tenant, line, now))
                }
                None => Step::Refuse(LineRefusal::field("tenantId", "tenant_not_found")),
            };
            results.push(match step {
                Step::Create(user) => {
                    let id = user.id;
                    fresh.push(*user);
                    Imported::Created(id)
                }
                Step::Update(pair) => self.import_change(transaction, &pair.0, pair.1, now).await?,
                Step::Leave(id) => Imported::Unchanged(id),
                Step::Refuse(refusal) => Imported::Refused(refusal),
            });
        }
        users::insert_many(transaction, &fresh).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        for user in &fresh {
            journal.user(EventKind::UserCreated, user);
        }
        events::append(transaction, journal.events()).await?;
        Ok(())
    }

    async fn import_change(
        &self,
        transaction: &Transaction,
        before: &User,
        mut user: User,
        now: Timestamp,
    ) -> Outcome<Imported> {
        user.updated_at = now;
        user.version = before.version + 1;
        let new_password = user.password_hash != before.password_hash;
        if new_password {
            user.credential_version += 1;
        }
        users::update(transaction, &user).await?;
        self.consequences(transaction, before, &user, new_password, &Client::default(), now).await?;
        Ok(Imported::Updated(user.id))
    }

    fn fresh(&self, authority: &ImportAuthority, tenant: TenantId, line: &Candidate, now: Timestamp) -> User {
        let place = (authority.scope().application(), tenant);
        super::users::fresh(UserId::generate(now, &*self.entropy), place, &line.email, now)
    }
}

/// What a batch did, for the audit log; nothing when it did nothing.
fn imported(tenant: TenantId, results: &[Imported]) -> Option<Act> {
    let count = |which: fn(&Imported) -> bool| results.iter().filter(|result| which(result)).count();
    let created = count(|result| matches!(result, Imported::Created(_)));
    let updated = count(|result| matches!(result, Imported::Updated(_)));
    (created + updated > 0)
        .then(|| Act::new("users.imported", tenant).with("created", created).with("updated", updated))
}
