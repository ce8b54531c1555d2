//! Every attempt to hand a message over, with the provider's own words.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{MailAttemptId, MessageId};

use super::batch::Batch;
use super::entity::message_attempts::{Column, Entity, Model};
use super::rows::{count, read, whole};
use super::{Result, StoreError};

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The provider took it.
    Accepted,
    /// It failed for now.
    Deferred,
    /// The provider refused it for good.
    Refused,
}

impl AttemptOutcome {
    /// As stored and as answered.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Deferred => "DEFERRED",
            Self::Refused => "REFUSED",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Accepted, Self::Deferred, Self::Refused].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// One attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its name.
    pub id: MailAttemptId,
    /// Which message.
    pub message: MessageId,
    /// The how many-th try of the message it belongs to; one try may be several
    /// attempts, with one transport after the other.
    pub number: u32,
    /// The name of the transport.
    pub transport: String,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// How far it had come when it failed.
    pub stage: Option<String>,
    /// The three digits of the provider's answer, if it gave one.
    pub code: Option<u16>,
    /// The provider's own words: one line, no secret.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// When it ended.
    pub created_at: Timestamp,
}

impl TryFrom<Model> for Attempt {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "message_attempts.id")?,
            message: read(&row.message_id, "message_attempts.message_id")?,
            number: count(row.number),
            transport: row.transport,
            outcome: AttemptOutcome::parse(&row.outcome).ok_or(StoreError::Corrupt("message_attempts.outcome"))?,
            stage: row.stage,
            code: row.code.and_then(|code| u16::try_from(code).ok()),
            answer: row.answer,
            took: u64::try_from(row.took).unwrap_or_default(),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Records attempts.
pub fn record<'a>(batch: &mut Batch, attempts: impl IntoIterator<Item = &'a Attempt>) {
    let row = |attempt: &Attempt| {
        whole(Model {
            id: attempt.id.to_string(),
            message_id: attempt.message.to_string(),
            number: i64::from(attempt.number),
            transport: attempt.transport.clone(),
            outcome: attempt.outcome.as_str().to_owned(),
            stage: attempt.stage.clone(),
            code: attempt.code.map(i64::from),
            answer: attempt.answer.clone(),
            took: i64::try_from(attempt.took).unwrap_or(i64::MAX),
            created_at: attempt.created_at.as_millis(),
        })
    };
    let rows: Vec<_> = attempts.into_iter().map(row).collect();
    if !rows.is_empty() {
        batch.add(&Entity::insert_many(rows));
    }
}

/// The attempts of a message that was found inside a scope, oldest first.
pub async fn list(connection: &impl ConnectionTrait, message: MessageId) -> Result<Vec<Attempt>> {
    let query = Entity::find().filter(Column::MessageId.eq(message.to_string())).order_by_asc(Column::Id);
    query.all(connection).await?.into_iter().map(Attempt::try_from).collect()
}
