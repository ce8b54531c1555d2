//! Events on their way to endpoints: a row for each, written in the
//! transaction of the event, leased by one worker at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Select, Statement, UpdateMany,
};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{WebhookDeliveryId, WebhookEndpointId};
use crate::domain::webhook::{Delivery, DeliveryState};

use super::batch::{Answers, Batch};
use super::entity::webhook_deliveries::{ActiveModel, Column, Entity, Model};
use super::rows::{count, json, moment, read, whole};
use super::slice::{Slice, Term};
use super::{Result, StoreError, webhook_endpoints};

/// How many deliveries are given up in one statement.
const CHUNK: u64 = 500;
/// How many are written in one: databases bind only so many values, and one
/// event is told to many.
const WRITTEN: usize = 500;

impl TryFrom<Model> for Delivery {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "webhook_deliveries.id")?,
            application: read(&row.application_id, "webhook_deliveries.application_id")?,
            endpoint: read(&row.endpoint_id, "webhook_deliveries.endpoint_id")?,
            event: read(&row.event_id, "webhook_deliveries.event_id")?,
            kind: EventKind::parse(&row.kind).ok_or(StoreError::Corrupt("webhook_deliveries.kind"))?,
            sample: row.sample.map(|text| json(&text, "webhook_deliveries.sample")).transpose()?,
            state: DeliveryState::parse(&row.state).ok_or(StoreError::Corrupt("webhook_deliveries.state"))?,
            run_at: Timestamp::from_millis(row.run_at),
            give_up_at: Timestamp::from_millis(row.give_up_at),
            attempts: count(row.attempts),
            answer_status: row.answer_status.and_then(|status| u16::try_from(status).ok()),
            answer: row.answer,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            finished_at: moment(row.finished_at),
        })
    }
}

fn to_row(delivery: &Delivery) -> ActiveModel {
    whole(Model {
        id: delivery.id.to_string(),
        application_id: delivery.application.to_string(),
        endpoint_id: delivery.endpoint.to_string(),
        event_id: delivery.event.to_string(),
        kind: delivery.kind.as_str().to_owned(),
        sample: delivery.sample.as_ref().map(ToString::to_string),
        state: delivery.state.as_str().to_owned(),
        run_at: delivery.run_at.as_millis(),
        give_up_at: delivery.give_up_at.as_millis(),
        attempts: i64::from(delivery.attempts),
        leased_by: None,
        leased_until: None,
        answer_status: delivery.answer_status.map(i64::from),
        answer: delivery.answer.clone(),
        created_at: delivery.created_at.as_millis(),
        updated_at: delivery.updated_at.as_millis(),
        finished_at: delivery.finished_at.map(Timestamp::as_millis),
    })
}

/// Asks which endpoints may want to be told of events.
pub fn ask_who_listens(batch: &mut Batch, events: &[Event]) {
    let applications: BTreeSet<_> = told(events).map(|event| event.application).collect();
    if !applications.is_empty() {
        batch.add(&webhook_endpoints::enabled(applications));
    }
}

fn told(events: &[Event]) -> impl Iterator<Item = &Event> {
    events.iter().filter(|event| event.kind.is_published())
}

/// Queues events for every endpoint that wants to be told of them; which there
/// are, is among the answers.
pub async fn queue(connection: &impl ConnectionTrait, events: &[Event], answers: &Answers) -> Result<()> {
    let endpoints = webhook_endpoints::among(answers)?;
    let mut deliveries = Vec::new();
    for event in told(events) {
        let listening = endpoints
            .iter()
            .filter(|endpoint| endpoint.application == event.application && endpoint.events.contains(&event.kind));
        deliveries.extend(
            listening.map(|to| Delivery::new(to.id, event.application, event.id, event.kind, event.created_at)),
        );
    }
    insert(connection, &deliveries).await
}

/// Queues deliveries.
pub async fn insert(connection: &impl ConnectionTrait, deliveries: &[Delivery]) -> Result<()> {
    for some in deliveries.chunks(WRITTEN) {
        Entity::insert_many(some.iter().map(to_row)).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// Whether anything was due at `now`, leased or not.
pub async fn is_any_due(connection: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let due = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(DeliveryState::Pending.as_str()))
        .filter(Column::RunAt.lte(now.as_millis()))
        .limit(1);
    Ok(due.into_tuple::<String>().one(connection).await?.is_some())
}

/// Leases up to so many of an endpoint's deliveries that were due at `due` to
/// one worker, the oldest first. A lease that ran out (its worker died) is due
/// again.
pub async fn lease(
    connection: &impl ConnectionTrait,
    worker: &str,
    endpoint: WebhookEndpointId,
    (due, limit): (Timestamp, usize),
    lease: Duration,
    now: Timestamp,
) -> Result<Vec<Delivery>> {
    let backend = connection.get_database_backend();
    let skip = if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE webhook_deliveries SET leased_by = $1, leased_until = $2, attempts = attempts + 1 WHERE id IN (\
         SELECT id FROM webhook_deliveries WHERE endpoint_id = $4 AND state = 'PENDING' AND run_at <= $5 \
         AND (leased_until IS NULL OR leased_until <= $3) ORDER BY run_at, id LIMIT {limit}{skip}) RETURNING *"
    );
    let until = (now + lease).as_millis();
    let (now_at, due) = (now.as_millis(), due.as_millis());
    let values = [worker.into(), until.into(), now_at.into(), endpoint.to_string().into(), due.into()];
    let rows =
        Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values)).all(connection).await?;
    let mut leased = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id.clone();
        match Delivery::try_from(row) {
            Ok(delivery) => leased.push(delivery),
            Err(error) => {
                // One bad row must not hold up the rest.
                tracing::error!(delivery_id = id, error = %error, "a delivery cannot be read and is given up");
                ending(worker, &id, DeliveryState::Dead, None, "unreadable", now).exec(connection).await?;
            }
        }
    }
    leased.sort_by_key(|delivery| (delivery.run_at, delivery.id));
    Ok(leased)
}

fn changing(worker: &str, id: &str) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::LeasedBy.eq(worker))
        .filter(Column::State.eq(DeliveryState::Pending.as_str()))
}

fn ending(
    worker: &str,
    id: &str,
    state: DeliveryState,
    status: Option<u16>,
    answer: &str,
    now: Timestamp,
) -> UpdateMany<Entity> {
    changing(worker, id)
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::AnswerStatus, Expr::value(status.map(i64::from)))
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .col_expr(Column::FinishedAt, Expr::value(now.as_millis()))
}

/// Ends a delivery that this worker has leased.
pub async fn finish(
    connection: &impl ConnectionTrait,
    worker: &str,
    id: WebhookDeliveryId,
    state: DeliveryState,
    (status, answer): (Option<u16>, &str),
    now: Timestamp,
) -> Result<bool> {
    let result = ending(worker, &id.to_string(), state, status, answer, now).exec(connection).await?;
    Ok(result.rows_affected == 1)
}

/// Gives a delivery back for another try at `run_at`.
pub async fn retry(
    connection: &impl ConnectionTrait,
    worker: &str,
    id: WebhookDeliveryId,
    run_at: Timestamp,
    (status, answer): (Option<u16>, &str),
    now: Timestamp,
) -> Result<()> {
    changing(worker, &id.to_string())
        .col_expr(Column::RunAt, Expr::value(run_at.as_millis()))
        .col_expr(Column::AnswerStatus, Expr::value(status.map(i64::from)))
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Gives back what a worker that stops has leased.
pub async fn release(connection: &impl ConnectionTrait, worker: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::LeasedBy.eq(worker))
        .filter(Column::State.eq(DeliveryState::Pending.as_str()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Gives up some of what waited for an endpoint until its time was over by
/// `grace`. Says how many.
pub async fn give_up(connection: &impl ConnectionTrait, grace: Duration, now: Timestamp) -> Result<u64> {
    let over = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::State.eq(DeliveryState::Pending.as_str()))
        .and_where(Column::GiveUpAt.lt((now - grace).as_millis()))
        .limit(CHUNK)
        .take();
    let result = Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Dead.as_str()))
        .col_expr(Column::Answer, Expr::value("its time ran out before it could be delivered"))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .col_expr(Column::FinishedAt, Expr::value(now.as_millis()))
        .filter(Column::State.eq(DeliveryState::Pending.as_str()))
        .filter(Column::Id.in_subquery(over))
        .exec(connection)
        .await?;
    Ok(result.rows_affected)
}

/// What deliveries are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryAttribute {
    /// When they were queued.
    Created,
    /// What they tell of.
    Event,
    /// The id of that.
    EventId,
    /// Where they go.
    Endpoint,
}

impl DeliveryAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Event => Column::Kind,
            Self::EventId => Column::EventId,
            Self::Endpoint => Column::EndpointId,
        }
    }
}

fn of(scope: &Scope) -> Select<Entity> {
    Entity::find().filter(Column::ApplicationId.eq(scope.application().to_string()))
}

/// Reads one delivery inside the scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: WebhookDeliveryId) -> Result<Option<Delivery>> {
    of(scope).filter(Column::Id.eq(id.to_string())).one(connection).await?.map(Delivery::try_from).transpose()
}

/// A page of an application's deliveries, by when they were queued.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    endpoint: Option<WebhookEndpointId>,
    state: Option<DeliveryState>,
    terms: &[Term<DeliveryAttribute>],
    slice: Slice,
) -> Result<(u64, Vec<Delivery>)> {
    let mut query = of(scope);
    if let Some(endpoint) = endpoint {
        query = query.filter(Column::EndpointId.eq(endpoint.to_string()));
    }
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    let query = terms.iter().fold(query, |query, term| query.filter(term.condition(term.by.column())));
    // Ids begin with the time, and there is an index on them.
    let (total, rows) = slice.of(query, Column::Id, Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Delivery::try_from).collect::<Result<_>>()?))
}

/// Queues a delivery once more, with all its time before it. Says whether
/// nobody was about to make it.
pub async fn replay(connection: &impl ConnectionTrait, delivery: &Delivery, now: Timestamp) -> Result<bool> {
    let free = Column::LeasedUntil.is_null().or(Column::LeasedUntil.lte(now.as_millis()));
    let result = Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Pending.as_str()))
        .col_expr(Column::RunAt, Expr::value(delivery.run_at.as_millis()))
        .col_expr(Column::GiveUpAt, Expr::value(delivery.give_up_at.as_millis()))
        .col_expr(Column::Attempts, Expr::value(0_i64))
        // Who leased it once has nothing to say about it any more.
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .col_expr(Column::FinishedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(delivery.id.to_string()))
        .filter(free)
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}
