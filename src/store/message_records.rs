//! Messages as administrators look at them: what became of each, inside a
//! scope. Sending them is the business of [`super::messages`].

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{MessageId, TenantId, UserId};
use crate::domain::mail::MailKind;

use super::entity::messages::{Column, Entity, Model};
use super::entity::{password_resets, users};
use super::messages::{Message, MessageState, from_row};
use super::rows::{json, moment, within};
use super::slice::{Slice, Term};
use super::{Result, StoreError};

/// A message and how it stands.
#[derive(Debug, Clone)]
pub struct MessageRecord {
    /// The message.
    pub message: Message,
    /// Where it is in its life.
    pub state: MessageState,
    /// When it is tried next, or was to be.
    pub run_at: Timestamp,
    /// The latest words about it.
    pub answer: Option<String>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// The address that it goes to, or went to: of a mail with a secret the one
    /// that its reset was made for.
    pub to: Option<String>,
    /// What it was written from, and why that: levels and languages.
    pub template: Option<serde_json::Value>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it changed.
    pub version: i64,
}

impl TryFrom<Model> for MessageRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        let state = MessageState::parse(&row.state).ok_or(StoreError::Corrupt("messages.state"))?;
        let (run_at, finished_at) = (Timestamp::from_millis(row.run_at), moment(row.finished_at));
        let (answer, to, version) = (row.answer.clone(), row.recipient.clone(), row.version);
        let template = row.template.as_deref().map(|text| json(text, "messages.template")).transpose()?;
        let updated_at = Timestamp::from_millis(row.updated_at.unwrap_or(row.created_at));
        let message = from_row(row)?;
        Ok(Self { message, state, run_at, answer, finished_at, to, template, updated_at, version })
    }
}

/// Which messages.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessageFilter {
    /// Only those in this state.
    pub state: Option<MessageState>,
    /// Only those of this kind.
    pub kind: Option<MailKind>,
    /// Only those of this tenant.
    pub tenant: Option<TenantId>,
    /// Only those about this user.
    pub user: Option<UserId>,
}

/// What messages are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageAttribute {
    /// When they were queued.
    Created,
    /// Their kind.
    Kind,
    /// Whose they are.
    Tenant,
    /// Whom they are about.
    User,
}

impl MessageAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Kind => Column::Kind,
            Self::Tenant => Column::TenantId,
            Self::User => Column::UserId,
        }
    }
}

fn of(scope: &Scope) -> Select<Entity> {
    let query = Entity::find().filter(Column::ApplicationId.eq(scope.application().to_string()));
    within(query, scope, Column::TenantId)
}

/// A page of messages, by when they were queued. A row that cannot be read is
/// left out: it must not hide the others.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    filter: MessageFilter,
    terms: &[Term<MessageAttribute>],
    slice: Slice,
) -> Result<(u64, Vec<MessageRecord>)> {
    let mut query = of(scope);
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some(tenant) = filter.tenant {
        query = query.filter(Column::TenantId.eq(tenant.to_string()));
    }
    if let Some(user) = filter.user {
        query = query.filter(Column::UserId.eq(user.to_string()));
    }
    let query = terms.iter().fold(query, |query, term| query.filter(term.condition(term.by.column())));
    // Ids begin with the time, and there is an index on them.
    let (total, rows) = slice.of(query, Column::Id, Column::Id, connection).await?;
    let mut records: Vec<_> = rows.into_iter().filter_map(|row| MessageRecord::try_from(row).ok()).collect();
    address(connection, &mut records).await?;
    Ok((total, records))
}

/// Adds where mails with a secret go, which their rows do not say.
async fn address(connection: &impl ConnectionTrait, records: &mut [MessageRecord]) -> Result<()> {
    let open = |record: &&MessageRecord| record.to.is_none();
    let of_resets = records.iter().filter(open).filter_map(|record| record.message.reset).map(|id| id.to_string());
    let of_users = records.iter().filter(open).filter_map(|record| record.message.user).map(|id| id.to_string());
    let (of_resets, of_users): (Vec<_>, Vec<_>) = (of_resets.collect(), of_users.collect());
    let resets = password_resets::Entity::find().filter(password_resets::Column::Id.is_in(of_resets));
    let users = users::Entity::find().filter(users::Column::Id.is_in(of_users));
    let resets = resets.all(connection).await?.into_iter().map(|reset| (reset.id, reset.email));
    let users = users.all(connection).await?.into_iter().map(|user| (user.id, user.email));
    let known: HashMap<String, String> = resets.chain(users).collect();
    for record in records.iter_mut().filter(|record| record.to.is_none()) {
        let (reset, user) = (record.message.reset, record.message.user);
        let of_reset = reset.and_then(|id| known.get(&id.to_string()));
        record.to = of_reset.or_else(|| user.and_then(|id| known.get(&id.to_string()))).cloned();
    }
    Ok(())
}

/// Reads one message inside the scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: MessageId) -> Result<Option<MessageRecord>> {
    let found = of(scope).filter(Column::Id.eq(id.to_string())).one(connection).await?;
    let Some(row) = found else { return Ok(None) };
    let mut record = [MessageRecord::try_from(row)?];
    address(connection, &mut record).await?;
    let [record] = record;
    Ok(Some(record))
}

/// Queues a message again that was given up or kept back, with all its tries
/// before it. Says whether it still was in that state.
pub async fn replay(
    connection: &impl ConnectionTrait,
    id: MessageId,
    state: MessageState,
    now: Timestamp,
) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::State, Expr::value(MessageState::Queued.as_str()))
        .col_expr(Column::RunAt, Expr::value(now.as_millis()))
        .col_expr(Column::Attempts, Expr::value(0_i64))
        .col_expr(Column::Stuck, Expr::value(0_i64))
        .col_expr(Column::FinishedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::State.eq(state.as_str()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}
