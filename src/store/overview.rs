//! Counts for the console's overview. Each reads one stretch of time of one
//! application off an index, and nothing else.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::domain::access::{Filter, Scope};
use crate::domain::clock::Timestamp;

use super::Result;

/// A stretch of time, cut into equal pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first millisecond.
    pub from: Timestamp,
    /// The milliseconds of a piece.
    pub piece: i64,
    /// How many pieces.
    pub pieces: i64,
}

/// How many of a name there were in a piece.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Tally {
    /// Which piece, from 0.
    pub piece: i64,
    /// What was counted, for example a state.
    pub name: String,
    /// How many.
    pub number: i64,
}

/// The resets that began in a span, by what became of them so far. A scope
/// that is not the whole application sees none.
pub async fn resets(connection: &impl ConnectionTrait, scope: &Scope, span: Span) -> Result<Vec<Tally>> {
    let sql = "SELECT (created_at - $2) / $3 AS piece, status AS name, COUNT(*) AS number FROM password_resets \
               WHERE application_id = $1 AND created_at >= $2 AND created_at < $4 GROUP BY 1, 2";
    tally(connection, scope, span, sql).await
}

/// Those of [`resets`] whose form for a new password was shown here, by what
/// became of them so far.
pub async fn opened(connection: &impl ConnectionTrait, scope: &Scope, span: Span) -> Result<Vec<Tally>> {
    let sql = "SELECT (created_at - $2) / $3 AS piece, status AS name, COUNT(*) AS number FROM password_resets \
               WHERE application_id = $1 AND created_at >= $2 AND created_at < $4 AND form_opened_at IS NOT NULL \
               GROUP BY 1, 2";
    tally(connection, scope, span, sql).await
}

/// The mails with a link or a code of a reset that were queued in a span, by
/// where they are.
pub async fn reset_mails(connection: &impl ConnectionTrait, scope: &Scope, span: Span) -> Result<Vec<Tally>> {
    let sql = "SELECT (created_at - $2) / $3 AS piece, state AS name, COUNT(*) AS number FROM messages \
               WHERE application_id = $1 AND created_at >= $2 AND created_at < $4 \
               AND kind IN ('PASSWORD_RESET_LINK', 'PASSWORD_RESET_CODE') GROUP BY 1, 2";
    tally(connection, scope, span, sql).await
}

/// All mails that were queued in a span, by where they are.
pub async fn mails(connection: &impl ConnectionTrait, scope: &Scope, span: Span) -> Result<Vec<Tally>> {
    let sql = "SELECT (created_at - $2) / $3 AS piece, state AS name, COUNT(*) AS number FROM messages \
               WHERE application_id = $1 AND created_at >= $2 AND created_at < $4 GROUP BY 1, 2";
    tally(connection, scope, span, sql).await
}

async fn tally(connection: &impl ConnectionTrait, scope: &Scope, span: Span, sql: &str) -> Result<Vec<Tally>> {
    let whole = matches!(scope.tenants().filter(), Filter::NotIn(none) if none.is_empty());
    if !whole {
        return Ok(Vec::new());
    }
    let until = span.from.as_millis().saturating_add(span.piece.saturating_mul(span.pieces));
    let values =
        [scope.application().to_string().into(), span.from.as_millis().into(), span.piece.max(1).into(), until.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(Tally::find_by_statement(statement).all(connection).await?)
}
