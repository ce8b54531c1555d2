//! What is managed, with its version.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::clock::Timestamp;

use super::Result;

/// Something with the number of its changes, for writes that hold only for the
/// version they were made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The thing.
    pub it: T,
    /// Its version, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The columns of a table that say which row, which version and when it
/// changed.
pub(super) struct Columns<C> {
    pub id: C,
    pub version: C,
    pub updated_at: C,
}

/// Writes some columns of one row as the version after `before`. Says whether
/// it was still that one.
pub(super) async fn advance<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    columns: Columns<E::Column>,
    id: &str,
    before: i64,
    changes: Vec<(E::Column, Expr)>,
    now: Timestamp,
) -> Result<bool> {
    let update = E::update_many()
        .col_expr(columns.version, Expr::col(columns.version).add(1))
        .col_expr(columns.updated_at, Expr::value(now.as_millis()))
        .filter(columns.id.eq(id))
        .filter(columns.version.eq(before));
    let update = changes.into_iter().fold(update, |update, (column, value)| update.col_expr(column, value));
    Ok(update.exec(connection).await?.rows_affected == 1)
}
