//! Webhooks: leased deliveries are made side by side, few of one endpoint at a
//! time, so that one that hangs delays nobody but itself.

use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;

use crate::domain::clock::Timestamp;
use crate::domain::webhook::{AT_ONCE, Delivery};
use crate::jobs::beside::{beside, some_end};
use crate::jobs::pace::Pace;
use crate::jobs::places::{self, Place, Places};
use crate::store::webhook_endpoints::{DueEndpoint, Standing};
use crate::store::{webhook_deliveries, webhook_endpoints};
use crate::workflows::webhooks::call::Prepared;
use crate::workflows::{Engine, Outcome};

/// How long a lease is. A call ends long before.
const LEASE: Duration = Duration::from_secs(60);
/// When so long none of those under way has ended, one looks for new ones.
const PATIENCE: Duration = Duration::from_millis(200);

/// What one round of the work knows.
struct Round<'a> {
    engine: &'a Engine,
    pace: &'a Pace,
    worker: &'a str,
    places: Places,
}

/// Makes the deliveries that are due until none is left or `is_told` to stop;
/// then none is begun any more, and those under way are finished. Says how
/// many there were.
///
/// # Errors
/// When the database is gone.
pub async fn work(engine: &Engine, pace: &Pace, worker: &str, is_told: impl Fn() -> bool) -> Outcome<usize> {
    let round = Round { engine, pace, worker, places: Places::default() };
    let mut under_way = FuturesUnordered::new();
    let (mut begun, mut outcome) = (0, Ok(()));
    loop {
        let free = places::ALL.saturating_sub(under_way.len());
        if outcome.is_ok() && free > 0 && !is_told() {
            match beside(&mut under_way, pace.step(engine, Box::pin(round.take(free)))).await {
                Ok(due) => {
                    begun += due.len();
                    under_way.extend(due.into_iter().map(|(delivery, endpoint)| round.deliver(delivery, endpoint)));
                }
                // Those under way are finished all the same: cut off, they would be made twice.
                Err(failure) => outcome = Err(failure),
            }
        }
        if under_way.is_empty() {
            return outcome.map(|()| begun);
        }
        let _ = timeout(PATIENCE, some_end(&mut under_way, places::ALL / 2)).await;
    }
}

impl Round<'_> {
    /// Leases deliveries that start now, each with the endpoint as it was then.
    async fn take(&self, free: usize) -> Outcome<Vec<(Delivery, DueEndpoint)>> {
        let now = self.engine.now().await?;
        let due = webhook_endpoints::list_due(self.engine.database.read(), now).await?;
        let mut taken = Vec::new();
        for (endpoint, most) in self.places.share(&due, free) {
            let leased = self.lease(endpoint, most, now).await?;
            taken.extend(leased.into_iter().map(|delivery| (delivery, endpoint)));
        }
        Ok(taken)
    }

    async fn lease(&self, endpoint: DueEndpoint, most: usize, now: Timestamp) -> Outcome<Vec<Delivery>> {
        let database = self.engine.database.write();
        let trial = endpoint.standing == Standing::OnTrial;
        if trial && !webhook_endpoints::claim_trial(database, endpoint.id, now + LEASE, now).await? {
            return Ok(Vec::new());
        }
        let due = if endpoint.standing == Standing::LeftAlone { AT_ONCE } else { now };
        let leased = webhook_deliveries::lease(database, self.worker, endpoint.id, (due, most), LEASE, now).await?;
        if trial && leased.is_empty() {
            // Somebody else was faster; the trial is free again.
            webhook_endpoints::free_trial(database, endpoint.id, now).await?;
        }
        Ok(leased)
    }

    /// Takes its place at once, not only when it is first polled.
    fn deliver(&self, delivery: Delivery, endpoint: DueEndpoint) -> impl Future<Output = ()> {
        let place = self.places.enter(endpoint);
        async move {
            if let Err(failure) = self.carry(&delivery, &place).await {
                // The lease runs out, and somebody tries again.
                tracing::error!(delivery_id = %delivery.id, error = %failure, "a webhook could not be handled");
            }
        }
    }

    /// From the row to the endpoint and back to the row. How long the endpoint
    /// takes is nobody's share but its own.
    async fn carry(&self, delivery: &Delivery, place: &Place<'_>) -> Outcome<()> {
        let (engine, worker) = (self.engine, self.worker);
        let (why, ends) = match self.pace.next_step(engine.prepare_delivery(delivery)).await? {
            Prepared::Call(call) => {
                let begun = Instant::now();
                let answer = engine.call_webhook(call).await;
                place.took(begun.elapsed());
                self.pace.next_step(engine.settle_webhook(worker, delivery, answer)).await?;
                return Ok(());
            }
            Prepared::Failed(why) => (why, false),
            Prepared::Pointless(why) => (why, true),
        };
        self.pace.next_step(engine.settle_unprepared(worker, delivery, why, ends)).await
    }
}
