//! The jobs: each kind is one use case.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::domain::clock::Timestamp;
use crate::jobs::pace::Pace;
use crate::store::StoreError;
use crate::store::jobs::{self, Job};
use crate::workflows::resets::exhaust::EXHAUST_JOB;
use crate::workflows::resets::request::ISSUE_JOB;
use crate::workflows::resets::resend::RESEND_JOB;
use crate::workflows::settle::back_off;
use crate::workflows::tenants::DELETE_TENANT_JOB;
use crate::workflows::{Engine, Outcome};

/// How many jobs are leased at once, and for how long.
const BATCH: u64 = 64;
const LEASE: Duration = Duration::from_secs(60);
/// How many requests are answered in one transaction: enough to share its
/// cost, few enough that nobody waits long for the database.
const TOGETHER: usize = 16;
/// After this many tries a job is dead.
const TRIES: u32 = 20;

/// Does the jobs that are due, at most one batch, and begins none any more once
/// `is_told` to stop. Says how many there were.
///
/// # Errors
/// When the database is gone.
pub async fn work(engine: &Engine, pace: &Pace, worker: &str, is_told: impl Fn() -> bool) -> Outcome<usize> {
    let now = engine.now().await?;
    let lease = jobs::lease(engine.database.write(), worker, BATCH, LEASE, now);
    let due = pace.step(engine, lease).await?;
    let (requests, others): (Vec<_>, Vec<_>) = due.iter().partition(|job| job.kind == ISSUE_JOB);
    for batch in requests.chunks(TOGETHER) {
        if is_told() {
            break;
        }
        // One bad job must not hold up its neighbours: each goes alone then.
        if pace.step(engine, Box::pin(answer(engine, batch, now))).await.is_err() {
            for job in batch {
                settle(engine, worker, job, answer(engine, &[*job], now).await, now).await?;
            }
        }
    }
    for job in others {
        if is_told() {
            break;
        }
        let outcome = pace.step(engine, Box::pin(perform(engine, job, now))).await;
        settle(engine, worker, job, outcome, now).await?;
    }
    Ok(due.len())
}

async fn answer(engine: &Engine, batch: &[&Job], now: Timestamp) -> Outcome<()> {
    let tasks = batch.iter().map(|job| Ok((job.id, payload(job)?))).collect::<Outcome<Vec<_>>>()?;
    engine.answer_requests(tasks, now).await
}

async fn perform(engine: &Engine, job: &Job, now: Timestamp) -> Outcome<()> {
    match job.kind.as_str() {
        RESEND_JOB => engine.answer_resend(job.id, &payload(job)?, now).await,
        EXHAUST_JOB => engine.exhaust(job.id, &payload(job)?, now).await,
        DELETE_TENANT_JOB => engine.delete_tenant_step(job.id, &payload(job)?, now).await,
        _ => Err(StoreError::Corrupt("jobs.kind").into()),
    }
}

/// Gives a job that failed back, for later or to the dead letters.
async fn settle(engine: &Engine, worker: &str, job: &Job, outcome: Outcome<()>, now: Timestamp) -> Outcome<()> {
    let Err(failure) = outcome else { return Ok(()) };
    tracing::warn!(job_id = %job.id, kind = job.kind, attempts = job.attempts, error = %failure, "a job failed");
    let again = (job.attempts < TRIES).then(|| now + back_off(job.attempts, engine.entropy.u128()));
    Ok(jobs::give_back(engine.database.write(), worker, job.id, again, &failure.to_string()).await?)
}

fn payload<T: DeserializeOwned>(job: &Job) -> Outcome<T> {
    serde_json::from_str(&job.payload).map_err(|_| StoreError::Corrupt("jobs.payload").into())
}
