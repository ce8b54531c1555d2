//! The audit log: chains of entries, appended in the transaction of the act.
//!
//! The row of the chain is locked until that transaction ends, so that however
//! many instances write, each entry is hashed behind the one before it. The
//! lock is the last one that a transaction takes; nobody waits for another one
//! while holding it.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::access::{Filter, Origin, Scope};
use crate::domain::audit::{Act, Chain, Entry, Link, Linked};
use crate::domain::clock::Timestamp;
use crate::domain::ids::AuditId;
use crate::domain::secret::{hex, unhex};

use super::entity::audit_entries::{Column, Entity, Model};
use super::entity::{applications, audit_chains as chains, audit_entries as entries};
use super::retention::Round;
use super::rows::{locked, whole};
use super::slice::{Slice, Term};
use super::{Result, StoreError};

/// How long entries are kept.
pub const KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// How many entries are deleted in one round, and read in one batch.
const CHUNK: u64 = 500;

impl From<Model> for Linked {
    fn from(row: Model) -> Self {
        let entry = Entry {
            id: row.id,
            chain: row.chain,
            position: row.position,
            created_at: Timestamp::from_millis(row.created_at),
            tenant: row.tenant_id,
            actor_type: row.actor_type,
            actor_id: row.actor_id,
            action: row.action,
            target_type: row.target_type,
            target_id: row.target_id,
            details: row.details,
            request_id: row.request_id,
            network: row.network,
        };
        Self { entry, hash: row.hash }
    }
}

impl From<Linked> for Model {
    fn from(linked: Linked) -> Self {
        let Linked { entry, hash } = linked;
        Self {
            id: entry.id,
            chain: entry.chain,
            position: entry.position,
            created_at: entry.created_at.as_millis(),
            tenant_id: entry.tenant,
            actor_type: entry.actor_type,
            actor_id: entry.actor_id,
            action: entry.action,
            target_type: entry.target_type,
            target_id: entry.target_id,
            details: entry.details,
            request_id: entry.request_id,
            network: entry.network,
            hash,
        }
    }
}

/// Where a chain begins (behind what was purged) and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The last entry that was purged.
    pub purged: Link,
    /// The last entry.
    pub last: Link,
}

impl TryFrom<chains::Model> for Ends {
    type Error = StoreError;

    fn try_from(row: chains::Model) -> Result<Self> {
        let link = |position, text: &str| -> Result<Link> {
            Ok(Link { position, hash: unhex(text).ok_or(StoreError::Corrupt("audit_chains.hash"))? })
        };
        Ok(Self { purged: link(row.purged_position, &row.purged_hash)?, last: link(row.position, &row.hash)? })
    }
}

/// Appends an act to a chain. Must be the last statement of the act's own
/// transaction.
pub async fn append(
    connection: &impl ConnectionTrait,
    chain: Chain,
    origin: &Origin,
    id: AuditId,
    now: Timestamp,
    act: Act,
) -> Result<()> {
    let last = if let Some(ends) = lock(connection, chain).await? {
        ends.last
    } else {
        begin(connection, chain).await?;
        lock(connection, chain).await?.ok_or(StoreError::Corrupt("audit_chains"))?.last
    };
    let entry = Entry::new(id, chain, last.position.saturating_add(1), origin, now, act);
    let hash = entry.hash(&last.hash).ok_or(StoreError::Corrupt("audit_entries.details"))?;
    let position = entry.position;
    let row = Model::from(Linked { entry, hash: hex(&hash) });
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    let moved = chains::Entity::update_many()
        .col_expr(chains::Column::Position, Expr::value(position))
        .col_expr(chains::Column::Hash, Expr::value(hex(&hash)))
        .filter(chains::Column::Chain.eq(chain.to_string()))
        .filter(chains::Column::Position.eq(last.position))
        .filter(chains::Column::Hash.eq(last.hash_text()))
        .exec(connection)
        .await?;
    if moved.rows_affected == 1 { Ok(()) } else { Err(StoreError::Corrupt("audit_chains.position")) }
}

async fn lock(connection: &impl ConnectionTrait, chain: Chain) -> Result<Option<Ends>> {
    let query = chains::Entity::find_by_id(chain.to_string());
    locked(query, connection, None).one(connection).await?.map(Ends::try_from).transpose()
}

/// Makes a chain; whoever does so at the same time waits for the one who was
/// first.
async fn begin(connection: &impl ConnectionTrait, chain: Chain) -> Result<()> {
    let (position, hash) = (Link::START.position, Link::START.hash_text());
    let row = chains::Model {
        chain: chain.to_string(),
        position,
        hash: hash.clone(),
        purged_position: position,
        purged_hash: hash,
    };
    let there = OnConflict::column(chains::Column::Chain).do_nothing().to_owned();
    chains::Entity::insert(whole(row)).on_conflict(there).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads where a chain begins and ends. `None` when nothing was written yet.
pub async fn ends(connection: &impl ConnectionTrait, chain: Chain) -> Result<Option<Ends>> {
    chains::Entity::find_by_id(chain.to_string()).one(connection).await?.map(Ends::try_from).transpose()
}

/// The names of all chains: those that are said to be there, those that have
/// entries, and those of all applications, so that none is overlooked because
/// what is said of it is gone.
pub async fn chains(connection: &impl ConnectionTrait) -> Result<Vec<String>> {
    let said = chains::Entity::find().select_only().column(chains::Column::Chain);
    let written = Entity::find().select_only().column(Column::Chain).distinct();
    let owed = applications::Entity::find().select_only().column(applications::Column::Id);
    let mut names = BTreeSet::from([Chain::Operators.to_string()]);
    names.extend(said.into_tuple::<String>().all(connection).await?);
    names.extend(written.into_tuple::<String>().all(connection).await?);
    names.extend(owed.into_tuple::<String>().all(connection).await?);
    Ok(names.into_iter().collect())
}

/// Some entries of a chain behind a place and up to another, in their order.
pub async fn following(connection: &impl ConnectionTrait, chain: Chain, after: i64, until: i64) -> Result<Vec<Linked>> {
    let rows = Entity::find()
        .filter(Column::Chain.eq(chain.to_string()))
        .filter(Column::Position.gt(after))
        .filter(Column::Position.lte(until))
        .order_by_asc(Column::Position)
        .limit(CHUNK)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(Linked::from).collect())
}

/// Whether a chain has any entry.
pub async fn has_entries(connection: &impl ConnectionTrait, chain: Chain) -> Result<bool> {
    let query = Entity::find().filter(Column::Chain.eq(chain.to_string())).limit(1);
    Ok(query.one(connection).await?.is_some())
}

/// The latest entry about one thing.
pub async fn find_latest(connection: &impl ConnectionTrait, chain: Chain, target: &str) -> Result<Option<Entry>> {
    let row = Entity::find()
        .filter(Column::Chain.eq(chain.to_string()))
        .filter(Column::TargetId.eq(target))
        .order_by_desc(Column::Position)
        .limit(1)
        .one(connection)
        .await?;
    Ok(row.map(|row| Linked::from(row).entry))
}

/// What entries are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAttribute {
    /// Their place, which is the order in which they were written.
    Position,
    /// When.
    Time,
    /// Which tenant.
    Tenant,
    /// What kind of actor.
    ActorType,
    /// Who.
    Actor,
    /// What was done.
    Action,
    /// What kind of thing it was done to.
    TargetType,
    /// Which thing.
    Target,
}

impl AuditAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Position => Column::Position,
            Self::Time => Column::CreatedAt,
            Self::Tenant => Column::TenantId,
            Self::ActorType => Column::ActorType,
            Self::Actor => Column::ActorId,
            Self::Action => Column::Action,
            Self::TargetType => Column::TargetType,
            Self::Target => Column::TargetId,
        }
    }
}

/// Which entries somebody may see: of a chain, all or those of some tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    chain: Chain,
    tenants: Filter,
}

impl Reach {
    /// Those of a scope: entries of no tenant only when it is the whole
    /// application.
    #[must_use]
    pub fn of_scope(scope: &Scope) -> Self {
        Self { chain: Chain::Application(scope.application()), tenants: scope.tenants().filter() }
    }

    /// A whole chain.
    #[must_use]
    pub const fn whole(chain: Chain) -> Self {
        Self { chain, tenants: Filter::NotIn(BTreeSet::new()) }
    }
}

/// A page of the entries within a reach.
pub async fn page(
    connection: &impl ConnectionTrait,
    reach: &Reach,
    terms: &[Term<AuditAttribute>],
    by: AuditAttribute,
    slice: Slice,
) -> Result<(u64, Vec<Linked>)> {
    let mut query = Entity::find().filter(Column::Chain.eq(reach.chain.to_string()));
    query = match &reach.tenants {
        Filter::NotIn(none) if none.is_empty() => query,
        Filter::NotIn(some) => query.filter(Column::TenantId.is_not_in(some.iter().map(ToString::to_string))),
        Filter::In(some) => query.filter(Column::TenantId.is_in(some.iter().map(ToString::to_string))),
    };
    for term in terms {
        query = query.filter(term.condition(term.by.column()));
    }
    let (total, rows) = slice.of(query, by.column(), Column::Position, connection).await?;
    Ok((total, rows.into_iter().map(Linked::from).collect()))
}

/// Deletes some of the oldest entries of a chain that are past their time, and
/// remembers the hash that the rest begins behind. Must be called in a
/// transaction. Answers which chain has more that is past its time, if any.
pub async fn purge(connection: &impl ConnectionTrait, now: Timestamp) -> Result<Round> {
    let over = (now - KEPT).as_millis();
    let oldest = Entity::find().filter(Column::CreatedAt.lt(over)).order_by_asc(Column::CreatedAt).limit(1);
    let Some(oldest) = oldest.one(connection).await? else { return Ok(Round::default()) };
    let row = locked(chains::Entity::find_by_id(&oldest.chain), connection, None).one(connection).await?;
    let Some(row) = row else { return Ok(Round::default()) };
    let first = Entity::find()
        .filter(Column::Chain.eq(&oldest.chain))
        .order_by_asc(Column::Position)
        .limit(CHUNK)
        .all(connection)
        .await?;
    // Only from the beginning, so that what stays is one chain.
    let Some(last) = first.iter().take_while(|entry| entry.created_at < over).last() else {
        return Ok(Round::default());
    };
    let deleted = Entity::delete_many()
        .filter(entries::Column::Chain.eq(&oldest.chain))
        .filter(entries::Column::Position.lte(last.position))
        .exec(connection)
        .await?;
    chains::Entity::update_many()
        .col_expr(chains::Column::PurgedPosition, Expr::value(last.position))
        .col_expr(chains::Column::PurgedHash, Expr::value(last.hash.as_str()))
        .filter(chains::Column::Chain.eq(&row.chain))
        .exec(connection)
        .await?;
    Ok(Round { rows: deleted.rows_affected, more: deleted.rows_affected > 0 })
}
