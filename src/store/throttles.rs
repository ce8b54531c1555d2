//! Throttles that hold across instances, because they live in the database.
//!
//! Two shapes cover every limit: a token bucket (a burst, then a steady rate)
//! and a sliding log (never more than N in any window). Keys are names, not
//! addresses: whoever needs an address in one passes its keyed pseudonym.

use std::time::Duration;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, QueryFilter};
use sea_orm::{ConnectionTrait, DbErr, DeleteMany, EntityTrait, Statement};

use crate::domain::clock::Timestamp;

use super::entity::{buckets, sliding_logs};
use super::rows::{json, locked, to_json, whole};
use super::{Result, StoreError};

/// How often a row that vanishes while one waits for it is made again.
const LOCK_TRIES: usize = 8;

/// A burst, then one per `interval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many may come at once.
    pub burst: u32,
    /// After which time one more may.
    pub interval: Duration,
}

/// Never more than `most` in any `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub most: usize,
    /// In which time.
    pub window: Duration,
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The whole of the generic cell rate algorithm in one statement, so that no
/// two instances can both take the last place.
const TAKE: &str = "INSERT INTO buckets (key, arrival_at) VALUES ($1, $2 + $3) \
    ON CONFLICT (key) DO UPDATE SET arrival_at = \
    CASE WHEN buckets.arrival_at > $2 THEN buckets.arrival_at ELSE $2 END + $3 \
    WHERE CASE WHEN buckets.arrival_at > $2 THEN buckets.arrival_at ELSE $2 END + $3 - $2 <= $4";

/// Takes `cost` places of a bucket. `None` when they were free, else how long
/// to wait for them.
pub async fn take(
    connection: &impl ConnectionTrait,
    key: &str,
    rate: Rate,
    cost: u32,
    now: Timestamp,
) -> Result<Option<Duration>> {
    let interval = millis(rate.interval);
    let (step, depth) = (interval.saturating_mul(cost.into()), interval.saturating_mul(rate.burst.into()));
    let values = [key.into(), now.as_millis().into(), step.into(), depth.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), TAKE, values);
    if connection.execute_raw(statement).await?.rows_affected() == 1 {
        return Ok(None);
    }
    let bucket = buckets::Entity::find_by_id(key).one(connection).await?;
    let free_at = bucket.map_or(now.as_millis(), |bucket| bucket.arrival_at.saturating_add(step).saturating_sub(depth));
    Ok(Some(Timestamp::from_millis(free_at).since(now).max(Duration::from_secs(1))))
}

/// Marks one event in a sliding log, unless it is full; to be called in a
/// transaction. `None` when it was marked, else how long until a place frees.
pub async fn mark(
    connection: &impl ConnectionTrait,
    key: &str,
    quota: Quota,
    now: Timestamp,
) -> Result<Option<Duration>> {
    let mut marks = locked_marks(connection, key).await?;
    retain_recent(&mut marks, quota, now);
    if marks.len() >= quota.most {
        return Ok(Some(wait(&marks, quota, now)));
    }
    marks.push(now.as_millis());
    write(connection, key, &marks, now + quota.window).await?;
    Ok(None)
}

/// Whether a sliding log is full, without marking anything.
pub async fn is_full(
    connection: &impl ConnectionTrait,
    key: &str,
    quota: Quota,
    now: Timestamp,
) -> Result<Option<Duration>> {
    let Some(row) = sliding_logs::Entity::find_by_id(key).one(connection).await? else { return Ok(None) };
    let mut marks: Vec<i64> = json(&row.marks, "sliding_logs.marks")?;
    retain_recent(&mut marks, quota, now);
    Ok((marks.len() >= quota.most).then(|| wait(&marks, quota, now)))
}

/// Takes one mark of the time `at` back; to be called in a transaction.
pub async fn unmark(connection: &impl ConnectionTrait, key: &str, at: Timestamp) -> Result<()> {
    let mut marks = locked_marks(connection, key).await?;
    if let Some(position) = marks.iter().position(|mark| *mark == at.as_millis()) {
        marks.remove(position);
        let body = to_json(&marks, "sliding_logs.marks")?;
        sliding_logs::Entity::update_many()
            .col_expr(sliding_logs::Column::Marks, Expr::value(body))
            .filter(sliding_logs::Column::Key.eq(key))
            .exec(connection)
            .await?;
    }
    Ok(())
}

/// Forgets every mark of some logs: a success clears the failures before it.
pub async fn clear(connection: &impl ConnectionTrait, keys: &[&str]) -> Result<()> {
    clearing(keys).exec(connection).await?;
    Ok(())
}

/// The same, as one of several statements.
#[must_use]
pub fn clearing(keys: &[&str]) -> DeleteMany<sliding_logs::Entity> {
    sliding_logs::Entity::delete_many().filter(sliding_logs::Column::Key.is_in(keys.iter().copied()))
}

/// The marks of a log, whose row is made when missing so that it can be locked.
/// Whoever waited for a row that was deleted meanwhile makes it again: a mark
/// that is written must never be lost.
async fn locked_marks(connection: &impl ConnectionTrait, key: &str) -> Result<Vec<i64>> {
    for _ in 0..LOCK_TRIES {
        let empty = sliding_logs::Model { key: key.to_owned(), marks: "[]".to_owned(), expires_at: 0 };
        sliding_logs::Entity::insert(whole(empty))
            .on_conflict(OnConflict::column(sliding_logs::Column::Key).do_nothing().to_owned())
            .exec_without_returning(connection)
            .await?;
        if let Some(row) = locked(sliding_logs::Entity::find_by_id(key), connection, None).one(connection).await? {
            return json(&row.marks, "sliding_logs.marks");
        }
    }
    Err(StoreError::Database(DbErr::RecordNotFound(format!("sliding_logs {key}"))))
}

async fn write(connection: &impl ConnectionTrait, key: &str, marks: &[i64], expires_at: Timestamp) -> Result<()> {
    sliding_logs::Entity::update_many()
        .col_expr(sliding_logs::Column::Marks, Expr::value(to_json(&marks, "sliding_logs.marks")?))
        .col_expr(sliding_logs::Column::ExpiresAt, Expr::value(expires_at.as_millis()))
        .filter(sliding_logs::Column::Key.eq(key))
        .exec(connection)
        .await?;
    Ok(())
}

fn retain_recent(marks: &mut Vec<i64>, quota: Quota, now: Timestamp) {
    let horizon = (now - quota.window).as_millis();
    marks.retain(|mark| *mark > horizon);
}

fn wait(marks: &[i64], quota: Quota, now: Timestamp) -> Duration {
    let oldest = marks.iter().min().copied().unwrap_or_default();
    (Timestamp::from_millis(oldest) + quota.window).since(now).max(Duration::from_secs(1))
}

/// Some are free; after that one per wait, which doubles from `first` to
/// `longest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    /// How many are free.
    pub free: usize,
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

/// How long failures are remembered, and how many of them.
const FAILURES: Quota = Quota { most: 40, window: Duration::from_secs(24 * 60 * 60) };

/// Marks one attempt, unless those before it ask for a wait; to be called in a
/// transaction. `None` when it was marked.
pub async fn back_off(
    connection: &impl ConnectionTrait,
    key: &str,
    rule: BackOff,
    now: Timestamp,
) -> Result<Option<Duration>> {
    let mut marks = locked_marks(connection, key).await?;
    retain_recent(&mut marks, FAILURES, now);
    if let Some(doublings) = marks.len().checked_sub(rule.free) {
        let factor = 1_u32.checked_shl(u32::try_from(doublings).unwrap_or(u32::MAX)).unwrap_or(u32::MAX);
        let wait = rule.first.saturating_mul(factor).min(rule.longest);
        let latest = marks.iter().max().copied().unwrap_or_default();
        let free_at = Timestamp::from_millis(latest) + wait;
        if now < free_at {
            return Ok(Some(free_at.since(now).max(Duration::from_secs(1))));
        }
    }
    if marks.len() >= FAILURES.most {
        marks.remove(0);
    }
    marks.push(now.as_millis());
    write(connection, key, &marks, now + FAILURES.window).await?;
    Ok(None)
}

/// Takes the latest mark back; to be called in a transaction.
pub async fn unmark_latest(connection: &impl ConnectionTrait, key: &str) -> Result<()> {
    let marks = locked_marks(connection, key).await?;
    match marks.iter().max() {
        Some(latest) => unmark(connection, key, Timestamp::from_millis(*latest)).await,
        None => Ok(()),
    }
}
