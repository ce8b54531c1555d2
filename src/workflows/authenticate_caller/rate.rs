//! Calls per service account, over all instances.
//!
//! The bucket is in the database. An instance takes places out of it in
//! batches, so that a busy account costs a few statements per second and not
//! one per call; and it takes the next batch before the last one is used up,
//! so that no call waits behind a commit for a place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::access::Actor;
use crate::domain::clock::Timestamp;
use crate::store::throttles::{self, Rate};
use crate::store::{Database, StoreError};

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

/// What the places held here say to a call.
enum Held {
    /// It has one, and so many are left.
    Place(u32),
    /// The bucket was empty a moment ago.
    Refused(Duration),
    /// The bucket must be asked.
    None,
}

/// One account as this instance knows it.
#[derive(Debug, Default)]
struct Account {
    places: Mutex<Places>,
    /// Held by whoever asks the bucket: everybody else who is out of places
    /// waits for that batch instead of taking another.
    asking: Arc<tokio::sync::Mutex<()>>,
}

/// The places that this instance holds.
#[derive(Debug)]
pub(super) struct CallRate {
    rate: Rate,
    batch: u32,
    accounts: Mutex<HashMap<Actor, Arc<Account>>>,
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
        database: &Database,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Duration>, StoreError> {
        let account = self.account(actor);
        match account.take(now) {
            Held::Place(left) => {
                if left < self.batch / 2 {
                    self.ask_ahead(database, &account, actor, now);
                }
                return Ok(None);
            }
            Held::Refused(wait) => return Ok(Some(wait)),
            Held::None => {}
        }
        let _turn = account.asking.lock().await;
        loop {
            match account.take(now) {
                Held::Place(_) => return Ok(None),
                Held::Refused(wait) => return Ok(Some(wait)),
                Held::None => {}
            }
            if let Some(wait) = ask(database, actor, self.rate, self.batch, now).await? {
                account.refuse(wait, now);
                return Ok(Some(wait));
            }
            account.fill(self.batch, now);
        }
    }

    /// Asks for the next batch beside the call, unless somebody is asking.
    /// When there is none, or nobody to ask, whoever needs a place finds out.
    fn ask_ahead(&self, database: &Database, account: &Arc<Account>, actor: Actor, now: Timestamp) {
        let Ok(turn) = Arc::clone(&account.asking).try_lock_owned() else { return };
        let (database, account, rate, batch) = (database.clone(), Arc::clone(account), self.rate, self.batch);
        tokio::spawn(async move {
            if let Ok(None) = ask(&database, actor, rate, batch, now).await {
                account.fill(batch, now);
            }
            drop(turn);
        });
    }

    fn account(&self, actor: Actor) -> Arc<Account> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MOST && !accounts.contains_key(&actor) {
            accounts.clear();
        }
        Arc::clone(accounts.entry(actor).or_default())
    }
}

/// Asks the bucket for a batch. `None` when it had one.
async fn ask(
    database: &Database,
    actor: Actor,
    rate: Rate,
    batch: u32,
    now: Timestamp,
) -> Result<Option<Duration>, StoreError> {
    throttles::take(database.write(), &format!("calls:{actor}"), rate, batch, now).await
}

impl Account {
    fn take(&self, now: Timestamp) -> Held {
        let mut places = self.places();
        if places.left > 0 && now < places.until {
            places.left -= 1;
            return Held::Place(places.left);
        }
        if now < places.refused_until { Held::Refused(places.retry_after) } else { Held::None }
    }

    fn fill(&self, batch: u32, now: Timestamp) {
        let mut places = self.places();
        let kept = if now < places.until { places.left } else { 0 };
        places.left = kept + batch;
        places.until = now + LEASE;
    }

    fn refuse(&self, wait: Duration, now: Timestamp) {
        let mut places = self.places();
        places.refused_until = now + REST;
        places.retry_after = wait;
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        // Every change is an assignment, so a panic leaves it whole.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
