//! Statements that go to the database together.
//!
//! SQLite works on a thread of its own, so each statement changes threads
//! twice; beside busy hash threads that costs more than the statement. What a
//! transaction asks and writes without needing an answer in between goes there
//! as one. PostgreSQL is told one statement after the other.

use sea_orm::sea_query::Query;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Iden, Iterable, QueryResult, QueryTrait, Statement,
    UpdateMany, Values,
};

use super::Result;

/// Statements in the order in which they are carried out.
#[derive(Debug)]
pub struct Batch {
    backend: DbBackend,
    statements: Vec<Statement>,
}

impl Batch {
    /// No statements yet, for this connection.
    pub fn new(connection: &impl ConnectionTrait) -> Self {
        Self { backend: connection.get_database_backend(), statements: Vec::new() }
    }

    /// Which database they are for.
    #[must_use]
    pub const fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Adds a query.
    pub fn add(&mut self, query: &impl QueryTrait) {
        self.push(query.build(self.backend));
    }

    /// Adds an update that answers the rows as changed.
    pub fn add_returning<E: EntityTrait>(&mut self, mut update: UpdateMany<E>) {
        update.query().returning(Query::returning().columns(E::Column::iter()));
        self.add(&update);
    }

    /// Adds a statement. For SQLite its parameters are unnumbered, because
    /// their numbers depend on what goes before.
    pub fn push(&mut self, statement: Statement) {
        debug_assert!(self.backend != DbBackend::Sqlite || !statement.sql.contains('$'), "numbered: {}", statement.sql);
        self.statements.push(statement);
    }

    /// Carries them out and answers the rows of all of them. When one fails,
    /// those after it are not carried out.
    ///
    /// # Errors
    /// When a statement is refused, or the database is gone.
    pub async fn run(self, connection: &impl ConnectionTrait) -> Result<Answers> {
        if self.backend == DbBackend::Sqlite {
            let rows = match joined(self.statements) {
                Some(statement) => connection.query_all_raw(statement).await?,
                None => Vec::new(),
            };
            return Ok(Answers(rows));
        }
        let mut rows = Vec::new();
        for statement in self.statements {
            rows.extend(connection.query_all_raw(statement).await?);
        }
        Ok(Answers(rows))
    }
}

/// One statement of several; none of none.
fn joined(statements: Vec<Statement>) -> Option<Statement> {
    statements.into_iter().reduce(|mut all, next| {
        all.sql.push_str("; ");
        all.sql.push_str(&next.sql);
        let values = next.values.into_iter().flat_map(|Values(values)| values);
        all.values.get_or_insert_with(|| Values(Vec::new())).0.extend(values);
        all
    })
}

/// The rows that the statements of a batch answered.
#[derive(Debug)]
pub struct Answers(Vec<QueryResult>);

impl Answers {
    /// The rows of one table, which is told from the others in the batch by a
    /// column that none of them has.
    pub(super) fn of<M: FromQueryResult>(&self, column: &impl Iden) -> Result<Vec<M>> {
        let column = column.to_string();
        let its = self.0.iter().filter(|row| row.column_names().contains(&column));
        its.map(|row| Ok(M::from_query_result(row, "")?)).collect()
    }
}
