//! Reading typed values out of rows.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Select};

use crate::domain::access::{Filter, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;
use crate::domain::secret::unhex;

use super::{Result, StoreError};

/// Parses a text that this system wrote.
pub fn read<T: FromStr>(text: &str, what: &'static str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Corrupt(what))
}

/// Parses a text that may be missing.
pub fn read_optional<T: FromStr>(text: Option<&str>, what: &'static str) -> Result<Option<T>> {
    text.map(|text| read(text, what)).transpose()
}

/// Reads a nonce.
pub fn nonce(text: &str) -> Result<[u8; 32]> {
    unhex(text).ok_or(StoreError::Corrupt("nonce"))
}

/// Reads a JSON text.
pub fn json<T: serde::de::DeserializeOwned>(text: &str, what: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt(what))
}

/// Writes a JSON text.
pub fn to_json<T: serde::Serialize>(value: &T, what: &'static str) -> Result<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt(what))
}

/// A time that may be missing.
pub fn moment(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// A count: never negative, and never large.
pub fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

/// Locks the rows of a query until the transaction ends. SQLite has one
/// writer, which holds the lock from its `BEGIN IMMEDIATE` on.
pub fn locked<Q: QuerySelect>(mut query: Q, connection: &impl ConnectionTrait, behavior: Option<LockBehavior>) -> Q {
    if connection.get_database_backend() == DbBackend::Postgres {
        let statement = QuerySelect::query(&mut query);
        match behavior {
            Some(behavior) => statement.lock_with_behavior(LockType::Update, behavior),
            None => statement.lock(LockType::Update),
        };
    }
    query
}

/// Reads what has these ids, of whatever application, but for rows that cannot
/// be understood.
pub async fn list_readable<E, T>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    ids: BTreeSet<impl Display>,
) -> Result<Vec<T>>
where
    E: EntityTrait,
    T: TryFrom<E::Model>,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let names = ids.into_iter().map(|id| id.to_string());
    let rows = E::find().filter(column.is_in(names)).all(connection).await?;
    Ok(rows.into_iter().filter_map(|row| T::try_from(row).ok()).collect())
}

/// The rows of a query whose tenant is inside the scope. That they are the
/// application's is for the caller to say.
pub fn within<E: EntityTrait>(query: Select<E>, scope: &Scope, tenant: E::Column) -> Select<E> {
    query.filter(inside(scope, tenant))
}

/// The condition that a row's tenant is inside a scope, whose application the
/// caller asks for as well.
pub fn inside<C: ColumnTrait>(scope: &Scope, tenant: C) -> Expr {
    let names = |set: BTreeSet<TenantId>| set.into_iter().map(|id| id.to_string());
    match scope.tenants().filter() {
        Filter::NotIn(set) if set.is_empty() => Expr::cust("1 = 1"),
        Filter::NotIn(set) => tenant.is_not_in(names(set)),
        Filter::In(set) => tenant.is_in(names(set)),
    }
}

/// A row in which every column is set, for inserting or overwriting it whole.
pub fn whole<M, A>(row: M) -> A
where
    M: sea_orm::IntoActiveModel<A>,
    A: sea_orm::ActiveModelTrait,
{
    row.into_active_model().reset_all()
}
