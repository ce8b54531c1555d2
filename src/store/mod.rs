//! The database: SeaORM on SQLite or PostgreSQL, and nothing above this room
//! knows either.
//!
//! One file per aggregate. Functions take any connection, so the caller owns
//! the transaction; what an application or a tenant owns is read through a
//! [`Scope`](crate::domain::access::Scope). A change of state is a guarded
//! UPDATE whose result says whether it took place.

pub mod api_keys;
pub mod applications;
pub mod database;
pub mod events;
pub mod idempotency;
pub mod jobs;
pub mod messages;
pub mod policies;
pub mod requests;
pub mod resets;
pub mod retention;
pub mod service_accounts;
pub mod sessions;
pub mod throttles;
pub mod time;
pub mod users;
pub mod writer;

mod entity;
mod rows;

pub use database::{Database, Transaction};
pub use sea_orm::ConnectionTrait;

use sea_orm::{DbErr, SqlErr};
use thiserror::Error;

/// What can go wrong in the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused, or is gone.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
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
}

/// A result of the store.
pub type Result<T> = std::result::Result<T, StoreError>;
