//! Whether anything changed that decides what callers may do: one number that
//! every such change moves on in its own transaction, and that every instance
//! reads together with the time. Whoever sees it moved forgets what they
//! remember of callers, so a change is in force everywhere from the next call
//! on.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Result, StoreError};

/// Says that something changed; to be called in the transaction of the change.
pub async fn advance(connection: &impl ConnectionTrait) -> Result<()> {
    let sql = "UPDATE access_state SET version = version + 1 WHERE id = 1";
    let result = connection.execute_unprepared(sql).await?;
    if result.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Corrupt("access_state")) }
}

/// How often anything has changed.
pub(super) async fn read(connection: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT version AS n FROM access_state WHERE id = 1";
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    Ok(row.ok_or(StoreError::Corrupt("access_state"))?.try_get("", "n")?)
}

/// The time and [`read`] in one question.
pub(super) async fn read_with_time(connection: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now, \
               (SELECT version FROM access_state WHERE id = 1) AS version";
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    let row = row.ok_or(StoreError::Corrupt("clock"))?;
    Ok((row.try_get("", "now")?, row.try_get("", "version")?))
}
