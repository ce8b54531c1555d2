//! What has to be done now and then: expiry, retention, gauges.

use crate::store::{messages, retention};
use crate::telemetry::metrics;
use crate::workflows::{Engine, Outcome};

/// Marks what is over and deletes what is past its time.
///
/// # Errors
/// When the database is gone.
pub async fn tidy(engine: &Engine) -> Outcome<()> {
    let now = engine.now().await?;
    let expired = retention::expire_resets(engine.database.write(), now).await?;
    let purged = retention::purge(engine.database.write(), now).await?;
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
