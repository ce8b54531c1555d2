//! What happened, appended in the transaction of the change. Reading it is
//! the business of [`super::event_feed`].

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement, Value};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{EventId, UserId};

use super::batch::{Answers, Batch};
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
    let mut batch = Batch::new(connection);
    write(&mut batch, events);
    let answers = batch.run(connection).await?;
    pass_on(connection, events, &answers).await
}

/// The first half of [`append`], as some of several statements.
pub fn write(batch: &mut Batch, events: &[Event]) {
    for (number, some) in events.chunks(WRITTEN).enumerate() {
        // The lock of the first statement is below every position of the others.
        batch.push(insertion(batch.backend(), some, number == 0));
    }
    webhook_deliveries::ask_who_listens(batch, events);
}

/// The second half: queues what is to be delivered of them, by the answers of
/// the first.
pub async fn pass_on(connection: &impl ConnectionTrait, events: &[Event], answers: &Answers) -> Result<()> {
    webhook_deliveries::queue(connection, events, answers).await
}

/// How many events are written in one statement: databases bind only so many
/// values, and a user may have any number of sessions that end at once.
const WRITTEN: usize = 500;

/// One statement that writes events, and shows that somebody does if it is the
/// first.
fn insertion(backend: DbBackend, events: &[Event], first: bool) -> Statement {
    let columns = "id, application_id, tenant_id, user_id, kind, data, created_at";
    if backend != DbBackend::Postgres {
        let row = |place: usize| {
            let position = "(SELECT COALESCE(MAX(position), 0) FROM events WHERE application_id = ?)";
            format!("(?, ?, ?, ?, ?, ?, ?, {position} + {place})")
        };
        let rows: Vec<_> = (1..=events.len()).map(row).collect();
        let sql = format!("INSERT INTO events ({columns}, position) VALUES {}", rows.join(", "));
        let values = events.iter().flat_map(|event| values_of(event).into_iter().chain([application_of(event)]));
        return Statement::from_sql_and_values(backend, sql, values);
    }
    let row = |number: usize| {
        let places = (1..=COLUMNS).map(|column| format!("${}", number * COLUMNS + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<_> = (0..events.len()).map(row).collect();
    let happened = format!("(VALUES {}) AS happened ({columns})", rows.join(", "));
    let placed = format!("INSERT INTO events ({columns}, position) SELECT {columns}, nextval('event_positions') FROM");
    let sql = if first {
        format!(
            "WITH mine AS MATERIALIZED \
             (SELECT pg_advisory_xact_lock_shared(({WRITING}::bigint << 48) | last_value) FROM event_positions) \
             {placed} mine, {happened}"
        )
    } else {
        format!("{placed} {happened}")
    };
    Statement::from_sql_and_values(backend, sql, events.iter().flat_map(values_of))
}

/// How many values a row binds.
const COLUMNS: usize = 7;

fn values_of(event: &Event) -> [Value; COLUMNS] {
    [
        event.id.to_string().into(),
        application_of(event),
        event.tenant.map(|id| id.to_string()).into(),
        event.user.map(|id| id.to_string()).into(),
        event.kind.as_str().into(),
        event.data.to_string().into(),
        event.created_at.as_millis().into(),
    ]
}

fn application_of(event: &Event) -> Value {
    event.application.to_string().into()
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
