//! Connections and transactions.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use crate::domain::clock::Timestamp;

use super::time::Clock;
use super::transaction::Transaction;
use super::{Result, StoreError, access_state};

/// The advisory lock of whoever migrates: the letters `rekey`, so that it is
/// unlikely to be anybody else's.
const MIGRATION_LOCK: i64 = 0x72_65_6b_65_79;

/// How long a statement may take before its caller hears that the database is
/// busy, so that one locked row cannot use up the pool.
const STATEMENT: Duration = Duration::from_secs(15);

/// How soon PostgreSQL finds out that one of its clients is gone and takes back
/// what it held: until then readers of events go no further than its place.
const ABANDONED: [(&str, &str); 4] = [
    ("idle_in_transaction_session_timeout", "30s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections at most (PostgreSQL), readers at most (SQLite).
    pub pool_size: u32,
    /// How long to wait for a connection before the database counts as gone;
    /// on SQLite a transaction may have stood in line for as long before that.
    pub patience: Duration,
}

/// The database: on SQLite one connection that writes and several that read,
/// on PostgreSQL one pool for both.
#[derive(Debug, Clone)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    clock: Clock,
    /// Changes of what callers may do that this process made on SQLite, which
    /// serves one process.
    access: Arc<AtomicI64>,
    /// Where transactions stand in line for the one connection of SQLite that writes.
    line: Arc<Mutex<()>>,
    /// How long one stands in line, and then waits for a connection.
    patience: Duration,
}

impl Database {
    /// Connects, and creates the SQLite file when it is missing.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn connect(options: &DatabaseOptions, clock: Clock) -> Result<Self> {
        let (access, line) = (Arc::default(), Arc::default());
        if options.url.starts_with("sqlite") {
            let writer = sea_orm::Database::connect(sqlite(options, 1)).await?;
            let reader = sea_orm::Database::connect(sqlite(options, options.pool_size.clamp(1, 4))).await?;
            return Ok(Self { reader, writer, clock, access, line, patience: options.patience });
        }
        let mut pool = common(options, options.pool_size);
        // All of them at once and for good: a connection wakes on the runtime that
        // opened it, which must be the one that ends last.
        pool.min_connections(options.pool_size).idle_timeout(None).max_lifetime(None).statement_timeout(STATEMENT);
        pool.map_sqlx_postgres_opts(|postgres| postgres.options(ABANDONED));
        match sea_orm::Database::connect(pool).await {
            Ok(pool) => {
                Ok(Self { reader: pool.clone(), writer: pool, clock, access, line, patience: options.patience })
            }
            Err(error) => Err(why_unreachable(options).await.unwrap_or_else(|| error.into())),
        }
    }

    /// A connection for reading outside a transaction.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// A connection for one writing statement outside a transaction.
    #[must_use]
    pub const fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a transaction that writes. On SQLite it takes the write lock at
    /// once, so that it can never fail half-way for want of it.
    ///
    /// # Errors
    /// When the database is gone or did not answer in time.
    pub async fn begin(&self) -> Result<Transaction> {
        // On SQLite the first of the line stays there until the transaction has
        // ended, so that whoever is let past it waits for one of them at most.
        // Single statements do not stand in it: they hold nothing up for long.
        let place = if self.is_embedded() { Some(self.stand_in_line().await?) } else { None };
        Ok(Transaction::new(self.begin_now().await?, place))
    }

    async fn stand_in_line(&self) -> Result<OwnedMutexGuard<()>> {
        let too_long = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        Ok(timeout(self.patience, Arc::clone(&self.line).lock_owned()).await.map_err(too_long)?)
    }

    /// Begins one for a group of short writes, past the others that wait: behind
    /// no more of them than the one that is under way.
    ///
    /// # Errors
    /// As [`Database::begin`].
    pub async fn begin_past_the_line(&self) -> Result<Transaction> {
        Ok(Transaction::new(self.begin_now().await?, None))
    }

    async fn begin_now(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// What time it is.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn now(&self) -> Result<Timestamp> {
        self.clock.read(&self.reader).await
    }

    /// What time it is, and how often anything changed that decides what
    /// callers may do; in one question where it has to be asked at all.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn now_and_access(&self) -> Result<(Timestamp, i64)> {
        if self.is_embedded() {
            return Ok((self.now().await?, self.access.load(Ordering::SeqCst)));
        }
        match &self.clock {
            Clock::Database => {
                let (now, version) = access_state::read_with_time(&self.reader).await?;
                Ok((Timestamp::from_millis(now), version))
            }
            Clock::Stopped(_) => Ok((self.now().await?, access_state::read(&self.reader).await?)),
        }
    }

    /// Notes that a change of what callers may do was committed here.
    pub fn note_access_change(&self) {
        self.access.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether one instance owns this database alone.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Sqlite
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a migration fails.
    pub async fn migrate_up(&self) -> Result<()> {
        let alone = self.begin_alone().await?;
        Migrator::up(&alone, None).await?;
        Ok(alone.commit().await?)
    }

    /// Takes back the latest migration.
    ///
    /// # Errors
    /// When it fails.
    pub async fn migrate_down(&self) -> Result<()> {
        let alone = self.begin_alone().await?;
        Migrator::down(&alone, Some(1)).await?;
        Ok(alone.commit().await?)
    }

    /// Begins a transaction in which nobody else changes the schema: several
    /// instances may start at once on an empty database. It may take as long as
    /// it needs, but whoever waits for a table makes everybody else wait behind
    /// them, so that this is given up soon.
    async fn begin_alone(&self) -> Result<DatabaseTransaction> {
        let transaction = self.begin_now().await?;
        if !self.is_embedded() {
            transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
            transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
            transaction.execute_unprepared("SET LOCAL lock_timeout = '10s'").await?;
        }
        Ok(transaction)
    }

    /// The migrations that are still to be applied, by name.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        let pending = Migrator::get_pending_migrations_read_only(&self.reader).await?;
        Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
    }

    /// Asks for nothing, to see whether anybody answers.
    ///
    /// # Errors
    /// When nobody does.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.reader.ping().await?)
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// The file that an SQLite URL names; `None` in memory, or when the driver
/// cannot read the URL.
#[must_use]
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let options: SqliteConnectOptions = url.parse().ok()?;
    let path = options.get_filename();
    let in_memory = url.contains(":memory:") || url.contains("mode=memory") || path.as_os_str().is_empty();
    (!in_memory).then(|| path.to_owned())
}

/// Why a PostgreSQL server cannot be reached, in its own words or the
/// network's: a pool goes on trying and then says only that it took too long.
async fn why_unreachable(options: &DatabaseOptions) -> Option<StoreError> {
    let attempt = tokio::time::timeout(options.patience, PgConnection::connect(&options.url)).await;
    attempt.ok()?.err().map(|error| StoreError::Gone(error.to_string()))
}

fn common(options: &DatabaseOptions, connections: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(connections)
        .acquire_timeout(options.patience)
        .connect_timeout(options.patience)
        // SQL text and binds near token digests do not belong in logs or traces.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    connect
}

fn sqlite(options: &DatabaseOptions, connections: u32) -> ConnectOptions {
    let mut connect = common(options, connections);
    connect.min_connections(1).idle_timeout(None).max_lifetime(None).test_before_acquire(false).map_sqlx_sqlite_opts(
        |sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // An acknowledged reset survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                .statement_cache_capacity(200)
        },
    );
    connect.map_sqlx_sqlite_pool_opts(never_inside_a_transaction);
    connect
}

/// Lets a pool hand out only connections whose transactions have ended.
///
/// SQLite ends a transaction by itself when the disk is full or fails. The
/// ROLLBACK that follows is then refused, and the driver goes on counting the
/// transaction as open: the next one would be a savepoint in nothing, whose
/// commit answers well and writes not a byte. Such a connection is closed when
/// it comes back, and another one takes its place.
fn never_inside_a_transaction(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    pool.after_release(|connection, _| Box::pin(has_ended(connection)))
        .before_acquire(|connection, _| Box::pin(has_ended(connection)))
}

/// Whether no transaction of the connection counts as open, once the rollback
/// that may still be queued is done.
async fn has_ended(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if connection.is_in_transaction() {
        connection.ping().await?;
    }
    let ended = !connection.is_in_transaction();
    if !ended {
        tracing::warn!("a database connection did not end its transaction and is replaced");
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn database(directory: &tempfile::TempDir, patience: Duration) -> Database {
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        let options = DatabaseOptions { url, pool_size: 2, patience };
        Database::connect(&options, Clock::stopped(Timestamp::from_millis(0)).0).await.unwrap()
    }

    #[tokio::test]
    async fn who_may_pass_the_line_waits_for_none_of_it() {
        let directory = tempfile::tempdir().unwrap();
        let database = database(&directory, Duration::from_secs(10)).await;
        let writing = database.begin().await.unwrap();
        let order = std::sync::Mutex::new(Vec::new());
        let in_line = |number: u8| {
            let (database, order) = (&database, &order);
            async move {
                let transaction = database.begin().await.unwrap();
                order.lock().unwrap().push(number);
                transaction.commit().await.unwrap();
            }
        };
        let past_it = async {
            // Polled after all of the line, so they stand there.
            let transaction = database.begin_past_the_line().await.unwrap();
            order.lock().unwrap().push(0);
            transaction.commit().await.unwrap();
        };
        let release = async {
            tokio::task::yield_now().await;
            writing.commit().await.unwrap();
        };
        tokio::join!(in_line(1), in_line(2), in_line(3), in_line(4), past_it, release);
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn nobody_stands_in_line_for_ever() {
        let directory = tempfile::tempdir().unwrap();
        let database = database(&directory, Duration::from_secs(1)).await;
        // The first of the line waits for the connection, the others for the first.
        let stuck = database.begin_past_the_line().await.unwrap();
        let begun = std::time::Instant::now();
        let waiting: Vec<_> = futures_util::future::join_all((0..20).map(|_| database.begin())).await;
        assert!(waiting.iter().all(Result::is_err));
        assert!(begun.elapsed() < Duration::from_secs(5), "each after another: {:?}", begun.elapsed());
        stuck.commit().await.unwrap();
        database.begin().await.unwrap().commit().await.unwrap();
    }
}
