//! What has to be done now and then: expiry, retention, gauges.

use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::jobs::pace::Pace;
use crate::mail::breaker::BreakerState;
use crate::store::retention::Round;
use crate::store::{audit, messages, retention, webhook_deliveries};
use crate::telemetry::metrics;
use crate::workflows::{Engine, Outcome};

/// How long after its time a delivery is still left to the worker, which makes
/// a last try then.
const GRACE: Duration = Duration::from_secs(60 * 60);

/// Marks what is over and deletes what is past its time, in steps, until it is
/// done or `is_told` to stop.
///
/// # Errors
/// When the database is gone.
pub async fn tidy(engine: &Engine, pace: &Pace, is_told: impl Fn() -> bool) -> Outcome<()> {
    let now = engine.now().await?;
    let database = engine.database.write();
    let (mut expired, mut purged) = (0, 0);
    while !is_told() {
        let over = pace.step(engine, retention::expire_resets(database, now)).await?;
        let stale = pace.step(engine, retention::purge(database, now)).await?;
        let unaddressed = pace.step(engine, retention::purge_unaddressed(database)).await?;
        let audited = pace.step(engine, purge_audit(engine, now)).await?;
        let given_up = webhook_deliveries::give_up(database, GRACE, now);
        let given_up = pace.step(engine, given_up).await?;
        (expired, purged) = (expired + over.rows + given_up, purged + stale.rows + unaddressed.rows + audited.rows);
        if !over.more && !stale.more && !unaddressed.more && !audited.more && given_up == 0 {
            break;
        }
    }
    if expired + purged > 0 {
        tracing::info!(expired, purged, "tidied up");
    }
    Ok(())
}

/// Deletes some of the audit entries that are past their time, and moves the
/// place that their chain begins behind, together.
async fn purge_audit(engine: &Engine, now: Timestamp) -> Outcome<Round> {
    let transaction = engine.database.begin().await?;
    let round = audit::purge(&transaction, now).await?;
    transaction.commit().await?;
    Ok(round)
}

/// Reads the outbox and the hash pool for the metrics.
///
/// # Errors
/// When the database is gone.
pub async fn gauge(engine: &Engine) -> Outcome<()> {
    let now = engine.now().await?;
    let (depth, oldest) = messages::backlog(engine.database.read()).await?;
    metrics::outbox(depth, oldest.map(|since| now.since(since)).unwrap_or_default());
    metrics::hash_queue(engine.hasher.stats().depth);
    for (name, state) in engine.mailer.transports.breakers() {
        metrics::breaker(
            name,
            match state {
                BreakerState::Closed => 0,
                BreakerState::HalfOpen => 1,
                BreakerState::Open => 2,
            },
        );
    }
    Ok(())
}
