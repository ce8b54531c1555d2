//! The outbox: leased messages are delivered side by side.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;

use crate::jobs::beside::{beside, some_end};
use crate::jobs::pace::Pace;
use crate::jobs::settling::Settling;
use crate::mail::chain::Try;
use crate::mail::transport::FailureKind;
use crate::store::messages::{self, Message};
use crate::telemetry::metrics::{self, Delivery, MailEnd};
use crate::workflows::deliver::Composition;
use crate::workflows::gather::Gathered;
use crate::workflows::settle::{Delivered, SentMail};
use crate::workflows::{Engine, Outcome};

/// How many messages are under way at once, if the transport carries so many.
const SIDE_BY_SIDE: usize = 128;
/// How long a lease is, and how often it is renewed while its message is under
/// way: a conversation may be long, but when its worker dies the message should
/// not wait for long.
const LEASE: Duration = Duration::from_secs(60);
const RENEWAL: Duration = Duration::from_secs(15);
/// How long reading for several messages may take.
const GATHERING: Duration = Duration::from_secs(5);
/// When so long none of those under way has ended, one looks for new ones: a
/// provider that stalls on some must not hold up the others.
const PATIENCE: Duration = Duration::from_millis(200);

/// Delivers the messages that are due until none is left or `is_told` to stop;
/// then none is begun any more, and those under way are finished. A message is
/// leased only when it starts at once. Says how many there were.
///
/// # Errors
/// When the database is gone.
pub async fn work(engine: &Engine, pace: &Pace, worker: &str, is_told: impl Fn() -> bool) -> Outcome<usize> {
    let most = SIDE_BY_SIDE.min(engine.mailer.transports.side_by_side());
    let settling = Settling::new(engine, worker);
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
            match beside(&mut under_way, pace.step(engine, Box::pin(begin(engine, worker, free)))).await {
                Ok(leased) => {
                    begun += leased.len();
                    under_way.extend(leased.into_iter().map(|one| deliver(engine, pace, worker, &settling, one)));
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

/// A leased message, and what was read for it and others.
type Leased = (Message, Arc<Gathered>);

/// Leases messages that start now, and reads what they need. Where reading
/// fails or takes too long, each asks for itself and fails for itself.
async fn begin(engine: &Engine, worker: &str, most: usize) -> Outcome<Vec<Leased>> {
    let due = lease(engine, worker, most).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let gathering = async { engine.gather(&due, engine.now().await?).await };
    let gathered = Arc::new(timeout(GATHERING, gathering).await.ok().and_then(Result::ok).unwrap_or_default());
    Ok(due.into_iter().map(|message| (message, Arc::clone(&gathered))).collect())
}

/// Leases messages that start now.
async fn lease(engine: &Engine, worker: &str, most: usize) -> Outcome<Vec<Message>> {
    let now = engine.now().await?;
    let most = most.min(engine.mailer.transports.worth_beginning(now));
    if most == 0 {
        return Ok(Vec::new());
    }
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

async fn deliver(engine: &Engine, pace: &Pace, worker: &str, settling: &Settling<'_>, leased: Leased) {
    let id = leased.0.id;
    // Otherwise the lease runs out, and somebody tries again.
    if let Err(failure) = carry(engine, pace, worker, settling, leased).await {
        tracing::error!(message_id = %id, error = %failure, "a mail could not be handled");
    }
}

/// From the row to the providers and back to the row. How long those take is
/// nobody's share but their own.
async fn carry(
    engine: &Engine,
    pace: &Pace,
    worker: &str,
    settling: &Settling<'_>,
    (message, gathered): Leased,
) -> Outcome<()> {
    let composed = pace.next_step(engine.compose(worker, &message, &gathered)).await?;
    drop(gathered);
    let letter = match composed {
        Composition::Mail(letter) => letter,
        Composition::Ended(delivered) => {
            metrics::mail_ended(ending(delivered));
            return Ok(());
        }
    };
    let now = engine.now().await?;
    let dispatch = engine.mailer.transports.send(&letter.chain, &letter.mail, now).await;
    for one in &dispatch.tries {
        metrics::delivery(&one.transport, counted(one));
    }
    let delivered = pace.next_step(settling.settle(SentMail { message, letter, dispatch })).await?;
    metrics::mail_ended(ending(delivered));
    Ok(())
}

fn counted(one: &Try) -> Delivery {
    match &one.result {
        Ok(_) => Delivery::Accepted,
        Err(error) if error.kind == FailureKind::Permanent => Delivery::Rejected,
        Err(_) => Delivery::Deferred,
    }
}

/// How a mail ended, if it did.
const fn ending(delivered: Delivered) -> Option<MailEnd> {
    match delivered {
        Delivered::Sent => Some(MailEnd::Sent),
        Delivered::Deferred => None,
        Delivered::Dead => Some(MailEnd::Dead),
        Delivered::Dropped => Some(MailEnd::Dropped),
        Delivered::Suppressed => Some(MailEnd::Suppressed),
    }
}
