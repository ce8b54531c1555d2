//! Work for later: rows committed with their cause, leased by one worker at a
//! time, deleted when done.

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, InsertMany, QueryFilter, Statement};

use crate::domain::clock::Timestamp;
use crate::domain::ids::JobId;

use super::Result;
use super::entity::jobs::{ActiveModel, Column, Entity, Model};
use super::rows::{count, read, whole};

/// A piece of work.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// What it needs, as JSON. Gone with the row when the work is done.
    pub payload: String,
    /// Not before this time.
    pub run_at: Timestamp,
    /// How often it was begun.
    pub attempts: u32,
}

/// Adds jobs in one statement.
pub async fn insert(connection: &impl ConnectionTrait, jobs: &[Job], now: Timestamp) -> Result<()> {
    inserting(jobs, now).exec_without_returning(connection).await?;
    Ok(())
}

/// The same, as one of several statements.
pub(super) fn inserting(jobs: &[Job], now: Timestamp) -> InsertMany<ActiveModel> {
    let rows = jobs.iter().map(|job| {
        whole(Model {
            id: job.id.to_string(),
            kind: job.kind.clone(),
            payload: job.payload.clone(),
            run_at: job.run_at.as_millis(),
            attempts: i64::from(job.attempts),
            leased_by: None,
            leased_until: None,
            last_error: None,
            dead: false,
            created_at: now.as_millis(),
        })
    });
    Entity::insert_many(rows)
}

/// Leases up to `limit` jobs that are due to one worker. A lease that ran out
/// (its worker died) is due again.
pub async fn lease(
    connection: &impl ConnectionTrait,
    worker: &str,
    limit: u64,
    lease: Duration,
    now: Timestamp,
) -> Result<Vec<Job>> {
    let skip = if connection.get_database_backend() == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE jobs SET leased_by = $1, leased_until = $2, attempts = attempts + 1 WHERE id IN (\
         SELECT id FROM jobs WHERE dead = false AND run_at <= $3 AND (leased_until IS NULL OR leased_until <= $3) \
         ORDER BY run_at, id LIMIT {limit}{skip}) RETURNING *"
    );
    let values = [worker.into(), (now + lease).as_millis().into(), now.as_millis().into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let mut rows = Entity::find().from_raw_sql(statement).all(connection).await?;
    rows.sort_by(|a, b| (a.run_at, &a.id).cmp(&(b.run_at, &b.id)));
    rows.into_iter().map(from_row).collect()
}

fn from_row(row: Model) -> Result<Job> {
    Ok(Job {
        id: read(&row.id, "jobs.id")?,
        kind: row.kind,
        payload: row.payload,
        run_at: Timestamp::from_millis(row.run_at),
        attempts: count(row.attempts),
    })
}

/// Removes a job that is done; in the transaction of what it did.
pub async fn delete(connection: &impl ConnectionTrait, id: JobId) -> Result<bool> {
    Ok(Entity::delete_by_id(id.to_string()).exec(connection).await?.rows_affected == 1)
}

/// Removes jobs that are done, in the transaction of what they did. Answers
/// those that were still there.
pub async fn delete_many(connection: &impl ConnectionTrait, ids: &[JobId]) -> Result<Vec<JobId>> {
    let which = Column::Id.is_in(ids.iter().map(ToString::to_string));
    let rows = Entity::delete_many().filter(which).exec_with_returning(connection).await?;
    rows.into_iter().map(|row| read(&row.id, "jobs.id")).collect()
}

/// Gives a job that failed back, if `worker` still has it: for another try at `run_at`, or, when that is
/// absent, to the dead letters.
pub async fn give_back(
    connection: &impl ConnectionTrait,
    worker: &str,
    id: JobId,
    run_at: Option<Timestamp>,
    error: &str,
) -> Result<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::Dead, Expr::value(run_at.is_none()));
    if let Some(run_at) = run_at {
        update = update.col_expr(Column::RunAt, Expr::value(run_at.as_millis()));
    }
    update.filter(Column::Id.eq(id.to_string())).filter(Column::LeasedBy.eq(worker)).exec(connection).await?;
    Ok(())
}

/// Gives back what a worker that stops has not begun.
pub async fn release(connection: &impl ConnectionTrait, worker: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LeasedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::LeasedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::LeasedBy.eq(worker))
        .exec(connection)
        .await?;
    Ok(())
}
