//! A transaction, and its place in the line.

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::OwnedMutexGuard;

use super::Result;

/// A transaction that its maker commits; dropping it rolls back.
///
/// Where transactions stand in line, the next one of the line begins when this
/// one has ended.
#[derive(Debug)]
pub struct Transaction {
    // Ends before the place is given up: fields are dropped in this order.
    inner: DatabaseTransaction,
    _place: Option<OwnedMutexGuard<()>>,
}

impl Transaction {
    pub(super) const fn new(inner: DatabaseTransaction, place: Option<OwnedMutexGuard<()>>) -> Self {
        Self { inner, _place: place }
    }

    /// Makes all of it last.
    ///
    /// # Errors
    /// When the database refuses or is gone; nothing of it was written then,
    /// or nobody knows.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    /// Takes all of it back, and waits until that is done.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> std::result::Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> std::result::Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> std::result::Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> std::result::Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
