//! Calls per service account, over all instances.
//!
//! The bucket is in the database. An instance takes places out of it in
//! batches, so that a busy account costs a few statements per second and not
//! one per call; and it takes the next batch before the last one is used up,
//! so that no call waits behind a commit for a place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

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

/// How many accounts may wait for their next batch.
const WAITING: usize = 256;

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
    asking: tokio::sync::Mutex<()>,
}

/// An account that will soon be out of places.
#[derive(Debug)]
struct Low {
    account: Arc<Account>,
    actor: Actor,
    now: Timestamp,
}

/// The places that this instance holds.
#[derive(Debug)]
pub struct CallRate {
    database: Database,
    rate: Rate,
    batch: u32,
    accounts: Mutex<HashMap<Actor, Arc<Account>>>,
    low: mpsc::Sender<Low>,
}

impl CallRate {
    /// For a rate per account, and the work beside the calls that takes
    /// batches before they are needed; it ends with the last handle.
    pub fn new(database: Database, rate: Rate) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let interval = rate.interval.as_millis().max(1);
        let batch = u32::try_from(BATCH_TIME.as_millis() / interval).unwrap_or(1).clamp(1, rate.burst.max(1));
        let (low, queue) = mpsc::channel(WAITING);
        let ahead = ask_ahead(database.clone(), rate, batch, queue);
        (Self { database, rate, batch, accounts: Mutex::default(), low }, ahead)
    }

    /// Takes one place. `None` when there was one, else how long to wait.
    pub(super) async fn take(&self, actor: Actor, now: Timestamp) -> Result<Option<Duration>, StoreError> {
        let account = self.account(actor);
        match account.take(now) {
            Held::Place(left) => {
                // Said once, half-way. Nobody may be there to hear it: then whoever needs a place asks.
                if left == self.batch / 2 {
                    let _ = self.low.try_send(Low { account, actor, now });
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
            if let Some(wait) = ask(&self.database, actor, self.rate, self.batch, now).await? {
                account.refuse(wait, now);
                return Ok(Some(wait));
            }
            account.fill(self.batch, now);
        }
    }

    fn account(&self, actor: Actor) -> Arc<Account> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MOST && !accounts.contains_key(&actor) {
            accounts.clear();
        }
        Arc::clone(accounts.entry(actor).or_default())
    }
}

/// Takes the next batch for accounts that will need it. When there is none,
/// whoever needs a place finds out.
async fn ask_ahead(database: Database, rate: Rate, batch: u32, mut queue: mpsc::Receiver<Low>) {
    while let Some(Low { account, actor, now }) = queue.recv().await {
        let _turn = account.asking.lock().await;
        if account.left(now) <= batch / 2 && matches!(ask(&database, actor, rate, batch, now).await, Ok(None)) {
            account.fill(batch, now);
        }
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

    fn left(&self, now: Timestamp) -> u32 {
        let places = self.places();
        if now < places.until { places.left } else { 0 }
    }

    fn fill(&self, batch: u32, now: Timestamp) {
        let kept = self.left(now);
        let mut places = self.places();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ServiceAccountId;
    use crate::workflows::fixture::Fixture;

    const TEN_MILLIS: Rate = Rate { burst: 50, interval: Duration::from_millis(10) };

    #[tokio::test]
    async fn the_next_batch_is_there_before_the_last_one_is_used_up_and_nobody_gets_more() {
        let fixture = Fixture::new().await;
        let (rate, ahead) = CallRate::new(fixture.database.clone(), TEN_MILLIS);
        let actor = Actor::ServiceAccount(ServiceAccountId::generate(fixture.now(), &fixture.entropy));
        let account = rate.account(actor);
        let calls = async {
            for _ in 0..10 {
                assert_eq!(rate.take(actor, fixture.now()).await.unwrap(), None);
            }
            while account.left(fixture.now()) != 30 {
                tokio::task::yield_now().await;
            }
            let mut admitted = 10;
            for _ in 0..100 {
                admitted += u32::from(rate.take(actor, fixture.now()).await.unwrap().is_none());
                tokio::task::yield_now().await;
            }
            assert_eq!(admitted, 40, "two batches; a third is more than the burst has");
        };
        tokio::select! {
            () = ahead => unreachable!("it ends with the last handle"),
            () = calls => {}
        }
    }
}
