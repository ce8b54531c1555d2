//! Sign-ins that wait for their second factor. Every change is one guarded
//! UPDATE that repeats its precondition.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, UpdateMany};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{AuthChallengeId, UserId};
use crate::domain::second_factor::PendingSignIn;
use crate::domain::secret::{SecretDigest, hex};

use super::entity::pending_sign_ins::{Column, Entity, Model};
use super::rows::{count, moment, nonce, read, whole};
use super::{Result, StoreError};

impl TryFrom<Model> for PendingSignIn {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "pending_sign_ins.id")?,
            application: read(&row.application_id, "pending_sign_ins.application_id")?,
            tenant: read(&row.tenant_id, "pending_sign_ins.tenant_id")?,
            user: read(&row.user_id, "pending_sign_ins.user_id")?,
            key_id: row.key_id,
            nonce: nonce(&row.nonce)?,
            credential_version: row.credential_version,
            attempts: count(row.attempts),
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: moment(row.used_at),
        })
    }
}

/// Keeps a sign-in, with the digest of its token.
pub async fn insert(connection: &impl ConnectionTrait, sign_in: &PendingSignIn, token: &SecretDigest) -> Result<()> {
    let row = Model {
        id: sign_in.id.to_string(),
        application_id: sign_in.application.to_string(),
        tenant_id: sign_in.tenant.to_string(),
        user_id: sign_in.user.to_string(),
        key_id: sign_in.key_id.clone(),
        nonce: hex(&sign_in.nonce),
        token_digest: token.as_str().to_owned(),
        credential_version: sign_in.credential_version,
        attempts: i64::from(sign_in.attempts),
        created_at: sign_in.created_at.as_millis(),
        expires_at: sign_in.expires_at.as_millis(),
        used_at: sign_in.used_at.map(Timestamp::as_millis),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads the sign-in that a token belongs to, inside the scope.
pub async fn find_by_token(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    token: &SecretDigest,
) -> Result<Option<PendingSignIn>> {
    let query = Entity::find()
        .filter(Column::TokenDigest.eq(token.as_str()))
        .filter(Column::ApplicationId.eq(scope.application().to_string()));
    let found = query.one(connection).await?.map(PendingSignIn::try_from).transpose()?;
    Ok(found.filter(|sign_in| scope.covers(sign_in.tenant)))
}

/// Takes one attempt, unless `limit` of them are taken or the sign-in is over.
/// Says whether it did.
pub async fn take_attempt(
    connection: &impl ConnectionTrait,
    id: AuthChallengeId,
    limit: u32,
    now: Timestamp,
) -> Result<bool> {
    let result = live(id, now)
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Attempts.lt(i64::from(limit)))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Uses a sign-in up: it has led to a session. Says whether it was live.
pub async fn use_up(connection: &impl ConnectionTrait, id: AuthChallengeId, now: Timestamp) -> Result<bool> {
    let result = live(id, now).col_expr(Column::UsedAt, Expr::value(now.as_millis())).exec(connection).await?;
    Ok(result.rows_affected == 1)
}

/// An update of one sign-in that is neither used nor over.
fn live(id: AuthChallengeId, now: Timestamp) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.as_millis()))
}

/// Removes every pending sign-in of a user.
pub async fn delete_all(connection: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.to_string())).exec(connection).await?;
    Ok(())
}
