//! Writing down who did what, in the transaction of the act.

use crate::domain::access::{Authority, Origin, Scope};
use crate::domain::audit::{Act, Break, Chain, Link, Linked, ends, follow};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::ids::{AuditId, OperatorId, ServiceAccountId};
use crate::domain::secret::unhex;
use crate::store::audit::{AuditAttribute, Reach};
use crate::store::slice::{Slice, Term};
use crate::store::{ConnectionTrait, Database, StoreError, Transaction, audit, operators, service_accounts};

use super::{Engine, Failure, Outcome};

/// Writes an act down in the log of the authority's application. Must be the
/// last statement before the commit of the act's own transaction: it takes a
/// lock that every other act of the application waits for.
///
/// # Errors
/// When the database is gone, or the log is not whole.
pub async fn record(
    transaction: &impl ConnectionTrait,
    authority: &Authority,
    entropy: &dyn Entropy,
    now: Timestamp,
    act: Act,
) -> Result<(), StoreError> {
    let chain = Chain::Application(authority.scope().application());
    audit::append(transaction, chain, authority.origin(), AuditId::generate(now, entropy), now, act).await
}

/// The same for an act above all applications.
///
/// # Errors
/// When the database is gone, or the log is not whole.
pub async fn record_above(
    transaction: &impl ConnectionTrait,
    origin: &Origin,
    entropy: &dyn Entropy,
    now: Timestamp,
    act: Act,
) -> Result<(), StoreError> {
    audit::append(transaction, Chain::Operators, origin, AuditId::generate(now, entropy), now, act).await
}

/// What came of checking a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many entries hold.
    pub entries: i64,
    /// Where the chain is said to end.
    pub last: Link,
    /// Where it does not hold.
    pub broken: Option<Break>,
}

/// How often a check begins anew because entries were purged meanwhile.
const TRIES: usize = 3;

/// Checks every entry of a chain, batch by batch.
///
/// # Errors
/// When the database is gone.
pub async fn verify(database: &Database, chain: Chain) -> Result<Verification, StoreError> {
    let mut tries = 1;
    loop {
        let begun = audit::ends(database.read(), chain).await?;
        let verification = check(database, chain, begun).await?;
        let purged_meanwhile = || async {
            let now = audit::ends(database.read(), chain).await?;
            Ok::<_, StoreError>(now.map(|ends| ends.purged) != begun.map(|ends| ends.purged))
        };
        if verification.broken.is_none() || tries == TRIES || !purged_meanwhile().await? {
            return Ok(verification);
        }
        tries += 1;
    }
}

async fn check(database: &Database, chain: Chain, known: Option<audit::Ends>) -> Result<Verification, StoreError> {
    let Some(known) = known else {
        // Entries that nobody knows the end of: somebody took it away.
        let orphaned = audit::has_entries(database.read(), chain).await?;
        let broken = orphaned.then_some(Break::End(0));
        return Ok(Verification { entries: 0, last: Link::START, broken });
    };
    let (name, mut at) = (chain.to_string(), known.purged);
    let mut broken = None;
    let until = known.last.position;
    while broken.is_none() {
        let some = audit::following(database.read(), chain, at.position, until).await?;
        if some.is_empty() {
            broken = ends(at, known.last).err();
            break;
        }
        for next in &some {
            match follow(at, &name, next) {
                Ok(link) => at = link,
                Err(found) => {
                    broken = Some(found);
                    break;
                }
            }
        }
    }
    Ok(Verification { entries: at.position - known.purged.position, last: known.last, broken })
}

/// An export under way: where it is, and where it ends.
#[derive(Debug, Clone, Copy)]
pub struct Export {
    chain: Chain,
    /// Where it is.
    pub at: Link,
    until: i64,
}

/// Who changed something last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// What kind of actor.
    pub actor_type: String,
    /// Which one; the command line has no id.
    pub actor_id: Option<String>,
    /// Their name, while they are there.
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Engine {
    /// Writes an act down and commits it together with what the transaction
    /// has done.
    ///
    /// # Errors
    /// When the database is gone; nothing was done then.
    pub async fn commit_act(
        &self,
        transaction: Transaction,
        authority: &Authority,
        now: Timestamp,
        act: Act,
    ) -> Outcome<()> {
        record(&transaction, authority, &*self.entropy, now, act).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A page of the log within a reach.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_audit(
        &self,
        reach: &Reach,
        terms: &[Term<AuditAttribute>],
        by: AuditAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Linked>)> {
        Ok(audit::page(self.database.read(), reach, terms, by, slice).await?)
    }

    /// Checks a whole chain.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn verify_audit(&self, chain: Chain) -> Result<Verification, StoreError> {
        verify(&self.database, chain).await
    }

    /// Begins an export of everything that a chain holds now.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn begin_export(&self, chain: Chain) -> Result<Export, StoreError> {
        let known = audit::ends(self.database.read(), chain).await?;
        let (at, until) = known.map_or((Link::START, 0), |known| (known.purged, known.last.position));
        Ok(Export { chain, at, until })
    }

    /// The next entries of an export. `None` at its end.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn export_some(&self, export: Export) -> Result<Option<(Vec<Linked>, Export)>, StoreError> {
        let some = audit::following(self.database.read(), export.chain, export.at.position, export.until).await?;
        let Some(last) = some.last() else { return Ok(None) };
        // An unreadable hash is shown as it is; only what follows begins behind nothing.
        let hash = unhex(&last.hash).unwrap_or_default();
        let at = Link { position: last.entry.position, hash };
        Ok(Some((some, Export { at, ..export })))
    }

    /// The failure of a write that was made for another version, with the name
    /// of who was faster. To be asked after the transaction has ended.
    pub async fn stale(&self, scope: &Scope, target: impl ToString) -> Failure {
        stale(self.last_change(scope, &target.to_string()).await)
    }

    /// The same for what is above all applications.
    pub async fn stale_above(&self, target: impl ToString) -> Failure {
        stale(self.last_change_in(Chain::Operators, None, &target.to_string()).await)
    }

    /// Who changed a thing of the scope's application last.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn last_change(&self, scope: &Scope, target: &str) -> Result<Option<LastChange>, StoreError> {
        self.last_change_in(Chain::Application(scope.application()), Some(scope), target).await
    }

    async fn last_change_in(
        &self,
        chain: Chain,
        scope: Option<&Scope>,
        target: &str,
    ) -> Result<Option<LastChange>, StoreError> {
        let Some(entry) = audit::find_latest(self.database.read(), chain, target).await? else { return Ok(None) };
        let name = match &entry.actor_id {
            Some(id) => self.name_of(scope, id).await?,
            None => None,
        };
        let (actor_type, actor_id, at) = (entry.actor_type, entry.actor_id, entry.created_at);
        Ok(Some(LastChange { actor_type, actor_id, name, at }))
    }

    /// The name of an actor, while there is one.
    pub(super) async fn name_of(&self, scope: Option<&Scope>, actor: &str) -> Result<Option<String>, StoreError> {
        if let Ok(operator) = actor.parse::<OperatorId>() {
            return Ok(operators::find(self.database.read(), operator).await?.map(|operator| operator.name));
        }
        let (Ok(account), Some(scope)) = (actor.parse::<ServiceAccountId>(), scope) else { return Ok(None) };
        let found = service_accounts::find(self.database.read(), scope, account).await?;
        Ok(found.map(|account| account.name))
    }
}

fn stale(change: Result<Option<LastChange>, StoreError>) -> Failure {
    match change {
        Ok(change) => Failure::Stale(change.map(Box::new)),
        Err(error) => error.into(),
    }
}
