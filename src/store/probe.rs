//! Whether the database takes writes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::Mutex;

use super::{Database, Result, StoreError};

/// How long an answer holds. Anybody may ask, so asking must not cost a flush
/// of the disk each time.
const FRESH: Duration = Duration::from_secs(2);

/// A row of its own among the buckets, which are swept when they are old.
const WRITE: &str = "INSERT INTO buckets (key, arrival_at) VALUES ('write-probe', $1) \
    ON CONFLICT (key) DO UPDATE SET arrival_at = excluded.arrival_at";

/// When somebody looked last, and what failed then.
type Seen = Option<(Instant, Option<String>)>;

/// Writes a row now and then, to see whether the database can: one that
/// answers reads may still be full, read-only or out of reach of its disk.
#[derive(Debug, Clone)]
pub struct WriteProbe {
    database: Database,
    seen: Arc<Mutex<Seen>>,
}

impl WriteProbe {
    /// A probe that has not looked yet.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, seen: Arc::default() }
    }

    /// Writes, unless somebody did a moment ago.
    ///
    /// # Errors
    /// When the write fails, or the one before did.
    pub async fn check(&self) -> Result<()> {
        let mut seen = self.seen.lock().await;
        if let Some((at, failure)) = &*seen
            && at.elapsed() < FRESH
        {
            return failure.clone().map_or(Ok(()), |cause| Err(StoreError::Gone(cause)));
        }
        let written = self.write().await;
        *seen = Some((Instant::now(), written.as_ref().err().map(ToString::to_string)));
        written
    }

    async fn write(&self) -> Result<()> {
        let now = self.database.now().await?;
        let writer = self.database.write();
        let statement = Statement::from_sql_and_values(writer.get_database_backend(), WRITE, [now.as_millis().into()]);
        writer.execute_raw(statement).await?;
        Ok(())
    }
}
