//! Letting requests go first.
//!
//! Background work shares the database with the requests. While they crowd for
//! the connection that writes, it keeps to a small share of the time; as soon
//! as they do not, it takes what it needs. It must not be slowed down by
//! priority instead: whoever holds the write lock must be quick to let it go.

use std::time::Duration;

use crate::workflows::Engine;

/// Waiting longer than this for the writer means that there is a crowd.
const CROWD: Duration = Duration::from_millis(2);
/// How many times the wait is given back to the crowd, and how much at most.
const FACTOR: u32 = 20;
const LONGEST: Duration = Duration::from_millis(150);

/// Steps back while requests crowd for the database. A database that is gone
/// is for the work itself to find out.
pub async fn let_requests_go_first(engine: &Engine) {
    let waited = engine.database.wait_for_writer().await.unwrap_or_default();
    if waited > CROWD {
        tokio::time::sleep(waited.saturating_mul(FACTOR).min(LONGEST)).await;
    }
}
