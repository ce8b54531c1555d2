//! `hashing`: how passwords are hashed (Argon2id, RFC 9106) and how many at
//! a time.

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The section `hashing`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashingSettings {
    /// Threads that hash; 0 means one per core.
    pub threads: usize,
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes of one hash.
    pub parallelism: u32,
    /// Hashes that may wait before callers get 503.
    pub queue: usize,
}

impl HashingSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        problems.within("hashing.threads", self.threads as u64, 0..=256);
        problems.within("hashing.parallelism", self.parallelism, 1..=16);
        // Argon2 needs eight blocks of 1 KiB per lane (RFC 9106, 3.1).
        let least = u64::from(self.parallelism).saturating_mul(8);
        problems.within("hashing.memory_kib", self.memory_kib, least..=1_048_576);
        problems.within("hashing.iterations", self.iterations, 1..=20);
        problems.within("hashing.queue", self.queue as u64, 1..=10_000);
    }
}
