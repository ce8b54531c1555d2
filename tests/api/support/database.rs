//! A database of its own for each test.

use rekey::domain::entropy::{Entropy as _, SystemEntropy};
use rekey::domain::secret::hex;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// A database of its own.
pub struct TestDatabase {
    url: String,
    looking: Option<DatabaseConnection>,
    cleanup: Cleanup,
}

enum Cleanup {
    Folder(tempfile::TempDir),
    Postgres { server: String, name: String },
}

/// A name that no other test has.
fn unique() -> String {
    format!("rekey_test_{}", hex(&SystemEntropy.nonce()[..8]))
}

impl TestDatabase {
    /// An SQLite file.
    #[expect(clippy::unused_async, reason = "made like the other one")]
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rekey.db").display());
        Self { url, looking: None, cleanup: Cleanup::Folder(folder) }
    }

    /// A PostgreSQL database on the server that `tests/run` has started.
    pub async fn postgres() -> Self {
        let server = std::env::var("REKEY_TEST_POSTGRES_URL")
            .expect("REKEY_TEST_POSTGRES_URL is not set: run the tests with ./tests/run");
        let name = unique();
        let admin = Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Self { url: url.to_string(), looking: None, cleanup: Cleanup::Postgres { server, name } }
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which one it is.
    pub fn kind(&self) -> &'static str {
        match self.cleanup {
            Cleanup::Folder(_) => "SQLite",
            Cleanup::Postgres { .. } => "PostgreSQL",
        }
    }

    async fn look(&mut self) -> &DatabaseConnection {
        if self.looking.is_none() {
            self.looking = Some(Database::connect(&self.url).await.unwrap());
        }
        self.looking.as_ref().unwrap()
    }

    /// Runs a statement behind rekey's back.
    pub async fn run(&mut self, sql: &str) -> u64 {
        self.look().await.execute_unprepared(sql).await.unwrap().rows_affected()
    }

    /// How many rows a table has.
    pub async fn count(&mut self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS n FROM {table}")).await
    }

    /// The number that a query answers in its column `n`.
    pub async fn number(&mut self, sql: &str) -> i64 {
        let connection = self.look().await;
        let backend = connection.get_database_backend();
        let row = connection.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    /// The text that a query answers in its column `t`.
    pub async fn text(&mut self, sql: &str) -> String {
        let connection = self.look().await;
        let backend = connection.get_database_backend();
        let row = connection.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
        row.try_get("", "t").unwrap()
    }

    /// Everything in it, as text: what somebody holds who has stolen it.
    pub async fn dump(&mut self) -> String {
        match &self.cleanup {
            Cleanup::Folder(folder) => {
                let files = std::fs::read_dir(folder.path()).unwrap();
                let contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
                contents.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
            }
            Cleanup::Postgres { .. } => {
                let connection = self.look().await;
                let sql = "SELECT string_agg(query_to_xml('SELECT * FROM ' || quote_ident(tablename), true, false, '')::text, '') \
                           AS dump FROM pg_tables WHERE schemaname = 'public'";
                let statement = Statement::from_string(DbBackend::Postgres, sql);
                let row = connection.query_one_raw(statement).await.unwrap().unwrap();
                row.try_get("", "dump").unwrap()
            }
        }
    }

    /// Removes it.
    pub async fn drop(self) {
        if let Some(looking) = self.looking {
            looking.close().await.unwrap();
        }
        if let Cleanup::Postgres { server, name } = self.cleanup {
            let admin = Database::connect(&server).await.unwrap();
            admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            admin.close().await.unwrap();
        }
    }
}
