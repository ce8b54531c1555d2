//! The outbox: leased messages are delivered side by side.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::jobs::pace::let_requests_go_first;
use crate::store::messages::{self, Message};
use crate::telemetry::metrics::{self, Delivery};
use crate::workflows::deliver::Delivered;
use crate::workflows::{Engine, Outcome};

/// How many messages are leased at once, and how many are under way.
const BATCH: u64 = 64;
const SIDE_BY_SIDE: usize = 32;
/// After so many the requests are asked whether they want to go first.
const BREATH: usize = 16;
/// Longer than the longest conversation with a provider, so that no lease
/// runs out under a message that is still being handed over.
const LEASE: Duration = Duration::from_secs(10 * 60);

/// Delivers the messages that are due, at most one batch. Says how many there
/// were.
///
/// # Errors
/// When the database is gone.
pub async fn work(engine: &Engine, worker: &str) -> Outcome<usize> {
    let now = engine.now().await?;
    let due = messages::lease(engine.database.write(), worker, BATCH, LEASE, now).await?;
    let mut under_way = FuturesUnordered::new();
    for (position, message) in due.iter().enumerate() {
        if position % BREATH == 0 {
            let_requests_go_first(engine).await;
        }
        if under_way.len() >= SIDE_BY_SIDE {
            under_way.next().await;
        }
        under_way.push(deliver(engine, worker, message));
    }
    while under_way.next().await.is_some() {}
    Ok(due.len())
}

async fn deliver(engine: &Engine, worker: &str, message: &Message) {
    match engine.deliver(worker, message).await {
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
