//! What is no longer needed goes: stale data is deleted by itself.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::clock::Timestamp;
use crate::domain::reset::Status;

use super::Result;
use super::entity::{
    buckets, events, idempotency_keys, messages, password_resets, refresh_tokens, reset_requests, sessions,
    sliding_logs,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Marks the resets whose time is over as expired. Nothing depends on it:
/// whoever reads a reset compares its expiry.
pub async fn expire_resets(connection: &impl ConnectionTrait, now: Timestamp) -> Result<u64> {
    let result = password_resets::Entity::update_many()
        .col_expr(password_resets::Column::Status, Expr::value(Status::Expired.as_str()))
        .col_expr(password_resets::Column::FinishedAt, Expr::col(password_resets::Column::ExpiresAt))
        .filter(password_resets::Column::Status.eq(Status::Pending.as_str()))
        .filter(password_resets::Column::ExpiresAt.lte(now.as_millis()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected)
}

/// Deletes what is past its time: request rows an hour after their expiry,
/// finished resets and messages after 30 days, events after 90, sessions 30
/// days after they ended, and counters that count nothing any more.
pub async fn purge(connection: &impl ConnectionTrait, now: Timestamp) -> Result<u64> {
    let before = |age: Duration| (now - age).as_millis();
    let mut rows = 0;
    rows += reset_requests::Entity::delete_many()
        .filter(reset_requests::Column::ExpiresAt.lt(before(DAY / 24)))
        .exec(connection)
        .await?
        .rows_affected;
    rows += password_resets::Entity::delete_many()
        .filter(password_resets::Column::FinishedAt.lt(before(DAY * 30)))
        .exec(connection)
        .await?
        .rows_affected;
    rows += messages::Entity::delete_many()
        .filter(messages::Column::FinishedAt.lt(before(DAY * 30)))
        .exec(connection)
        .await?
        .rows_affected;
    rows += events::Entity::delete_many()
        .filter(events::Column::CreatedAt.lt(before(DAY * 90)))
        .exec(connection)
        .await?
        .rows_affected;
    rows += sessions::Entity::delete_many()
        .filter(sessions::Column::EndedAt.lt(before(DAY * 30)).or(sessions::Column::ExpiresAt.lt(before(DAY * 30))))
        .exec(connection)
        .await?
        .rows_affected;
    // Longer than any session lives: the reuse of an old one must show until then.
    rows += refresh_tokens::Entity::delete_many()
        .filter(refresh_tokens::Column::CreatedAt.lt(before(DAY * 60)))
        .exec(connection)
        .await?
        .rows_affected;
    rows += purge_counters(connection, now).await?;
    Ok(rows)
}

async fn purge_counters(connection: &impl ConnectionTrait, now: Timestamp) -> Result<u64> {
    let logs = sliding_logs::Entity::delete_many()
        .filter(sliding_logs::Column::ExpiresAt.lt(now.as_millis()))
        .exec(connection)
        .await?;
    let buckets =
        buckets::Entity::delete_many().filter(buckets::Column::ArrivalAt.lt(now.as_millis())).exec(connection).await?;
    let calls = idempotency_keys::Entity::delete_many()
        .filter(idempotency_keys::Column::CreatedAt.lt((now - DAY / 24).as_millis()))
        .exec(connection)
        .await?;
    Ok(logs.rows_affected + buckets.rows_affected + calls.rows_affected)
}
