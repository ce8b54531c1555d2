//! What time it is. In production the database says, so that all instances
//! agree; it is asked once per request and the answer is passed on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::domain::clock::Timestamp;

use super::{Result, StoreError};

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The database's own clock.
    #[default]
    Database,
    /// A clock that a test moves by hand.
    Stopped(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still until it is told otherwise.
    #[must_use]
    pub fn stopped(at: Timestamp) -> (Self, Arc<AtomicI64>) {
        let hand = Arc::new(AtomicI64::new(at.as_millis()));
        (Self::Stopped(Arc::clone(&hand)), hand)
    }

    pub(super) async fn read(&self, connection: &impl ConnectionTrait) -> Result<Timestamp> {
        match self {
            Self::Stopped(hand) => Ok(Timestamp::from_millis(hand.load(Ordering::SeqCst))),
            Self::Database if connection.get_database_backend() == DbBackend::Sqlite => Ok(process_time()),
            Self::Database => {
                let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";
                let row = connection
                    .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
                    .await?
                    .ok_or(StoreError::Corrupt("clock"))?;
                Ok(Timestamp::from_millis(row.try_get("", "now")?))
            }
        }
    }
}

/// SQLite's clock is the clock of the process that it is part of, so asking
/// it through SQL would only cost time.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may ask the ambient clock")]
fn process_time() -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
