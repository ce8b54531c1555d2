//! Outcomes by idempotency key: what a call made, by name, so that the same
//! call can be answered the same again. Bodies and keys are kept as keyed
//! fingerprints only.

use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::clock::Timestamp;

use super::Result;
use super::entity::idempotency_keys::{Column, Entity, Model};
use super::rows::whole;

/// How long a key is remembered.
pub const LIFETIME: Duration = Duration::from_secs(60);

/// Names one call: who, where, which.
#[derive(Debug, Clone)]
pub struct CallKey {
    /// The caller's id.
    pub caller: String,
    /// The route.
    pub route: String,
    /// Keyed fingerprint of the `Idempotency-Key`.
    pub key: String,
}

/// What an earlier call with the same key was and made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Keyed fingerprint of its body.
    pub body: String,
    /// The id of what it made.
    pub made: String,
}

/// Reads the outcome of a call that began after `since`.
pub async fn find(connection: &impl ConnectionTrait, call: &CallKey, since: Timestamp) -> Result<Option<Outcome>> {
    let key = (call.caller.clone(), call.route.clone(), call.key.clone());
    let row = Entity::find_by_id(key).filter(Column::CreatedAt.gt(since.as_millis())).one(connection).await?;
    Ok(row.map(|row| Outcome { body: row.body, made: row.outcome }))
}

/// Keeps the outcome of a call, replacing one that is past its time. Says
/// whether it did: of two calls with one key at once, one does not.
pub async fn insert(
    connection: &impl ConnectionTrait,
    call: &CallKey,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<bool> {
    let row = Model {
        caller: call.caller.clone(),
        route: call.route.clone(),
        key: call.key.clone(),
        body: outcome.body.clone(),
        outcome: outcome.made.clone(),
        created_at: now.as_millis(),
    };
    let on_conflict = OnConflict::columns([Column::Caller, Column::Route, Column::Key])
        .update_columns([Column::Body, Column::Outcome, Column::CreatedAt])
        .action_and_where(Column::CreatedAt.lte((now - LIFETIME).as_millis()))
        .to_owned();
    let inserted = Entity::insert(whole(row)).on_conflict(on_conflict).exec_without_returning(connection).await?;
    Ok(inserted == 1)
}
