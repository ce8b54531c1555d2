//! One hash thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use argon2::Block;

use super::hasher::{HashError, Shared};
use super::priority::lower_priority;
use super::queue::Job;
use crate::telemetry::metrics;

/// Hashes until the pool stops.
pub(super) fn run(shared: &Shared) {
    lower_priority();
    // Filled at the first hash (an idle server stays small) and kept from then on.
    let mut memory = Vec::new();
    while let Some(job) = shared.queue.next(&shared.counters) {
        shared.counters.busy.fetch_add(1, Relaxed);
        // A panic costs the caller an answer, never the pool a thread.
        if catch_unwind(AssertUnwindSafe(|| work(shared, job, &mut memory))).is_err() {
            tracing::error!("a password hash panicked");
            memory = Vec::new();
        }
        // An old hash may have needed more memory than new ones do.
        if memory.len() > shared.recipe.blocks() {
            memory.truncate(shared.recipe.blocks());
            memory.shrink_to_fit();
        }
        shared.counters.busy.fetch_sub(1, Relaxed);
    }
}

fn work(shared: &Shared, job: Job, memory: &mut Vec<Block>) {
    let (waited, started) = (job.since.elapsed(), Instant::now());
    let answer = shared.recipe.compute(&job.work, &job.password, memory);
    shared.counters.record(waited, started.elapsed());
    metrics::hash_started(waited);
    if let Err(HashError::Unreadable) = answer {
        tracing::error!("a password hash could not be computed");
    }
    // The caller may have gone away meanwhile.
    let _ = job.reply.send(answer);
}
