//! What the pool counts. Written by its threads, read without any lock.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// A reading of the counters. They are read one after the other, so under
/// load they may be a few hashes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HasherStats {
    /// Threads that hash.
    pub threads: usize,
    /// Hashes waiting now.
    pub depth: usize,
    /// Threads hashing now.
    pub busy: usize,
    /// Hashes computed since the start, for setting and for checking.
    pub hashes: u64,
    /// How many of them were cheaper than new ones are, and followed by the
    /// work of a new one.
    pub evened: u64,
    /// Hashes skipped because their caller had gone away.
    pub skipped: u64,
    /// Hashes refused because the queue was full.
    pub refused: u64,
    /// Time that the computed hashes waited, in total.
    pub waited: Duration,
    /// Time that they took, in total.
    pub hashed: Duration,
}

/// The counters themselves; durations in nanoseconds.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) depth: AtomicUsize,
    pub(super) busy: AtomicUsize,
    /// Threads at hashes that may take longer than new ones do.
    pub(super) dear: AtomicUsize,
    pub(super) evened: AtomicU64,
    pub(super) skipped: AtomicU64,
    pub(super) refused: AtomicU64,
    hashes: AtomicU64,
    waited: AtomicU64,
    hashed: AtomicU64,
    recent: AtomicU64,
}

impl Counters {
    /// Counts one hash.
    pub(super) fn record(&self, waited: Duration, hashed: Duration) {
        let hashed = nanos(hashed);
        self.hashes.fetch_add(1, Relaxed);
        self.waited.fetch_add(nanos(waited), Relaxed);
        self.hashed.fetch_add(hashed, Relaxed);
        // Two threads may overwrite each other here; an estimate survives that.
        let recent = self.recent.load(Relaxed);
        let next = if recent == 0 { hashed } else { recent - recent / 8 + hashed / 8 };
        self.recent.store(next, Relaxed);
    }

    /// What a hash takes at present, from a moving average; `guess` before
    /// the first one.
    pub(super) fn recent(&self, guess: Duration) -> Duration {
        match self.recent.load(Relaxed) {
            0 => guess,
            nanos => Duration::from_nanos(nanos),
        }
    }

    /// How many hashes have been computed.
    pub(super) fn done(&self) -> u64 {
        self.hashes.load(Relaxed)
    }

    /// Reads all.
    pub(super) fn read(&self, threads: usize) -> HasherStats {
        HasherStats {
            threads,
            depth: self.depth.load(Relaxed),
            busy: self.busy.load(Relaxed),
            hashes: self.hashes.load(Relaxed),
            evened: self.evened.load(Relaxed),
            skipped: self.skipped.load(Relaxed),
            refused: self.refused.load(Relaxed),
            waited: Duration::from_nanos(self.waited.load(Relaxed)),
            hashed: Duration::from_nanos(self.hashed.load(Relaxed)),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
