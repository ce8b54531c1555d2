//! The hashes of passwords that users had before, as many as their tenant's
//! policy asks for and no more.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::clock::Timestamp;
use crate::domain::ids::UserId;
use crate::domain::user::User;

use super::Result;
use super::entity::password_history::{Column, Entity, Model};
use super::rows::whole;

/// Keeps the hash that a user has, whose row the caller has locked and is
/// about to give another one, and forgets all but the newest `keep`.
pub async fn keep(connection: &impl ConnectionTrait, user: &User, keep: u64, now: Timestamp) -> Result<()> {
    if let Some(hash) = user.password_hash.as_ref().filter(|_| keep > 0) {
        let row = Model {
            user_id: user.id.to_string(),
            credential_version: user.credential_version,
            password_hash: hash.clone(),
            created_at: now.as_millis(),
        };
        Entity::insert(whole(row))
            .on_conflict(
                OnConflict::columns([Column::UserId, Column::CredentialVersion])
                    .update_column(Column::PasswordHash)
                    .to_owned(),
            )
            .exec_without_returning(connection)
            .await?;
    }
    let kept = versions(connection, user.id, keep).await?;
    Entity::delete_many()
        .filter(Column::UserId.eq(user.id.to_string()))
        .filter(Column::CredentialVersion.is_not_in(kept))
        .exec(connection)
        .await?;
    Ok(())
}

async fn versions(connection: &impl ConnectionTrait, user: UserId, limit: u64) -> Result<Vec<i64>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let query = Entity::find().select_only().column(Column::CredentialVersion);
    let query = query.filter(Column::UserId.eq(user.to_string())).order_by_desc(Column::CredentialVersion);
    Ok(query.limit(limit).into_tuple().all(connection).await?)
}

/// The newest hashes that a user had before, at most `limit`, newest first.
pub async fn list(connection: &impl ConnectionTrait, user: UserId, limit: u64) -> Result<Vec<String>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let query = Entity::find().select_only().column(Column::PasswordHash);
    let query = query.filter(Column::UserId.eq(user.to_string())).order_by_desc(Column::CredentialVersion);
    Ok(query.limit(limit).into_tuple().all(connection).await?)
}

/// Forgets all that a user had.
pub async fn delete_all(connection: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.to_string())).exec(connection).await?;
    Ok(())
}
