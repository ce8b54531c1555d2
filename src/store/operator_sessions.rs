//! Where operators are signed in. Every change is one guarded UPDATE.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, UpdateMany};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{OperatorId, OperatorSessionId};
use crate::domain::operator::ConsoleSession;
use crate::domain::secret::SecretDigest;

use super::entity::operator_sessions::{Column, Entity, Model};
use super::rows::{moment, read, whole};
use super::{Result, StoreError};

impl TryFrom<Model> for ConsoleSession {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "operator_sessions.id")?,
            operator: read(&row.operator_id, "operator_sessions.operator_id")?,
            network: row.network,
            browser: row.browser,
            created_at: Timestamp::from_millis(row.created_at),
            seen_at: Timestamp::from_millis(row.seen_at),
            proven_at: Timestamp::from_millis(row.proven_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            ended_at: moment(row.ended_at),
        })
    }
}

/// Begins a session, with the digest of its token.
pub async fn insert(connection: &impl ConnectionTrait, session: &ConsoleSession, token: &SecretDigest) -> Result<()> {
    let row = Model {
        id: session.id.to_string(),
        operator_id: session.operator.to_string(),
        token_digest: token.as_str().to_owned(),
        network: session.network.clone(),
        browser: session.browser.clone(),
        created_at: session.created_at.as_millis(),
        seen_at: session.seen_at.as_millis(),
        proven_at: session.proven_at.as_millis(),
        expires_at: session.expires_at.as_millis(),
        ended_at: session.ended_at.map(Timestamp::as_millis),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads the session that a token belongs to, alive or not.
pub async fn find_by_token(connection: &impl ConnectionTrait, token: &SecretDigest) -> Result<Option<ConsoleSession>> {
    let query = Entity::find().filter(Column::TokenDigest.eq(token.as_str()));
    query.one(connection).await?.map(ConsoleSession::try_from).transpose()
}

/// The sessions of an operator that have not been ended, newest first.
pub async fn list(connection: &impl ConnectionTrait, operator: OperatorId) -> Result<Vec<ConsoleSession>> {
    let query = Entity::find()
        .filter(Column::OperatorId.eq(operator.to_string()))
        .filter(Column::EndedAt.is_null())
        .order_by_desc(Column::Id);
    query.all(connection).await?.into_iter().map(ConsoleSession::try_from).collect()
}

/// Notes that a session was used.
pub async fn touch(connection: &impl ConnectionTrait, id: OperatorSessionId, now: Timestamp) -> Result<()> {
    open(id)
        .col_expr(Column::SeenAt, Expr::value(now.as_millis()))
        .filter(Column::SeenAt.lt(now.as_millis()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Notes that password and code were right again, under a new token. Says
/// whether the session was still open.
pub async fn prove(
    connection: &impl ConnectionTrait,
    id: OperatorSessionId,
    token: &SecretDigest,
    now: Timestamp,
) -> Result<bool> {
    let result = open(id)
        .col_expr(Column::ProvenAt, Expr::value(now.as_millis()))
        .col_expr(Column::SeenAt, Expr::value(now.as_millis()))
        .col_expr(Column::TokenDigest, Expr::value(token.as_str()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Ends one session of an operator. Says whether it was open.
pub async fn end(
    connection: &impl ConnectionTrait,
    operator: OperatorId,
    id: OperatorSessionId,
    now: Timestamp,
) -> Result<bool> {
    let result = open(id)
        .col_expr(Column::EndedAt, Expr::value(now.as_millis()))
        .filter(Column::OperatorId.eq(operator.to_string()))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Ends every session of an operator.
pub async fn end_all(connection: &impl ConnectionTrait, operator: OperatorId, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now.as_millis()))
        .filter(Column::OperatorId.eq(operator.to_string()))
        .filter(Column::EndedAt.is_null())
        .exec(connection)
        .await?;
    Ok(())
}

/// An update of one session that has not been ended.
fn open(id: OperatorSessionId) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(id.to_string())).filter(Column::EndedAt.is_null())
}
