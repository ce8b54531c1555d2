//! What was looked up a moment ago.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::access::Caller;
use crate::domain::clock::Timestamp;

use super::MEMORY;

/// More than any installation has accounts and keys in use at once; beyond
/// it, remembering starts anew.
const MOST: usize = 10_000;

/// An account as it was when it was looked up.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub caller: Arc<Caller>,
    pub generation: i64,
}

/// Things by a name: accounts by the digest of a key or by id, issuers by
/// what they call themselves. Only what exists is kept, so a stranger cannot
/// fill it.
#[derive(Debug)]
pub(super) struct Memory<T>(Mutex<HashMap<String, (Timestamp, T)>>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Memory<T> {
    /// What was kept under a name less than [`MEMORY`] ago.
    pub(super) fn find(&self, name: &str, now: Timestamp) -> Option<T> {
        let entries = self.entries();
        let (kept_at, known) = entries.get(name)?;
        is_fresh(*kept_at, now).then(|| known.clone())
    }

    /// Keeps something under a name.
    pub(super) fn keep(&self, name: &str, known: &T, now: Timestamp) {
        let mut entries = self.entries();
        if entries.len() >= MOST {
            entries.retain(|_, (kept_at, _)| is_fresh(*kept_at, now));
        }
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(name.to_owned(), (now, known.clone()));
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.entries().clear();
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, (Timestamp, T)>> {
        // Every change is one call of the map, so a panic leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that went backwards makes an entry stale, never immortal.
fn is_fresh(kept_at: Timestamp, now: Timestamp) -> bool {
    now >= kept_at && now.since(kept_at) < MEMORY
}
