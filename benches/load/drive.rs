//! Closed-loop load: a fixed number of connections, each asking again as soon as it is answered.

use std::{
    cell::Cell,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::{
    Outcome,
    client::{Connection, Request},
    process,
};

/// No measurement makes more calls than this.
const MOST_CALLS: u64 = 5_000_000;

/// What a measurement saw.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Times of the calls that were answered as expected.
    pub times: Vec<Duration>,
    pub failed: u64,
    /// The first unexpected answer.
    pub complaint: Option<String>,
    pub elapsed: Duration,
    /// Processor seconds of the server and of this program.
    pub cpu: (f64, f64),
}

impl Sample {
    /// Expected answers per second.
    #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.times.len() as f64 / seconds } else { 0.0 }
    }

    /// Adds another round of the same measurement.
    pub fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.failed += other.failed;
        self.complaint = self.complaint.take().or(other.complaint);
        self.elapsed += other.elapsed;
        self.cpu = (self.cpu.0 + other.cpu.0, self.cpu.1 + other.cpu.1);
    }
}

/// Whom to ask, how hard and how long.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub server: SocketAddr,
    pub pid: u32,
    pub concurrency: usize,
    /// Ends at this time or after so many calls, whichever comes first.
    pub duration: Duration,
    pub calls: u64,
    /// The status of a good answer.
    pub expected: u16,
}

/// Runs a load. `make` gets the number of the call, counted from zero, and makes its request;
/// none ends the load.
pub async fn drive<F>(load: Load, make: F) -> Outcome<Sample>
where
    F: Fn(u64) -> Option<Request> + Send + Sync + 'static,
{
    let (make, next) = (Arc::new(make), Arc::new(AtomicU64::new(0)));
    let cpu_before = (process::cpu_seconds(load.pid)?, process::cpu_seconds(std::process::id())?);
    let begun = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..load.concurrency {
        workers.spawn(work(load, begun, Arc::clone(&make), Arc::clone(&next)));
    }
    let mut sample = Sample::default();
    while let Some(part) = workers.join_next().await {
        sample.add(part?);
    }
    sample.elapsed = begun.elapsed();
    let cpu_after = (process::cpu_seconds(load.pid)?, process::cpu_seconds(std::process::id())?);
    sample.cpu = (cpu_after.0 - cpu_before.0, cpu_after.1 - cpu_before.1);
    Ok(sample)
}

async fn work<F>(load: Load, begun: Instant, make: Arc<F>, next: Arc<AtomicU64>) -> Sample
where
    F: Fn(u64) -> Option<Request>,
{
    let mut connection = Connection::new(load.server);
    let mut sample = Sample::default();
    while begun.elapsed() < load.duration {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = (number < load.calls.min(MOST_CALLS)).then(|| make(number)).flatten() else { break };
        let gave_up = !ask(&mut connection, &request, load.expected, &mut sample).await;
        // A server that is gone would otherwise be asked millions of times.
        if gave_up && sample.failed > 1000 {
            break;
        }
    }
    sample
}

/// One call, recorded; whether it was answered as expected.
async fn ask(connection: &mut Connection, request: &Request, expected: u16, sample: &mut Sample) -> bool {
    let asked = Instant::now();
    let complaint = match connection.call(request).await {
        Ok(answer) if answer.status == expected => {
            sample.times.push(asked.elapsed());
            return true;
        }
        Ok(answer) => answer.to_string(),
        Err(error) => error.to_string(),
    };
    sample.failed += 1;
    sample.complaint.get_or_insert(complaint);
    false
}

/// A steady, gentle stream beside a load: one call per interval, for the given time or until the
/// load `is_over`. It ends between two calls, so that none is left out because it was slow.
pub async fn probe<F>(load: Load, interval: Duration, is_over: &Cell<bool>, sample: &mut Sample, make: F)
where
    F: Fn(u64) -> Request,
{
    let mut connection = Connection::new(load.server);
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (begun, before) = (Instant::now(), sample.elapsed);
    let mut number = 0;
    while begun.elapsed() < load.duration && number < load.calls.min(MOST_CALLS) {
        ticks.tick().await;
        if is_over.get() {
            break;
        }
        ask(&mut connection, &make(number), load.expected, sample).await;
        sample.elapsed = before + begun.elapsed();
        number += 1;
    }
}
