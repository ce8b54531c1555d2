//! The bounded queue before the hash threads: first come, first served.

use std::collections::VecDeque;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::domain::secret::Secret;
use crate::telemetry::metrics;

use super::hasher::HashError;
use super::imported::Scheme;
use super::phc::Computation;
use super::stats::Counters;
use super::worker::Manner;

/// What a thread answers: whether the password matched, and the text of a new
/// hash.
pub(super) type Answer = Result<(bool, String), HashError>;

/// What is to be computed.
pub(super) enum Work {
    /// An Argon2 hash, a new one or one to compare with.
    Argon2(Computation),
    /// The comparison with a hash of another system, which may be of the
    /// password as it was typed.
    Imported(Scheme, Secret),
}

/// One hash to compute.
pub(super) struct Job {
    pub(super) password: Secret,
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Answer>,
    pub(super) since: Instant,
}

impl Job {
    /// Whether nobody waits for it any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// This many are waiting already.
    Full(usize),
    /// The pool has stopped.
    Stopped,
}

/// The jobs that wait. The lock is held for a few instructions only.
pub(super) struct Queue {
    capacity: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    jobs: VecDeque<Job>,
    stopped: bool,
    /// Whether idle threads have been relieved by nice ones.
    relieved: bool,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { jobs: VecDeque::with_capacity(capacity), stopped: false, relieved: false };
        Self { capacity, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Appends a job. Jobs without a caller make room for it first.
    pub(super) fn push(&self, job: Job, counters: &Counters) -> Result<(), NotTaken> {
        let mut state = self.lock();
        if state.stopped {
            return Err(NotTaken::Stopped);
        }
        if state.jobs.len() >= self.capacity {
            let before = state.jobs.len();
            state.jobs.retain(|waiting| !waiting.is_abandoned());
            let gone = before - state.jobs.len();
            counters.skipped.fetch_add(u64::try_from(gone).unwrap_or(u64::MAX), Relaxed);
            counters.depth.store(state.jobs.len(), Relaxed);
        }
        if state.jobs.len() >= self.capacity {
            counters.refused.fetch_add(1, Relaxed);
            metrics::hash_refused();
            return Err(NotTaken::Full(state.jobs.len()));
        }
        state.jobs.push_back(job);
        counters.depth.store(state.jobs.len(), Relaxed);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the next job that somebody waits for; `None` once stopped or
    /// relieved.
    pub(super) fn next(&self, manner: Manner, counters: &Counters) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.stopped || (state.relieved && manner == Manner::Idle) {
                return None;
            }
            match state.jobs.pop_front() {
                Some(job) => {
                    counters.depth.store(state.jobs.len(), Relaxed);
                    if !job.is_abandoned() {
                        return Some(job);
                    }
                    counters.skipped.fetch_add(1, Relaxed);
                }
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Ends the threads after the hash each is at; what waits is dropped, and
    /// its callers hear that the pool has stopped.
    pub(super) fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        state.jobs.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// Ends the idle threads after the hash each is at.
    pub(super) fn relieve(&self) {
        self.lock().relieved = true;
        self.changed.notify_all();
    }

    /// No code that could panic runs under the lock, so a poisoned one is
    /// still sound.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
