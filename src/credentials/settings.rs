//! How passwords are hashed, and how far stored hashes may differ from that.

use argon2::Params;

/// How passwords are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashSettings {
    /// Threads that hash.
    pub threads: usize,
    /// Argon2 memory, in KiB. Each thread keeps this much from its first hash
    /// on.
    pub memory_kib: u32,
    /// Argon2 passes over the memory.
    pub iterations: u32,
    /// Argon2 lanes. One thread computes them all: lanes change the result,
    /// not the speed.
    pub parallelism: u32,
    /// Hashes that may wait; more are refused as busy.
    pub queue: usize,
}

impl Default for HashSettings {
    /// 19 MiB, 2 passes, 1 lane (the least that OWASP's Password Storage
    /// cheat sheet and ASVS v5.0.0-11.4.2 accept at this memory), a thread per
    /// core.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads, memory_kib: 19 * 1024, iterations: 2, parallelism: 1, queue: 64 * threads }
    }
}

/// The most memory that a hash may ask for, in KiB: 256 MiB.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// The most passes.
const MAX_ITERATIONS: u32 = 64;
/// The most lanes.
const MAX_PARALLELISM: u32 = 64;
/// The most work, memory times passes, in KiB: about a second.
const MAX_WORK_KIB: u64 = 1024 * 1024;

/// Whether parameters are within what a thread may be made to do. A stored
/// hash may come from an import: it decides how much work its check is.
pub(super) fn bearable(params: &Params) -> bool {
    params.m_cost() <= MAX_MEMORY_KIB
        && params.t_cost() <= MAX_ITERATIONS
        && params.p_cost() <= MAX_PARALLELISM
        && u64::from(params.m_cost()) * u64::from(params.t_cost()) <= MAX_WORK_KIB
}
