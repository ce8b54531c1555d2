//! Calls per service account, over all instances.
//!
//! The bucket is in the database. An instance takes places out of it in
//! batches, so that a busy account costs a few statements per second and not
//! one per call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::domain::access::Actor;
use crate::domain::clock::Timestamp;
use crate::store::throttles::{self, Rate};
use crate::store::{ConnectionTrait, StoreError};

/// A batch is what comes free in this time.
const BATCH_TIME: Duration = Duration::from_millis(200);

/// How long an instance may keep places that it does not use.
const LEASE: Duration = Duration::from_secs(10);

/// How long an empty bucket is taken for empty without asking again.
const REST: Duration = Duration::from_millis(100);

/// More accounts than this are not counted on one instance at a time.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
struct Places {
    left: u32,
    until: Timestamp,
    refused_until: Timestamp,
    retry_after: Duration,
}

/// The places that this instance holds.
#[derive(Debug)]
pub(super) struct CallRate {
    rate: Rate,
    batch: u32,
    accounts: Mutex<HashMap<Actor, Arc<tokio::sync::Mutex<Places>>>>,
}

impl CallRate {
    /// For a rate per account.
    pub(super) fn new(rate: Rate) -> Self {
        let interval = rate.interval.as_millis().max(1);
        let batch = u32::try_from(BATCH_TIME.as_millis() / interval).unwrap_or(1).clamp(1, rate.burst.max(1));
        Self { rate, batch, accounts: Mutex::default() }
    }

    /// Takes one place. `None` when there was one, else how long to wait.
    pub(super) async fn take(
        &self,
        connection: &impl ConnectionTrait,
        account: Actor,
        now: Timestamp,
    ) -> Result<Option<Duration>, StoreError> {
        let places = self.places(account);
        // Held over the statement: whoever else is out of places waits for
        // this batch instead of taking another.
        let mut places = places.lock().await;
        if places.left > 0 && now < places.until {
            places.left -= 1;
            return Ok(None);
        }
        if now < places.refused_until {
            return Ok(Some(places.retry_after));
        }
        let key = format!("calls:{account}");
        if let Some(wait) = throttles::take(connection, &key, self.rate, self.batch, now).await? {
            places.refused_until = now + REST;
            places.retry_after = wait;
            return Ok(Some(wait));
        }
        places.left = self.batch - 1;
        places.until = now + LEASE;
        Ok(None)
    }

    fn places(&self, account: Actor) -> Arc<tokio::sync::Mutex<Places>> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MOST && !accounts.contains_key(&account) {
            accounts.clear();
        }
        Arc::clone(accounts.entry(account).or_default())
    }
}
