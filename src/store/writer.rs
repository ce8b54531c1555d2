//! Group commit: many small rows that arrive at once share one transaction.
//!
//! A durable commit costs a flush of the disk whatever it holds, so requests
//! by address queue here; whoever comes while a commit is under way goes into
//! the next one. Each is answered after the COMMIT, so nothing is promised
//! that a power cut could take back. This is the one place that begins a
//! transaction of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::ConnectionTrait;
use tokio::sync::{mpsc, oneshot};

use crate::domain::clock::Timestamp;
use crate::domain::reset::ResetRequest;
use crate::domain::secret::SecretDigest;

use super::batch::Batch;
use super::idempotency::{CallKey, Outcome};
use super::jobs::Job;
use super::throttles::{self, Rate};
use super::{Database, Result, StoreError, idempotency, jobs, requests};

/// How many requests share a commit at most, and how many may wait for one.
const GROUP: usize = 64;
const QUEUE: usize = 4096;

/// A request by address, with everything that is committed together.
#[derive(Debug)]
pub struct Arrival {
    /// The request row.
    pub request: ResetRequest,
    /// Digest of its `requestCode`, if it has one.
    pub code: Option<SecretDigest>,
    /// The work that follows.
    pub job: Job,
    /// The throttle of the client it came from, if it is known and throttles
    /// are on.
    pub throttle: Option<(String, Rate)>,
    /// The idempotency key it came with, and the outcome to keep under it.
    pub idempotency: Option<(CallKey, Outcome)>,
    /// When it came.
    pub now: Timestamp,
}

/// What became of an arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landed {
    /// Committed.
    Committed,
    /// The client asks too often; nothing was written.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Another call with the same idempotency key was first.
    Repeated,
}

type Waiting = (Arrival, oneshot::Sender<Result<Landed>>);

/// Hands requests to the one task that commits them.
#[derive(Debug, Clone)]
pub struct RequestWriter {
    queue: mpsc::Sender<Waiting>,
    unanswered: Arc<AtomicUsize>,
}

impl RequestWriter {
    /// The writer, and the future that does its work until every handle is
    /// dropped.
    pub fn new(database: Database) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, arrivals) = mpsc::channel(QUEUE);
        (Self { queue, unanswered: Arc::default() }, run(database, arrivals))
    }

    /// Commits one request, together with whatever else is waiting.
    ///
    /// # Errors
    /// When the database is gone; nothing was written then.
    pub async fn commit(&self, arrival: Arrival) -> Result<Landed> {
        let _counted = Unanswered::new(&self.unanswered);
        let (answer, landed) = oneshot::channel();
        let gone = || StoreError::Corrupt("request writer");
        self.queue.send((arrival, answer)).await.map_err(|_| gone())?;
        landed.await.map_err(|_| gone())?
    }
}

impl RequestWriter {
    /// How many requests wait for their commit at this moment.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::Relaxed)
    }
}

/// Counts one request until it is answered or given up.
struct Unanswered<'a>(&'a AtomicUsize);

impl<'a> Unanswered<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn run(database: Database, mut arrivals: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    while arrivals.recv_many(&mut group, GROUP).await > 0 {
        let (group, answers): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        match commit_group(&database, &group).await {
            Ok(outcomes) => {
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    let _ = answer.send(Ok(outcome));
                }
            }
            // One bad row must not take its neighbours down: each goes alone.
            // When the database is gone, nobody waits for that to be found out
            // again and again.
            Err(error) if error.is_about_rows() => {
                for (arrival, answer) in group.into_iter().zip(answers) {
                    let alone = commit_group(&database, std::slice::from_ref(&arrival)).await;
                    let _ = answer.send(alone.map(|outcomes| outcomes.into_iter().next().unwrap_or(Landed::Committed)));
                }
            }
            Err(error) => {
                let cause = error.to_string();
                for answer in answers {
                    let _ = answer.send(Err(StoreError::Gone(cause.clone())));
                }
            }
        }
    }
}

async fn commit_group(database: &Database, group: &[Arrival]) -> Result<Vec<Landed>> {
    let transaction = database.begin_past_the_line().await?;
    // Throttles lock their rows: in one order everywhere, so that two
    // instances cannot wait for each other.
    let mut order: Vec<usize> = (0..group.len()).collect();
    order
        .sort_by_key(|position| group.get(*position).and_then(|arrival| arrival.throttle.as_ref()).map(|(key, _)| key));
    let mut outcomes = vec![Landed::Repeated; group.len()];
    for position in order {
        if let (Some(arrival), Some(outcome)) = (group.get(position), outcomes.get_mut(position)) {
            *outcome = admit(&transaction, arrival).await?;
        }
    }
    let admitted = || group.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Landed::Committed);
    let rows: Vec<_> = admitted().map(|(arrival, _)| (&arrival.request, arrival.code.as_ref())).collect();
    let work: Vec<_> = admitted().map(|(arrival, _)| arrival.job.clone()).collect();
    if let Some((first, _)) = admitted().next() {
        let mut batch = Batch::new(&transaction);
        batch.add(&requests::inserting(&rows));
        batch.add(&jobs::inserting(&work, first.now));
        batch.run(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(outcomes)
}

/// Takes the places that an arrival needs: first the throttle, then the
/// idempotency key, so that a refused call leaves its key free.
async fn admit(transaction: &impl ConnectionTrait, arrival: &Arrival) -> Result<Landed> {
    if let Some((call, _)) = &arrival.idempotency {
        // A repeated call takes no place of its client's.
        if idempotency::find(transaction, call, arrival.now - idempotency::LIFETIME).await?.is_some() {
            return Ok(Landed::Repeated);
        }
    }
    if let Some((key, rate)) = &arrival.throttle
        && let Some(retry_after) = throttles::take(transaction, key, *rate, 1, arrival.now).await?
    {
        return Ok(Landed::Throttled { retry_after });
    }
    if let Some((call, outcome)) = &arrival.idempotency
        && !idempotency::insert(transaction, call, outcome, arrival.now).await?
    {
        return Ok(Landed::Repeated);
    }
    Ok(Landed::Committed)
}
