//! The outbox: one row per email, written in the transaction of the thing that
//! caused it. A row holds the kind, the user, the reset and a few facts; never
//! the rendered body and never a secret.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Statement,
    UpdateMany, Value,
};
use serde::{Serialize, Serializer};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, MessageId, PasswordResetId, TenantId, UserId};
use crate::domain::mail::MailKind;

use super::batch::Batch;
use super::entity::messages::{Column, Entity, Model};
use super::rows::{count, json, read, read_optional, to_json, whole};
use super::{Result, StoreError};

/// Where a message is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// To be sent.
    Queued,
    /// A provider took it.
    Sent,
    /// Given up; the provider's last words are in the row.
    Dead,
    /// Not to be sent any more: its secret is no longer good, or the address
    /// has changed.
    Dropped,
    /// Not sent, because the address gets no mail for a while.
    Suppressed,
}

impl MessageState {
    /// As stored and as a metrics label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Dropped => "dropped",
            Self::Suppressed => "suppressed",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Queued, Self::Sent, Self::Dead, Self::Dropped, Self::Suppressed];
        all.into_iter().find(|state| state.as_str() == text)
    }
}

/// One email in the outbox.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its name, and the left part of its `Message-ID`.
    pub id: MessageId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// What it says.
    pub kind: MailKind,
    /// Whom it is about.
    pub user: Option<UserId>,
    /// Whose secret it carries, or what it tells of.
    pub reset: Option<PasswordResetId>,
    /// Where it goes when that was fixed as it was queued: a notice goes to
    /// the address of then. Mail with a secret has none; it goes to the
    /// address the user has when it is sent.
    pub recipient: Option<String>,
    /// Keyed pseudonym of the mailbox; mails of one mailbox keep their order.
    pub mailbox: String,
    /// The language asked for.
    pub locale: Option<String>,
    /// What the text tells besides: nothing secret.
    pub facts: serde_json::Value,
    /// Tries so far.
    pub attempts: u32,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// Queues messages in one statement.
pub async fn insert(connection: &impl ConnectionTrait, messages: &[Message]) -> Result<()> {
    let mut batch = Batch::new(connection);
    queue(&mut batch, messages)?;
    batch.run(connection).await?;
    Ok(())
}

/// The same, as one of several statements.
pub fn queue(batch: &mut Batch, messages: &[Message]) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let rows = messages
        .iter()
        .map(|message| {
            let row = Model {
                id: message.id.to_string(),
                application_id: message.application.to_string(),
                tenant_id: message.tenant.to_string(),
                kind: message.kind.as_str().to_owned(),
                user_id: message.user.map(|id| id.to_string()),
                reset_id: message.reset.map(|id| id.to_string()),
                recipient: message.recipient.clone(),
                mailbox: message.mailbox.clone(),
                locale: message.locale.clone(),
                facts: to_json(&message.facts, "messages.facts")?,
                state: MessageState::Queued.as_str().to_owned(),
                run_at: message.created_at.as_millis(),
                attempts: 0,
                leased_by: None,
                leased_until: None,
                answer: None,
                created_at: message.created_at.as_millis(),
                finished_at: None,
                template: None,
                stuck: 0,
                version: 0,
                updated_at: None,
            };
            Ok(whole(row))
        })
        .collect::<Result<Vec<_>>>()?;
    batch.add(&Entity::insert_many(rows));
    Ok(())
}

/// So many failures of its own, and a message holds up its mailbox no more.
const STUCK: u32 = 6;

/// The names of up to `limit` messages that are due: the oldest of each
/// mailbox, so that a mailbox is served in order and never twice at once. One
/// that waits for its next try holds up those after it, unless it has failed
/// some times for its own sake: then they pass it. Only looked at, so that
/// a long queue does not hold the write lock.
pub async fn list_due(connection: &impl ConnectionTrait, limit: u64, now: Timestamp) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT m.* FROM messages AS m WHERE m.state = 'queued' AND m.run_at <= $1 \
         AND (m.leased_until IS NULL OR m.leased_until <= $1) \
         AND NOT EXISTS (SELECT 1 FROM messages AS earlier WHERE earlier.mailbox = m.mailbox \
         AND earlier.state = 'queued' AND earlier.id < m.id AND earlier.stuck < {STUCK}) \
         ORDER BY m.run_at, m.id LIMIT {limit}"
    );
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, [now.as_millis().into()]);
    let rows = Entity::find().from_raw_sql(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Leases those of the due messages to one worker that nobody else has leased
/// meanwhile.
pub async fn lease(
    connection: &impl ConnectionTrait,
    worker: &str,
    due: &[String],
    lease: Duration,
    now: Timestamp,
) -> Result<Vec<Message>> {
    let free = Column::LeasedUntil.is_null().or(Column::LeasedUntil.lte(now.as_millis()));
    let rows = Entity::update_many()
        .col_expr(Column::LeasedBy, Expr::value(worker))
        .col_expr(Column::LeasedUntil, Expr::value((now + lease).as_millis()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.is_in(due.iter().map(String::as_str)))
        .filter(Column::State.eq(MessageState::Queued.as_str()))
        .filter(free)
        .exec_with_returning(connection)
        .await?;
    let mut leased = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id.clone();
        match from_row(row) {
            Ok(message) => leased.push(message),
            Err(error) => {
                // One bad row must not hold up the rest, nor its own mailbox.
                tracing::error!(message_id = id, error = %error, "a queued mail cannot be read and is given up");
                end(connection, worker, &id, (MessageState::Dead, None), "unreadable", now).await?;
            }
        }
    }
    Ok(leased)
}

/// Keeps the leases of a worker that is still at it.
pub async fn renew(connection: &impl ConnectionTrait, worker: &str, until: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(until.as_millis()))
        .filter(Column::LeasedBy.eq(worker))
        .filter(Column::State.eq(MessageState::Queued.as_str()))
        .exec(connection)
        .await?;
    Ok(())
}

pub(super) fn from_row(row: Model) -> Result<Message> {
    Ok(Message {
        id: read(&row.id, "messages.id")?,
        application: read(&row.application_id, "messages.application_id")?,
        tenant: read(&row.tenant_id, "messages.tenant_id")?,
        kind: MailKind::parse(&row.kind).ok_or(StoreError::Corrupt("messages.kind"))?,
        user: read_optional(row.user_id.as_deref(), "messages.user_id")?,
        reset: read_optional(row.reset_id.as_deref(), "messages.reset_id")?,
        recipient: row.recipient,
        mailbox: row.mailbox,
        locale: row.locale,
        facts: json(&row.facts, "messages.facts")?,
        attempts: count(row.attempts),
        created_at: Timestamp::from_millis(row.created_at),
    })
}

/// A message that a provider took.
#[derive(Debug, Serialize)]
pub struct Sent<'a> {
    /// Which.
    #[serde(serialize_with = "as_text")]
    pub id: MessageId,
    /// The provider's words.
    pub answer: &'a str,
    /// The templates that it was written from.
    pub template: &'a serde_json::Value,
}

fn as_text<S: Serializer>(id: &MessageId, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// Ends messages that a provider took and that this worker has leased. In one
/// statement, whose text is the same for any number of them.
pub fn finish_sent<'a>(
    batch: &mut Batch,
    worker: &str,
    sent: impl Iterator<Item = Sent<'a>>,
    now: Timestamp,
) -> Result<()> {
    let sent: Vec<_> = sent.collect();
    if sent.is_empty() {
        return Ok(());
    }
    let postgres = batch.backend() == DbBackend::Postgres;
    let [all, one, two, three] = if postgres {
        ["json_array_elements($1::text::json) AS each(value)", "$2", "$3", "$4"]
    } else {
        ["json_each(?)", "?", "?", "?"]
    };
    // The state is compared as an expression, because SQLite would look through
    // everything that is queued instead of finding these.
    let sql = format!(
        "WITH sent AS (SELECT value->>'id' AS id, value->>'answer' AS answer, value->>'template' AS template FROM {all}) \
         UPDATE messages SET state = 'sent', answer = (SELECT answer FROM sent WHERE sent.id = messages.id), \
         template = (SELECT template FROM sent WHERE sent.id = messages.id), finished_at = {one}, updated_at = {two}, \
         version = version + 1, leased_by = NULL, leased_until = NULL \
         WHERE id IN (SELECT id FROM sent) AND leased_by = {three} AND state || '' = 'queued'"
    );
    let now = now.as_millis();
    let values: [Value; 4] = [to_json(&sent, "messages")?.into(), now.into(), now.into(), worker.into()];
    batch.push(Statement::from_sql_and_values(batch.backend(), sql, values));
    Ok(())
}

/// Ends a message that this worker has leased, with the provider's words, and
/// with the templates that it was written from, if it was.
pub async fn finish(
    connection: &impl ConnectionTrait,
    worker: &str,
    id: MessageId,
    state: MessageState,
    answer: &str,
    template: Option<&serde_json::Value>,
    now: Timestamp,
) -> Result<bool> {
    let template = template.map(|template| to_json(template, "messages.template")).transpose()?;
    end(connection, worker, &id.to_string(), (state, template), answer, now).await
}

async fn end(
    connection: &impl ConnectionTrait,
    worker: &str,
    id: &str,
    (state, template): (MessageState, Option<String>),
    answer: &str,
    now: Timestamp,
) -> Result<bool> {
    let mut update = Entity::update_many();
    if let Some(template) = template {
        update = update.col_expr(Column::Template, Expr::value(template));
    }
    if matches!(state, MessageState::Dropped | MessageState::Suppressed) {
        // It was looked at and offered to nobody: that is no try.
        update = update.col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1));
    }
    let result = update
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::FinishedAt, Expr::value(now.as_millis()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::LeasedBy.eq(worker))
        .filter(Column::State.eq(MessageState::Queued.as_str()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

fn giving_back(worker: &str, id: MessageId, run_at: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::RunAt, Expr::value(run_at.as_millis()))
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::LeasedBy.eq(worker))
        .filter(Column::State.eq(MessageState::Queued.as_str()))
}

/// Gives a message back for another try at `run_at`, with the provider's words.
/// `own` says whether it failed for its own sake.
pub async fn retry(
    connection: &impl ConnectionTrait,
    worker: &str,
    id: MessageId,
    (answer, own): (&str, bool),
    run_at: Timestamp,
) -> Result<()> {
    giving_back(worker, id, run_at)
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::Stuck, Expr::col(Column::Stuck).add(i64::from(own)))
        .exec(connection)
        .await?;
    Ok(())
}

/// Gives a message back that was not offered to anybody: that is no try.
pub async fn postpone(connection: &impl ConnectionTrait, worker: &str, id: MessageId, run_at: Timestamp) -> Result<()> {
    giving_back(worker, id, run_at)
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .exec(connection)
        .await?;
    Ok(())
}

/// Drops the mails of resets that are over, but for those that somebody is
/// about to send and will look at anyway.
pub async fn drop_over(connection: &impl ConnectionTrait, resets: &[String], now: Timestamp) -> Result<()> {
    for some in resets.chunks(CHUNK) {
        let names: Vec<String> = (3..3 + some.len()).map(|place| format!("${place}")).collect();
        let backend = connection.get_database_backend();
        let skip = if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE messages SET state = 'dropped', answer = $1, finished_at = $2, \
             version = version + 1, updated_at = $2 WHERE id IN (SELECT id FROM messages \
             WHERE reset_id IN ({}) AND state = 'queued' AND recipient IS NULL \
             AND (leased_until IS NULL OR leased_until <= $2){skip})",
            names.join(", ")
        );
        let mut values: Vec<sea_orm::Value> = vec!["the reset is not pending any more".into(), now.as_millis().into()];
        values.extend(some.iter().map(|id| id.as_str().into()));
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

/// How many names are bound in one statement.
const CHUNK: usize = 500;

/// Gives back what a worker that stops has leased.
pub async fn release(connection: &impl ConnectionTrait, worker: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::LeasedBy.eq(worker))
        .filter(Column::State.eq(MessageState::Queued.as_str()))
        .exec(connection)
        .await?;
    Ok(())
}

/// How many messages wait, and since when the oldest of them does.
pub async fn backlog(connection: &impl ConnectionTrait) -> Result<(u64, Option<Timestamp>)> {
    let queued = || Entity::find().filter(Column::State.eq(MessageState::Queued.as_str()));
    let depth = queued().count(connection).await?;
    let oldest = queued().order_by_asc(Column::CreatedAt).one(connection).await?;
    Ok((depth, oldest.map(|row| Timestamp::from_millis(row.created_at))))
}
