//! What is no longer needed goes: stale data is deleted by itself.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::clock::Timestamp;
use crate::domain::reset::Status;

use super::Result;
use super::entity::{
    buckets, events, idempotency_keys, jobs, messages, password_resets, refresh_tokens, reset_requests, sessions,
    sliding_logs,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many rows of a table are deleted in one statement.
const CHUNK: u64 = 500;

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

/// What one round of [`purge`] did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Purged {
    /// Rows deleted.
    pub rows: u64,
    /// Whether more may be past their time.
    pub more: bool,
}

/// Deletes some of what is past its time: dead jobs an hour after they were
/// made (they hold an address), request rows an hour after their expiry,
/// finished resets and messages after 30 days, events after 90, sessions 30
/// days after they ended, and counters that count nothing any more. A bounded
/// number of each, so that nobody waits long for the database.
pub async fn purge(connection: &impl ConnectionTrait, now: Timestamp) -> Result<Purged> {
    let before = |age: Duration| (now - age).as_millis();
    let (hour, month) = (before(DAY / 24), before(DAY * 30));
    let dead = jobs::Column::Dead.eq(true).and(jobs::Column::CreatedAt.lt(hour));
    let over = sessions::Column::EndedAt.lt(month).or(sessions::Column::ExpiresAt.lt(month));
    // Longer than any session lives: the reuse of an old one must show until then.
    let reused = refresh_tokens::Column::CreatedAt.lt(before(DAY * 60));
    let call = [idempotency_keys::Column::Caller, idempotency_keys::Column::Route, idempotency_keys::Column::Key];
    let deleted = [
        some::<jobs::Entity>(connection, &[jobs::Column::Id], dead).await?,
        some::<reset_requests::Entity>(
            connection,
            &[reset_requests::Column::Id],
            reset_requests::Column::ExpiresAt.lt(hour),
        )
        .await?,
        some::<password_resets::Entity>(
            connection,
            &[password_resets::Column::Id],
            password_resets::Column::FinishedAt.lt(month),
        )
        .await?,
        some::<messages::Entity>(connection, &[messages::Column::Id], messages::Column::FinishedAt.lt(month)).await?,
        some::<events::Entity>(connection, &[events::Column::Id], events::Column::CreatedAt.lt(before(DAY * 90)))
            .await?,
        some::<sessions::Entity>(connection, &[sessions::Column::Id], over).await?,
        some::<refresh_tokens::Entity>(connection, &[refresh_tokens::Column::Digest], reused).await?,
        some::<sliding_logs::Entity>(
            connection,
            &[sliding_logs::Column::Key],
            sliding_logs::Column::ExpiresAt.lt(now.as_millis()),
        )
        .await?,
        some::<buckets::Entity>(connection, &[buckets::Column::Key], buckets::Column::ArrivalAt.lt(now.as_millis()))
            .await?,
        some::<idempotency_keys::Entity>(connection, &call, idempotency_keys::Column::CreatedAt.lt(hour)).await?,
    ];
    Ok(Purged { rows: deleted.iter().sum(), more: deleted.contains(&CHUNK) })
}

/// Deletes at most [`CHUNK`] rows, found by their primary key.
async fn some<E: EntityTrait>(connection: &impl ConnectionTrait, key: &[E::Column], which: Expr) -> Result<u64> {
    let found = Query::select().columns(key.iter().copied()).from(E::default()).and_where(which).limit(CHUNK).take();
    let key = Expr::tuple(key.iter().map(|column| Expr::col(*column)));
    Ok(E::delete_many().filter(key.in_subquery(found)).exec(connection).await?.rows_affected)
}
