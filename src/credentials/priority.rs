//! Threads that let others go first.

/// Nice +10 for the calling thread alone (on Linux niceness belongs to the
/// thread, see sched(7)), so that a rush of work behind the answers leaves the
/// threads that answer requests their share of the cores.
#[cfg(target_os = "linux")]
pub fn lower_priority() {
    if let Err(error) = rustix::process::nice(10) {
        tracing::warn!(%error, "a background thread runs at normal priority");
    }
}

/// Elsewhere niceness belongs to the process, which must keep its own.
#[cfg(not(target_os = "linux"))]
pub fn lower_priority() {}
