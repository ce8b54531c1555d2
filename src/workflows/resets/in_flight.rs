//! Completions under way: one valid proof must not be able to fill the hash
//! pool, so only a few of the same reset may be in it at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::ids::PasswordResetId;
use crate::workflows::{Failure, Outcome};

/// How long a completion waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Counts completions per reset. Of this process alone, like the pool that it
/// guards.
#[derive(Debug, Default)]
pub struct InFlight(Mutex<HashMap<PasswordResetId, Weak<Semaphore>>>);

impl InFlight {
    /// Takes one of the `most` places of a reset; it is free again when the
    /// permit is dropped.
    ///
    /// # Errors
    /// `Busy` when none came free in time.
    pub async fn enter(&self, reset: PasswordResetId, most: usize) -> Outcome<OwnedSemaphorePermit> {
        let busy = || Failure::Busy { retry_after: Duration::from_secs(1) };
        let places = self.places(reset, most);
        match tokio::time::timeout(PATIENCE, places.acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| busy()),
            Err(_) => Err(busy()),
        }
    }

    fn places(&self, reset: PasswordResetId, most: usize) -> Arc<Semaphore> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = all.get(&reset).and_then(Weak::upgrade) {
            return places;
        }
        all.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(most));
        all.insert(reset, Arc::downgrade(&places));
        places
    }
}
