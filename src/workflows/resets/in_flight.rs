//! What is under way: one valid proof must not be able to fill the hash pool,
//! so only a few completions of the same reset may be in it at once; and the
//! codes of one request are looked at one after the other, so that a right one
//! is never refused because others hold the attempts that they will give back.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::workflows::{Failure, Outcome};

/// How long a completion waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Counts completions per reset. Of this process alone, like the pool that it
/// guards.
#[derive(Debug, Default)]
pub struct InFlight(Mutex<HashMap<String, Weak<Semaphore>>>);

/// A place that is taken until it is dropped.
#[derive(Debug)]
pub struct Place {
    /// Whether it was not free at once.
    pub waited: bool,
    _permit: OwnedSemaphorePermit,
}

impl InFlight {
    /// Takes one of the `most` places of a reset or a request, by its id.
    ///
    /// # Errors
    /// `Busy` when none came free in time.
    pub async fn enter(&self, id: impl Display, most: usize) -> Outcome<Place> {
        let busy = || Failure::Busy { retry_after: Duration::from_secs(1) };
        let places = self.places(id.to_string(), most);
        if let Ok(permit) = Arc::clone(&places).try_acquire_owned() {
            return Ok(Place { waited: false, _permit: permit });
        }
        match tokio::time::timeout(PATIENCE, places.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Place { waited: true, _permit: permit }),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }

    fn places(&self, id: String, most: usize) -> Arc<Semaphore> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = all.get(&id).and_then(Weak::upgrade) {
            return places;
        }
        all.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(most));
        all.insert(id, Arc::downgrade(&places));
        places
    }
}
