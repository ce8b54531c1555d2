//! The database: SeaORM on SQLite or PostgreSQL, and nothing above this room
//! knows either.
//!
//! One file per aggregate. Functions take any connection, so the caller owns
//! the transaction; what an application or a tenant owns is read through a
//! [`Scope`](crate::domain::access::Scope). A change of state is a guarded
//! UPDATE whose result says whether it took place.

pub mod access_state;
pub mod api_keys;
pub mod applications;
pub mod audit;
pub mod auth_factors;
pub mod batch;
pub mod branding;
pub mod database;
pub mod email_templates;
pub mod event_feed;
pub mod events;
pub mod idempotency;
pub mod issuers;
pub mod jobs;
pub mod message_attempts;
pub mod message_records;
pub mod messages;
pub mod operator_credentials;
pub mod operator_invitations;
pub mod operator_sessions;
pub mod operators;
pub mod origins;
pub mod overview;
pub mod password_history;
pub mod pending_sign_ins;
pub mod permission_boundaries;
pub mod policies;
pub mod probe;
pub mod requests;
pub mod resets;
pub mod retention;
pub mod service_accounts;
pub mod sessions;
pub mod slice;
pub mod suppressions;
pub mod tenants;
pub mod throttles;
pub mod time;
pub mod timeline;
pub mod transaction;
pub mod users;
pub mod verifications;
pub mod versioned;
pub mod webhook_deliveries;
pub mod webhook_endpoints;
pub mod writer;

mod entity;
mod rows;

pub use database::Database;
pub use sea_orm::ConnectionTrait;
pub use transaction::Transaction;

use sea_orm::{DbErr, SqlErr};
use thiserror::Error;

/// What can go wrong in the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused, or is gone.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// The database is gone, as somebody else has found out.
    #[error("the database failed: {0}")]
    Gone(String),
    /// A row that this version of rekey cannot have written.
    #[error("unreadable value in {0}")]
    Corrupt(&'static str),
}

impl StoreError {
    /// Whether a unique index refused the row.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }

    /// The same, and the index covers this column. SQLite names the columns,
    /// PostgreSQL the index, which is named after them.
    #[must_use]
    pub fn is_duplicate_of(&self, column: &str) -> bool {
        self.is_duplicate() && self.to_string().contains(column)
    }

    /// Whether rows of the transaction are at fault, or others that it met
    /// (PostgreSQL's deadlock and serialisation failures, SQLite's busy), and
    /// not the database itself.
    #[must_use]
    pub fn is_about_rows(&self) -> bool {
        const MARKS: [&str; 3] = ["40P01", "40001", "database is locked"];
        self.is_duplicate()
            || matches!(self, Self::Database(error) if MARKS.iter().any(|mark| error.to_string().contains(mark)))
            || matches!(self, Self::Database(error) if error.sql_err().is_some())
            || matches!(self, Self::Corrupt(_))
    }
}

/// A result of the store.
pub type Result<T> = std::result::Result<T, StoreError>;
