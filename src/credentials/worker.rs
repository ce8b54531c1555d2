//! One hash thread.

use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use super::fill::Memory;
use super::hasher::{FIRST_GUESS, HashError, Shared};
use super::imported::Scheme;
use super::phc::Computation;
use super::queue::{Answer, Job, Work};
use crate::domain::secret::Secret;
use crate::telemetry::metrics;

/// How a hash thread stands back for whatever else wants its core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Leaves it at once, so that answers to requests, which take many short
    /// runs, wait for no hash. Gets nothing while the machine is full.
    Idle,
    /// Leaves most of it (nice +10), and gets a tenth of a full machine.
    Nice,
}

/// Hashes until the pool stops or needs no thread of this manner any more.
pub(super) fn run(shared: &Shared, manner: Manner) {
    stand_back(manner);
    // Filled at the first hash (an idle server stays small) and kept from then on.
    let mut memory = Memory::default();
    while let Some(job) = shared.queue.next(manner, &shared.counters) {
        shared.counters.busy.fetch_add(1, Relaxed);
        let dear = usize::from(is_dear(shared, &job.work));
        shared.counters.dear.fetch_add(dear, Relaxed);
        // A panic costs the caller an answer, never the pool a thread.
        if catch_unwind(AssertUnwindSafe(|| work(shared, job, &mut memory))).is_err() {
            tracing::error!("a password hash panicked");
            memory = Memory::default();
        }
        // An old hash may have needed more memory than new ones do.
        if memory.blocks() > shared.recipe.blocks() {
            memory = Memory::default();
        }
        shared.counters.dear.fetch_sub(dear, Relaxed);
        shared.counters.busy.fetch_sub(1, Relaxed);
    }
}

/// Whether a job may take longer than new hashes do, so that its length tells
/// nothing of the machine.
fn is_dear(shared: &Shared, work: &Work) -> bool {
    match work {
        Work::Argon2(work) => shared.recipe.compare(work) == Ordering::Greater,
        Work::Imported(..) => true,
    }
}

fn work(shared: &Shared, job: Job, memory: &mut Memory) {
    let (waited, started) = (job.since.elapsed(), Instant::now());
    let answer = match &job.work {
        Work::Argon2(work) => argon2(shared, work, &job.password, memory),
        Work::Imported(scheme, typed) => imported(shared, scheme, typed, &job.password, memory),
    };
    shared.counters.record(waited, started.elapsed());
    metrics::hash_started(waited);
    if let Err(HashError::Unreadable) = answer {
        tracing::error!("a password hash could not be computed");
    }
    // The caller may have gone away meanwhile.
    let _ = job.reply.send(answer);
}

/// A stored hash may be cheaper than a new one: made elsewhere, or by us
/// before the parameters were raised. The work of a new one follows it, so
/// that its answer comes no sooner than nobody's.
fn argon2(shared: &Shared, work: &Computation, password: &Secret, memory: &mut Memory) -> Answer {
    let part = (work.blocks() > shared.recipe.blocks()).then(|| shared.room.take(work.blocks()));
    let answer = shared.recipe.compute(work, password, memory)?;
    drop(part);
    if shared.recipe.compare(work) == Ordering::Less {
        even_out(shared, password, memory)?;
    }
    Ok(answer)
}

/// The work of a new hash, for its time alone.
fn even_out(shared: &Shared, password: &Secret, memory: &mut Memory) -> Result<(), HashError> {
    shared.counters.evened.fetch_add(1, Relaxed);
    shared.recipe.compute(&shared.recipe.fresh(&[0; 16])?, password, memory).map(drop)
}

/// The check of a hash of another system. A cheap one is followed by the work
/// of a new hash: that a user was taken over, and so exists, must not show in
/// an answer that comes sooner than for nobody. A dear one comes later than
/// for nobody, until the first right password replaces it.
///
/// The other system may have hashed what was typed, or the same normalised:
/// the first is tried before the second.
fn imported(shared: &Shared, scheme: &Scheme, typed: &Secret, password: &Secret, memory: &mut Memory) -> Answer {
    let started = Instant::now();
    let part = (scheme.memory_kib() > shared.recipe.blocks()).then(|| shared.room.take(scheme.memory_kib()));
    let differs = typed.expose() != password.expose();
    let matches = scheme.matches(typed) || (differs && scheme.matches(password));
    drop(part);
    if started.elapsed() < shared.counters.recent(FIRST_GUESS) {
        even_out(shared, password, memory)?;
    }
    Ok((matches, String::new()))
}

/// Lowers the calling thread alone: on Linux policy and niceness belong to the
/// thread, see sched(7).
#[cfg(target_os = "linux")]
fn stand_back(manner: Manner) {
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id,
    };

    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    if manner == Manner::Idle && set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle).is_ok() {
        return;
    }
    if let Err(error) = rustix::process::nice(10) {
        tracing::warn!(%error, "hash threads run at normal priority");
    }
}

/// Elsewhere niceness belongs to the process, which must keep its own.
#[cfg(not(target_os = "linux"))]
fn stand_back(_: Manner) {}
