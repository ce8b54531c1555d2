//! API keys of service accounts, known by digest only.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApiKeyId, ServiceAccountId};
use crate::domain::secret::SecretDigest;

use super::Result;
use super::entity::api_keys::{Column, Entity, Model};
use super::rows::{moment, read, whole};

/// How exact the time of the last use is; every write of it costs a commit.
const LAST_USE_PRECISION: Duration = Duration::from_secs(10 * 60);

/// One API key, without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The account it belongs to.
    pub service_account: ServiceAccountId,
    /// Its name for people.
    pub name: String,
    /// Its first characters, to tell keys apart.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to within ten minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl TryFrom<Model> for ApiKey {
    type Error = super::StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "api_keys.id")?,
            service_account: read(&row.service_account_id, "api_keys.service_account_id")?,
            name: row.name,
            hint: row.hint,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: moment(row.last_used_at),
            revoked_at: moment(row.revoked_at),
        })
    }
}

/// Adds a key.
pub async fn insert(connection: &impl ConnectionTrait, key: &ApiKey, digest: &SecretDigest) -> Result<()> {
    let row = Model {
        id: key.id.to_string(),
        service_account_id: key.service_account.to_string(),
        digest: digest.as_str().to_owned(),
        name: key.name.clone(),
        hint: key.hint.clone(),
        created_at: key.created_at.as_millis(),
        last_used_at: key.last_used_at.map(Timestamp::as_millis),
        revoked_at: key.revoked_at.map(Timestamp::as_millis),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads a key that is not revoked by its digest.
pub async fn find_live(connection: &impl ConnectionTrait, digest: &SecretDigest) -> Result<Option<ApiKey>> {
    let query = Entity::find().filter(Column::Digest.eq(digest.as_str())).filter(Column::RevokedAt.is_null());
    query.one(connection).await?.map(ApiKey::try_from).transpose()
}

/// The keys of an account, oldest first, revoked ones too.
pub async fn list(connection: &impl ConnectionTrait, account: ServiceAccountId) -> Result<Vec<ApiKey>> {
    let query = Entity::find().filter(Column::ServiceAccountId.eq(account.to_string()));
    query.order_by_asc(Column::Id).all(connection).await?.into_iter().map(ApiKey::try_from).collect()
}

/// Revokes a key of an account. Says whether it was live.
pub async fn revoke(
    connection: &impl ConnectionTrait,
    account: ServiceAccountId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::ServiceAccountId.eq(account.to_string()))
        .filter(Column::RevokedAt.is_null())
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Whether the time of a key's last use is due to be written.
#[must_use]
pub fn is_use_due(key: &ApiKey, now: Timestamp) -> bool {
    key.last_used_at.is_none_or(|used| now.since(used) >= LAST_USE_PRECISION)
}

/// Writes the time of a key's last use.
pub async fn touch(connection: &impl ConnectionTrait, id: ApiKeyId, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now.as_millis()))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::LastUsedAt.is_null().or(Column::LastUsedAt.lt(now.as_millis())))
        .exec(connection)
        .await?;
    Ok(())
}

/// Removes every key of an account.
pub(super) async fn delete_all(connection: &impl ConnectionTrait, account: ServiceAccountId) -> Result<()> {
    Entity::delete_many().filter(Column::ServiceAccountId.eq(account.to_string())).exec(connection).await?;
    Ok(())
}
