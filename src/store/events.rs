//! What happened, appended in the transaction of the change. Reading it is
//! the business of [`super::event_feed`].

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement, Value};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{EventId, UserId};

use super::entity::events::{Column, Entity, Model};
use super::event_feed::WRITING;
use super::rows::{json, read, read_optional};
use super::{Result, StoreError, webhook_deliveries};

impl TryFrom<Model> for Event {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "events.id")?,
            application: read(&row.application_id, "events.application_id")?,
            tenant: read_optional(row.tenant_id.as_deref(), "events.tenant_id")?,
            user: read_optional(row.user_id.as_deref(), "events.user_id")?,
            kind: EventKind::parse(&row.kind).ok_or(StoreError::Corrupt("events.kind"))?,
            data: json(&row.data, "events.data")?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Appends events, and what is to be delivered of them. Must be called in a
/// transaction: that of the change.
///
/// Each gets a place in the order in which they are read. On SQLite that is
/// the next one, because there is one writer. On PostgreSQL others write at the
/// same time and may commit earlier: the transaction first shows, by an
/// advisory lock that ends with it, from which place on its events will be,
/// and readers go no further than that.
pub async fn append(connection: &impl ConnectionTrait, events: &[Event]) -> Result<()> {
    for (number, some) in events.chunks(WRITTEN).enumerate() {
        // The lock of the first statement is below every position of the others.
        connection.execute_raw(insertion(connection.get_database_backend(), some, number == 0)).await?;
        webhook_deliveries::queue(connection, some).await?;
    }
    Ok(())
}

/// How many events are written in one statement: databases bind only so many
/// values, and a user may have any number of sessions that end at once.
const WRITTEN: usize = 500;

/// One statement that writes events, and shows that somebody does if it is the
/// first.
fn insertion(backend: DbBackend, events: &[Event], first: bool) -> Statement {
    let mut values = Vec::with_capacity(events.len() * COLUMNS);
    let mut rows = Vec::with_capacity(events.len());
    for (place, event) in (1_usize..).zip(events) {
        rows.push(row(backend, place, values.len()));
        values.extend(values_of(event));
    }
    let rows = rows.join(", ");
    let columns = "id, application_id, tenant_id, user_id, kind, data, created_at";
    let happened = format!("(VALUES {rows}) AS happened ({columns})");
    let placed = format!("INSERT INTO events ({columns}, position) SELECT {columns}, nextval('event_positions') FROM");
    let sql = match backend {
        DbBackend::Postgres if first => format!(
            "WITH mine AS MATERIALIZED \
             (SELECT pg_advisory_xact_lock_shared(({WRITING}::bigint << 48) | last_value) FROM event_positions) \
             {placed} mine, {happened}"
        ),
        DbBackend::Postgres => format!("{placed} {happened}"),
        _ => format!("INSERT INTO events ({columns}, position) VALUES {rows}"),
    };
    Statement::from_sql_and_values(backend, sql, values)
}

/// How many values a row binds.
const COLUMNS: usize = 7;

fn row(backend: DbBackend, place: usize, bound: usize) -> String {
    let mut columns: Vec<_> = (1..=COLUMNS).map(|column| format!("${}", bound + column)).collect();
    if backend != DbBackend::Postgres {
        let application = bound + 2;
        columns.push(format!(
            "(SELECT COALESCE(MAX(position), 0) FROM events WHERE application_id = ${application}) + {place}"
        ));
    }
    format!("({})", columns.join(", "))
}

fn values_of(event: &Event) -> [Value; COLUMNS] {
    [
        event.id.to_string().into(),
        event.application.to_string().into(),
        event.tenant.map(|id| id.to_string()).into(),
        event.user.map(|id| id.to_string()).into(),
        event.kind.as_str().into(),
        event.data.to_string().into(),
        event.created_at.as_millis().into(),
    ]
}

/// Reads one event, for what has to tell of it.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: EventId) -> Result<Option<Event>> {
    let query = Entity::find_by_id(id.to_string()).filter(Column::ApplicationId.eq(scope.application().to_string()));
    query.one(connection).await?.map(Event::try_from).transpose()
}

/// The kinds of a user's events, oldest first: their timeline.
pub async fn list_kinds(connection: &impl ConnectionTrait, user: UserId) -> Result<Vec<String>> {
    let rows = Entity::find()
        .filter(Column::UserId.eq(user.to_string()))
        // Those of one millisecond may have been appended one after the other.
        .order_by_asc(Column::Position)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.kind).collect())
}
