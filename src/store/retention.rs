//! What is no longer needed goes: stale data is deleted by itself.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::clock::Timestamp;
use crate::domain::reset::Status;

use super::Result;
use super::entity::{
    buckets, email_verifications, events, idempotency_keys, jobs, mail_suppressions, messages, operator_invitations,
    operator_sessions, password_resets, pending_sign_ins, refresh_tokens, reset_requests, sessions, sliding_logs,
    webhook_deliveries,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long events are kept.
pub const EVENTS: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How many rows of a table are changed or deleted in one statement.
const CHUNK: u64 = 500;

/// What one round did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Round {
    /// Rows changed or deleted.
    pub rows: u64,
    /// Whether more may be past their time.
    pub more: bool,
}

/// Marks some of the resets whose time is over as expired. Nothing depends on
/// it: whoever reads a reset compares its expiry.
pub async fn expire_resets(connection: &impl ConnectionTrait, now: Timestamp) -> Result<Round> {
    let over = password_resets::Column::Status
        .eq(Status::Pending.as_str())
        .and(password_resets::Column::ExpiresAt.lte(now.as_millis()));
    let found = some_keys::<password_resets::Entity>(&[password_resets::Column::Id], over);
    let result = password_resets::Entity::update_many()
        .col_expr(password_resets::Column::Status, Expr::value(Status::Expired.as_str()))
        .col_expr(password_resets::Column::FinishedAt, Expr::col(password_resets::Column::ExpiresAt))
        .filter(password_resets::Column::Status.eq(Status::Pending.as_str()))
        .filter(password_resets::Column::Id.in_subquery(found))
        .exec(connection)
        .await?;
    Ok(Round { rows: result.rows_affected, more: result.rows_affected == CHUNK })
}

/// Deletes some of what is past its time: dead jobs an hour after they were
/// made (they hold an address), request rows and sign-ins that waited for their
/// second factor an hour after their expiry, finished resets, verifications of
/// addresses and messages after 30 days, events after 90, sessions 30
/// days after they ended, and counters that count nothing any more. A bounded
/// number of each, so that nobody waits long for the database.
pub async fn purge(connection: &impl ConnectionTrait, now: Timestamp) -> Result<Round> {
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
        some::<email_verifications::Entity>(
            connection,
            &[email_verifications::Column::Id],
            email_verifications::Column::ExpiresAt.lt(month),
        )
        .await?,
        some::<messages::Entity>(connection, &[messages::Column::Id], messages::Column::FinishedAt.lt(month)).await?,
        some::<events::Entity>(connection, &[events::Column::Id], events::Column::CreatedAt.lt(before(EVENTS))).await?,
        some::<webhook_deliveries::Entity>(
            connection,
            &[webhook_deliveries::Column::Id],
            webhook_deliveries::Column::FinishedAt.lt(month),
        )
        .await?,
        some::<sessions::Entity>(connection, &[sessions::Column::Id], over).await?,
        some::<pending_sign_ins::Entity>(
            connection,
            &[pending_sign_ins::Column::Id],
            pending_sign_ins::Column::ExpiresAt.lt(hour),
        )
        .await?,
        some::<refresh_tokens::Entity>(connection, &[refresh_tokens::Column::Digest], reused).await?,
        some::<sliding_logs::Entity>(
            connection,
            &[sliding_logs::Column::Key],
            sliding_logs::Column::ExpiresAt.lt(now.as_millis()),
        )
        .await?,
        some::<buckets::Entity>(connection, &[buckets::Column::Key], buckets::Column::ArrivalAt.lt(now.as_millis()))
            .await?,
        some::<operator_invitations::Entity>(
            connection,
            &[operator_invitations::Column::Id],
            operator_invitations::Column::ExpiresAt.lt(before(DAY)),
        )
        .await?,
        some::<operator_sessions::Entity>(
            connection,
            &[operator_sessions::Column::Id],
            operator_sessions::Column::ExpiresAt.lt(month),
        )
        .await?,
        some::<mail_suppressions::Entity>(
            connection,
            &[mail_suppressions::Column::Id],
            mail_suppressions::Column::ExpiresAt.lt(now.as_millis()),
        )
        .await?,
        some::<idempotency_keys::Entity>(connection, &call, idempotency_keys::Column::CreatedAt.lt(hour)).await?,
    ];
    let orphaned = purge_attempts(connection, month).await?;
    let rows = deleted.iter().sum::<u64>() + orphaned;
    Ok(Round { rows, more: deleted.contains(&CHUNK) || orphaned == CHUNK })
}

/// Deletes some of the attempts whose message is gone. Those of one that is
/// kept are older than it only while it waits, so few are looked at in vain.
async fn purge_attempts(connection: &impl ConnectionTrait, before: i64) -> Result<u64> {
    let sql = format!(
        "DELETE FROM message_attempts WHERE id IN (SELECT a.id FROM message_attempts AS a WHERE a.created_at < {before} \
         AND NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.id = a.message_id) LIMIT {CHUNK})"
    );
    Ok(connection.execute_unprepared(&sql).await?.rows_affected())
}

/// Deletes some of what was on its way to an endpoint that is gone. The names
/// of the endpoints are read off an index one after the other, however much
/// there is for each.
pub async fn purge_unaddressed(connection: &impl ConnectionTrait) -> Result<Round> {
    let sql = format!(
        "WITH RECURSIVE named(name) AS (SELECT min(endpoint_id) FROM webhook_deliveries UNION ALL \
         SELECT (SELECT min(d.endpoint_id) FROM webhook_deliveries AS d WHERE d.endpoint_id > named.name) \
         FROM named WHERE named.name IS NOT NULL) \
         DELETE FROM webhook_deliveries WHERE id IN (SELECT d.id FROM webhook_deliveries AS d WHERE d.endpoint_id = \
         (SELECT name FROM named WHERE name IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM webhook_endpoints AS e WHERE e.id = named.name) LIMIT 1) LIMIT {CHUNK})"
    );
    let rows = connection.execute_unprepared(&sql).await?.rows_affected();
    Ok(Round { rows, more: rows > 0 })
}

/// Deletes at most [`CHUNK`] rows, found by their primary key.
async fn some<E: EntityTrait>(connection: &impl ConnectionTrait, key: &[E::Column], which: Expr) -> Result<u64> {
    let found = some_keys::<E>(key, which);
    let key = Expr::tuple(key.iter().map(|column| Expr::col(*column)));
    Ok(E::delete_many().filter(key.in_subquery(found)).exec(connection).await?.rows_affected)
}

/// The primary keys of at most [`CHUNK`] rows.
fn some_keys<E: EntityTrait>(key: &[E::Column], which: Expr) -> SelectStatement {
    Query::select().columns(key.iter().copied()).from(E::default()).and_where(which).limit(CHUNK).take()
}
