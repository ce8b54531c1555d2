//! Numbered pages of a list, for people who look through it.

use sea_orm::sea_query::{ColumnType, Expr, ExprTrait, LikeExpr, Value};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic as _, Order, PaginatorTrait, QueryOrder,
    QuerySelect, Select,
};

use crate::domain::clock::Timestamp;

use super::Result;

/// How an attribute is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// It is the text.
    Equals,
    /// It is not.
    Differs,
    /// It holds the text.
    Contains,
    /// It begins with the text.
    StartsWith,
}

/// What must hold for an attribute of each item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<K> {
    /// Which attribute.
    pub by: K,
    /// How it is compared.
    pub test: Test,
    /// With what.
    pub value: String,
}

impl<K> Term<K> {
    /// The same as a condition on a column. Times are compared as they are
    /// written, switches with `true` and `false`.
    pub(super) fn condition<C: ColumnTrait>(&self, column: C) -> Expr {
        let value = self.value.as_str();
        match column.def().get_column_type() {
            ColumnType::Boolean => self.equality(column, &[("true", true), ("false", false)]),
            ColumnType::BigInteger => {
                let time = Timestamp::parse(value).map(Timestamp::as_millis);
                let known: Vec<_> = time.map(|time| (value, time)).into_iter().collect();
                self.equality(column, &known)
            }
            _ => match self.test {
                Test::Equals => column.eq(value),
                // What is missing is not the text either.
                Test::Differs => column.ne(value).or(column.is_null()),
                Test::Contains => column.like(LikeExpr::new(format!("%{}%", plain(value))).escape('\\')),
                Test::StartsWith => column.like(LikeExpr::new(format!("{}%", plain(value))).escape('\\')),
            },
        }
    }

    /// A comparison with a value that is no text; what it has no name for is
    /// nothing's.
    fn equality<C: ColumnTrait, V: Copy + Into<Value>>(&self, column: C, known: &[(&str, V)]) -> Expr {
        let meant = known.iter().find(|(name, _)| *name == self.value).map(|(_, value)| *value);
        match (self.test, meant) {
            (Test::Equals, Some(value)) => column.eq(value),
            (Test::Differs, Some(value)) => column.ne(value),
            (Test::Differs, None) => Expr::value(1).eq(1),
            _ => Expr::value(1).eq(0),
        }
    }
}

/// A text in which nothing means more than itself to LIKE.
fn plain(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// Which part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// How many to leave out at the beginning.
    pub skip: u64,
    /// How many at most.
    pub count: u64,
    /// Largest first.
    pub descending: bool,
}

impl Slice {
    /// The rows of a query that are in it, by a column and then by the key,
    /// and how many there are altogether.
    pub(super) async fn of<E>(
        self,
        query: Select<E>,
        by: E::Column,
        key: E::Column,
        connection: &impl ConnectionTrait,
    ) -> Result<(u64, Vec<E::Model>)>
    where
        E: EntityTrait,
        E::Model: FromQueryResult + Send + Sync,
    {
        let total = query.clone().count(connection).await?;
        let order = if self.descending { Order::Desc } else { Order::Asc };
        let sorted = if by.as_str() == key.as_str() { query } else { query.order_by(by, order.clone()) };
        let sorted = sorted.order_by(key, order);
        let rows = if self.count == 0 {
            Vec::new()
        } else {
            sorted.offset(self.skip).limit(self.count).all(connection).await?
        };
        Ok((total, rows))
    }
}
