//! The outbox: leased messages are delivered side by side.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;

use crate::jobs::pace::let_requests_go_first;
use crate::store::messages::{self, Message};
use crate::telemetry::metrics::{self, Delivery};
use crate::workflows::deliver::Delivered;
use crate::workflows::{Engine, Outcome};

/// How many messages are under way at once, if the transport carries so many.
const SIDE_BY_SIDE: usize = 32;
/// How long a lease is, and how often it is renewed while its message is under
/// way: a conversation may be long, but when its worker dies the message should
/// not wait for long.
const LEASE: Duration = Duration::from_secs(60);
const RENEWAL: Duration = Duration::from_secs(15);
/// When so long none of those under way has ended, one looks for new ones: a
/// provider that stalls on some must not hold up the others.
const PATIENCE: Duration = Duration::from_millis(200);

/// Delivers the messages that are due until none is left or `is_told` to stop;
/// then none is begun any more, and those under way are finished. A message is
/// leased only when it starts at once. Says how many there were.
///
/// # Errors
/// When the database is gone.
pub async fn work(engine: &Engine, worker: &str, is_told: impl Fn() -> bool) -> Outcome<usize> {
    let most = SIDE_BY_SIDE.min(engine.mailer.transport.side_by_side());
    let mut under_way = FuturesUnordered::new();
    let (mut begun, mut outcome) = (0, Ok(()));
    let mut renewed = Instant::now();
    loop {
        if renewed.elapsed() > RENEWAL {
            renewed = Instant::now();
            if let Err(failure) = beside(&mut under_way, renew(engine, worker)).await {
                tracing::warn!(error = %failure, "leases could not be renewed");
            }
        }
        let free = most.saturating_sub(under_way.len());
        if outcome.is_ok() && free > 0 && !is_told() {
            match beside(&mut under_way, lease(engine, worker, free)).await {
                Ok(due) => {
                    begun += due.len();
                    under_way.extend(due.into_iter().map(|message| deliver(engine, worker, message)));
                }
                // Those under way are finished all the same: cut off, they would be sent twice.
                Err(failure) => outcome = Err(failure),
            }
        }
        if under_way.is_empty() {
            return outcome.map(|()| begun);
        }
        let _ = timeout(PATIENCE, some_end(&mut under_way, most.div_ceil(2))).await;
    }
}

/// Waits until one has ended, and until at most so many are left: leases are
/// taken for several at a time.
async fn some_end(under_way: &mut FuturesUnordered<impl Future<Output = ()>>, left: usize) {
    while under_way.next().await.is_some() && under_way.len() > left {}
}

/// Does something while those under way go on: one of them may hold the
/// connection to the database that it waits for.
async fn beside<T>(under_way: &mut FuturesUnordered<impl Future<Output = ()>>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            Some(()) = under_way.next() => {}
        }
    }
}

/// Leases messages that start now.
async fn lease(engine: &Engine, worker: &str, most: usize) -> Outcome<Vec<Message>> {
    let_requests_go_first(engine).await;
    let now = engine.now().await?;
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let due = messages::list_due(engine.database.read(), most, now).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    Ok(messages::lease(engine.database.write(), worker, &due, LEASE, now).await?)
}

/// Keeps the leases of what is under way.
async fn renew(engine: &Engine, worker: &str) -> Outcome<()> {
    let until = engine.now().await? + LEASE;
    Ok(messages::renew(engine.database.write(), worker, until).await?)
}

async fn deliver(engine: &Engine, worker: &str, message: Message) {
    match engine.deliver(worker, &message).await {
        Ok(delivered) => metrics::delivery(engine.mailer.transport.name(), counted(delivered)),
        // The lease runs out, and somebody tries again.
        Err(failure) => tracing::error!(message_id = %message.id, error = %failure, "a mail could not be handled"),
    }
}

const fn counted(delivered: Delivered) -> Delivery {
    match delivered {
        Delivered::Sent => Delivery::Accepted,
        Delivered::Deferred => Delivery::Deferred,
        Delivered::Dead => Delivery::Dead,
        Delivered::Dropped => Delivery::Dropped,
    }
}
