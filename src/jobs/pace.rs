//! Letting requests go first.
//!
//! Background work shares the database with the requests. While they crowd for
//! a commit it keeps to a small share of the time; as soon as they do not, it
//! takes what it needs. It must not be slowed down by priority instead: whoever
//! holds the write lock must be quick to let it go.

use std::time::Duration;

use crate::workflows::Engine;

/// So many requests at once are a crowd.
const CROWD: usize = 4;
/// How long to step back for a crowd, and how often before it is enough.
const STEP: Duration = Duration::from_millis(10);
const STEPS: usize = 10;

/// Steps back while requests crowd for a commit, a tenth of a second at most.
pub async fn let_requests_go_first(engine: &Engine) {
    for _ in 0..STEPS {
        if engine.requests.unanswered() < CROWD {
            return;
        }
        tokio::time::sleep(STEP).await;
    }
}
