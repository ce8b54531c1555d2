//! Sessions and their refresh tokens.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, UpdateMany};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::secret::{SecretDigest, hex};
use crate::domain::user::Session;

use super::Result;
use super::batch::{Answers, Batch};
use super::entity::refresh_tokens as tokens;
use super::entity::sessions::{Column, Entity, Model};
use super::rows::{locked, moment, nonce, read, whole};

/// What a session's refresh tokens derive from.
#[derive(Debug, Clone)]
pub struct SessionSeed {
    /// The key.
    pub key_id: String,
    /// The nonce.
    pub nonce: [u8; 32],
}

fn from_row(row: Model) -> Result<(Session, SessionSeed)> {
    let seed = SessionSeed { nonce: nonce(&row.nonce)?, key_id: row.key_id };
    let session = Session {
        id: read(&row.id, "sessions.id")?,
        application: read(&row.application_id, "sessions.application_id")?,
        tenant: read(&row.tenant_id, "sessions.tenant_id")?,
        user: read(&row.user_id, "sessions.user_id")?,
        ip_address: row.ip_address,
        user_agent: row.user_agent,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        ended_at: moment(row.ended_at),
    };
    Ok((session, seed))
}

/// Begins a session.
pub async fn insert(connection: &impl ConnectionTrait, session: &Session, seed: &SessionSeed) -> Result<()> {
    let row = Model {
        id: session.id.to_string(),
        application_id: session.application.to_string(),
        tenant_id: session.tenant.to_string(),
        user_id: session.user.to_string(),
        ip_address: session.ip_address.clone(),
        user_agent: session.user_agent.clone(),
        key_id: seed.key_id.clone(),
        nonce: hex(&seed.nonce),
        created_at: session.created_at.as_millis(),
        updated_at: session.updated_at.as_millis(),
        expires_at: session.expires_at.as_millis(),
        ended_at: session.ended_at.map(Timestamp::as_millis),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads one session inside the scope and locks it.
pub async fn lock(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: SessionId,
) -> Result<Option<(Session, SessionSeed)>> {
    let query = Entity::find_by_id(id.to_string()).filter(Column::ApplicationId.eq(scope.application().to_string()));
    let row = locked(query, connection, None).one(connection).await?;
    let found = row.map(from_row).transpose()?;
    Ok(found.filter(|(session, _)| scope.covers(session.tenant)))
}

/// Reads one session in whatever application: for signing out, where the
/// browser holds nothing but its id. The row itself is the scope of all that
/// follows.
pub async fn find_public(connection: &impl ConnectionTrait, id: SessionId) -> Result<Option<Session>> {
    let row = Entity::find_by_id(id.to_string()).one(connection).await?;
    row.map(|row| from_row(row).map(|(session, _)| session)).transpose()
}

/// The sessions of a user that have not ended, newest first.
pub async fn list_active(connection: &impl ConnectionTrait, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
    let rows = Entity::find()
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.as_millis()))
        .order_by_desc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| from_row(row).map(|(session, _)| session)).collect()
}

/// Ends one session. Says whether it was still active.
pub async fn end(connection: &impl ConnectionTrait, id: SessionId, now: Timestamp) -> Result<bool> {
    let result = ending(now).filter(Column::Id.eq(id.to_string())).exec(connection).await?;
    Ok(result.rows_affected == 1)
}

/// Ends every active session of a user. Says which, newest first.
pub async fn end_all(connection: &impl ConnectionTrait, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
    let mut batch = Batch::new(connection);
    batch.add_returning(ending_all(user, now));
    ended(&batch.run(connection).await?)
}

/// The same, as one of several statements, whose answer is for [`ended`].
pub(super) fn ending_all(user: UserId, now: Timestamp) -> UpdateMany<Entity> {
    ending(now).filter(Column::UserId.eq(user.to_string())).filter(Column::ExpiresAt.gt(now.as_millis()))
}

/// Which sessions [`ending_all`] ended, newest first.
pub(super) fn ended(answers: &Answers) -> Result<Vec<Session>> {
    let rows: Vec<Model> = answers.of(&Column::EndedAt)?;
    let mut ended = rows.into_iter().map(|row| Ok(from_row(row)?.0)).collect::<Result<Vec<_>>>()?;
    ended.sort_unstable_by_key(|session| std::cmp::Reverse(session.id));
    Ok(ended)
}

fn ending(now: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now.as_millis()))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::EndedAt.is_null())
}

/// Removes everything of a user's sessions.
pub async fn delete_all(connection: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.to_string())).exec(connection).await?;
    Ok(())
}

/// One refresh token that was given out.
#[derive(Debug, Clone, Copy)]
pub struct RefreshToken {
    /// The session it belongs to.
    pub session: SessionId,
    /// The how-many-eth of the session, from 0.
    pub generation: i64,
    /// When it was exchanged for the next one.
    pub used_at: Option<Timestamp>,
}

/// Gives out a refresh token.
pub async fn insert_token(
    connection: &impl ConnectionTrait,
    digest: &SecretDigest,
    token: RefreshToken,
    now: Timestamp,
) -> Result<()> {
    let row = tokens::Model {
        digest: digest.as_str().to_owned(),
        session_id: token.session.to_string(),
        generation: token.generation,
        created_at: now.as_millis(),
        used_at: token.used_at.map(Timestamp::as_millis),
    };
    tokens::Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads a refresh token by its digest.
pub async fn find_token(connection: &impl ConnectionTrait, digest: &SecretDigest) -> Result<Option<RefreshToken>> {
    let row = tokens::Entity::find_by_id(digest.as_str()).one(connection).await?;
    row.map(|row| {
        Ok(RefreshToken {
            session: read(&row.session_id, "refresh_tokens.session_id")?,
            generation: row.generation,
            used_at: moment(row.used_at),
        })
    })
    .transpose()
}

/// Marks a refresh token used. Says whether it was unused.
pub async fn use_token(connection: &impl ConnectionTrait, digest: &SecretDigest, now: Timestamp) -> Result<bool> {
    let result = tokens::Entity::update_many()
        .col_expr(tokens::Column::UsedAt, Expr::value(now.as_millis()))
        .filter(tokens::Column::Digest.eq(digest.as_str()))
        .filter(tokens::Column::UsedAt.is_null())
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}
