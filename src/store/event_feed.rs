//! Reading events in an order that never changes behind the reader: whoever
//! has seen one has seen all before it, however many instances write.
//!
//! The order is that of `position`. On PostgreSQL a transaction may take an
//! early position and commit late, so a reader stops before the positions of
//! all who are still writing: they show themselves by an advisory lock whose
//! key is the last position given out when they began ([`super::events`]).
//! What is at or below that horizon is complete for ever:
//!
//! 1. the reader notes the last position given out, M;
//! 2. it looks who is writing: the smallest key, L;
//! 3. it reads up to H = min(M, L).
//!
//! A position up to M was taken before step 1, under a lock that was taken
//! earlier still. If that lock is held in step 2, the position is beyond its
//! key and so beyond H; if not, its transaction has ended, and step 3 sees
//! what it wrote.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Statement, Value};

use crate::domain::access::{Filter, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{EventId, TenantId};

use super::Result;
use super::entity::events::{Column, Entity};

/// The upper 16 bits of the advisory locks of those who append events: the
/// letters `ev`. The lower 48 are a position.
pub const WRITING: i64 = 0x65_76;

/// The time of an event is read before its position is given out, by no more
/// than this: events that are further apart in time are in the same order in
/// the feed.
const SLACK: Duration = Duration::from_secs(600);

/// How many index ranges one query merges at most.
const BRANCHES: usize = 64;

/// Which events.
#[derive(Debug, Clone)]
pub struct EventQuery {
    /// Of these kinds; all that are published when empty.
    pub kinds: Vec<EventKind>,
    /// Of this tenant, which the scope covers.
    pub tenant: Option<TenantId>,
    /// Not earlier than this.
    pub from: Option<Timestamp>,
    /// Not later than this.
    pub until: Option<Timestamp>,
    /// Beyond this position in list order.
    pub after: Option<i64>,
    /// Before this position in list order.
    pub before: Option<i64>,
    /// Newest first, or oldest first.
    pub descending: bool,
    /// How many at most.
    pub limit: u64,
}

/// Where an event inside the scope is in the order.
pub async fn find_position(connection: &impl ConnectionTrait, scope: &Scope, id: EventId) -> Result<Option<i64>> {
    let names = |set: BTreeSet<TenantId>| set.into_iter().map(|tenant| tenant.to_string());
    let mut query = Entity::find_by_id(id.to_string())
        .select_only()
        .column(Column::Position)
        .filter(Column::ApplicationId.eq(scope.application().to_string()));
    query = match scope.tenants().filter() {
        Filter::NotIn(set) if set.is_empty() => query,
        Filter::NotIn(set) => query.filter(Column::TenantId.is_not_in(names(set))),
        Filter::In(set) => query.filter(Column::TenantId.is_in(names(set))),
    };
    Ok(query.into_tuple::<i64>().one(connection).await?)
}

/// Lists events inside the scope, in the order asked for.
pub async fn list(connection: &impl ConnectionTrait, scope: &Scope, ask: &EventQuery) -> Result<Vec<Event>> {
    let tenants = match (ask.tenant, scope.tenants().filter()) {
        (Some(tenant), _) => Filter::In([tenant].into()),
        (None, filter) => filter,
    };
    if tenants == Filter::In([].into()) {
        return Ok(Vec::new());
    }
    // Before the events are read, never after.
    let horizon = horizon(connection).await?;
    let mut range = Range::of(ask);
    range.highest = [range.highest, horizon].into_iter().flatten().min();
    range.narrow(connection, scope, ask).await?;
    let backwards = ask.before.is_some();
    let sql = Query {
        values: vec![scope.application().to_string().into()],
        range,
        ask,
        ascending: ask.descending == backwards,
    };
    let statement = sql.statement(connection.get_database_backend(), &tenants);
    let rows = Entity::find().from_raw_sql(statement).all(connection).await?;
    let mut events = rows.into_iter().map(Event::try_from).collect::<Result<Vec<_>>>()?;
    if backwards {
        events.reverse();
    }
    Ok(events)
}

/// Up to which position nothing will appear any more; `None` when that goes
/// for all there is.
async fn horizon(connection: &impl ConnectionTrait) -> Result<Option<i64>> {
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(None);
    }
    // Two statements, because the second must look later than the first.
    let given_out = number(connection, "SELECT last_value AS n FROM event_positions", []).await?;
    let writing = format!(
        "SELECT min(((classid::bigint << 32) | objid::bigint) & 281474976710655) AS n FROM pg_locks \
         WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = {WRITING} \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    let writing = number(connection, &writing, []).await?;
    Ok([given_out, writing].into_iter().flatten().min())
}

async fn number<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Option<i64>> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let row = connection.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get::<Option<i64>>("", "n")).transpose()?.flatten())
}

/// Positions, both ends included.
#[derive(Debug, Clone, Copy)]
struct Range {
    lowest: Option<i64>,
    highest: Option<i64>,
}

impl Range {
    fn of(ask: &EventQuery) -> Self {
        // In list order, a smaller position comes later when descending.
        let (low, high) = if ask.descending { (ask.before, ask.after) } else { (ask.after, ask.before) };
        Self { lowest: low.map(|low| low.saturating_add(1)), highest: high.map(|high| high.saturating_sub(1)) }
    }

    /// Leaves out positions that no event of the times asked for can have, so
    /// that a short time long ago is found without walking all that came since.
    async fn narrow(&mut self, connection: &impl ConnectionTrait, scope: &Scope, ask: &EventQuery) -> Result<()> {
        // On PostgreSQL positions are given out over all applications, on SQLite for each.
        let of = match connection.get_database_backend() {
            DbBackend::Postgres => "$2 = $2",
            _ => "application_id = $2",
        };
        let application = || Value::from(scope.application().to_string());
        if let Some(from) = ask.from {
            let sql = format!(
                "SELECT position AS n FROM events WHERE created_at < $1 AND {of} ORDER BY created_at DESC LIMIT 1"
            );
            let earlier = number(connection, &sql, [(from - SLACK).as_millis().into(), application()]).await?;
            self.lowest = self.lowest.max(earlier);
        }
        if let Some(until) = ask.until {
            let sql =
                format!("SELECT position AS n FROM events WHERE created_at > $1 AND {of} ORDER BY created_at LIMIT 1");
            let later = number(connection, &sql, [(until + SLACK).as_millis().into(), application()]).await?;
            self.highest = [self.highest, later].into_iter().flatten().min();
        }
        Ok(())
    }
}

/// A query under way. The first value is the application.
struct Query<'a> {
    values: Vec<Value>,
    range: Range,
    ask: &'a EventQuery,
    ascending: bool,
}

impl Query<'_> {
    /// One index range for each kind and tenant, merged: however rare what is
    /// asked for, no more rows are read than are answered.
    fn statement(mut self, backend: DbBackend, tenants: &Filter) -> Statement {
        let kinds = self.kinds();
        let tenants = self.tenants(tenants, BRANCHES / kinds.len().max(1));
        let order = if self.ascending { "ASC" } else { "DESC" };
        let tail = format!("ORDER BY position {order} LIMIT {}", self.ask.limit);
        let common = self.common();
        let branches: Vec<_> = kinds
            .iter()
            .flat_map(|kind| tenants.iter().map(move |tenant| format!("{kind}{tenant}")))
            .map(|which| format!("SELECT * FROM (SELECT * FROM events WHERE {common}{which} {tail}) AS branch"))
            .collect();
        let sql = format!("{} {tail}", branches.join(" UNION ALL "));
        Statement::from_sql_and_values(backend, sql, self.values)
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn kinds(&mut self) -> Vec<String> {
        let names: Vec<_> = self.ask.kinds.iter().map(|kind| format!(" AND kind = '{}'", kind.as_str())).collect();
        if !names.is_empty() {
            return names;
        }
        // Named one by one: what a later version writes is not this one's to tell.
        let published = EventKind::ALL.iter().filter(|kind| kind.is_published());
        let published: Vec<_> = published.map(|kind| format!("'{}'", kind.as_str())).collect();
        vec![format!(" AND kind IN ({})", published.join(", "))]
    }

    fn tenants(&mut self, filter: &Filter, most: usize) -> Vec<String> {
        let mut names = |set: &BTreeSet<TenantId>| -> Vec<String> {
            set.iter().map(|tenant| self.bind(tenant.to_string())).collect()
        };
        match filter {
            Filter::NotIn(set) if set.is_empty() => vec![String::new()],
            Filter::NotIn(set) => vec![format!(" AND tenant_id NOT IN ({})", names(set).join(", "))],
            Filter::In(set) if set.len() > most => vec![format!(" AND tenant_id IN ({})", names(set).join(", "))],
            Filter::In(set) => names(set).iter().map(|name| format!(" AND tenant_id = {name}")).collect(),
        }
    }

    fn common(&self) -> String {
        let ask = self.ask;
        let bounds = [
            ("position >=", self.range.lowest),
            ("position <=", self.range.highest),
            ("created_at >=", ask.from.map(Timestamp::as_millis)),
            ("created_at <=", ask.until.map(Timestamp::as_millis)),
        ];
        let bounds = bounds.iter().filter_map(|(test, bound)| bound.map(|bound| format!(" AND {test} {bound}")));
        std::iter::once("application_id = $1".to_owned()).chain(bounds).collect()
    }
}
