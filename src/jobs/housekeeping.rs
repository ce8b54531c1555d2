//! What has to be done now and then: expiry, retention, gauges.

use crate::jobs::pace::let_requests_go_first;
use crate::store::{messages, retention};
use crate::telemetry::metrics;
use crate::workflows::{Engine, Outcome};

/// Marks what is over and deletes what is past its time, in steps, until it is
/// done or `is_told` to stop.
///
/// # Errors
/// When the database is gone.
pub async fn tidy(engine: &Engine, is_told: impl Fn() -> bool) -> Outcome<()> {
    let now = engine.now().await?;
    let expired = retention::expire_resets(engine.database.write(), now).await?;
    let mut purged = 0;
    while !is_told() {
        let step = retention::purge(engine.database.write(), now).await?;
        purged += step.rows;
        if !step.more {
            break;
        }
        let_requests_go_first(engine).await;
    }
    if expired + purged > 0 {
        tracing::info!(expired, purged, "tidied up");
    }
    Ok(())
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
    Ok(())
}
