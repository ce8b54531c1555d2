//! Operators: those who run the installation, above every application. And
//! their API keys, known by digest only.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApiKeyId, OperatorId};
use crate::domain::secret::SecretDigest;

use super::entity::operator_keys as keys;
use super::entity::operators::{Column, Entity, Model};
use super::rows::{moment, read, whole};
use super::{Result, StoreError};

/// How exact the time of a key's last use is; every write of it costs a commit.
const LAST_USE_PRECISION: Duration = Duration::from_secs(10 * 60);

/// Somebody who runs the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Their id.
    pub id: OperatorId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// May do nothing.
    pub disabled: bool,
    /// Counts changes.
    pub version: i64,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
}

impl TryFrom<Model> for Operator {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "operators.id")?,
            name: row.name,
            email: row.email,
            disabled: row.disabled,
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Adds an operator.
pub async fn insert(connection: &impl ConnectionTrait, operator: &Operator) -> Result<()> {
    let row = Model {
        id: operator.id.to_string(),
        name: operator.name.clone(),
        email: operator.email.clone(),
        disabled: operator.disabled,
        version: operator.version,
        created_at: operator.created_at.as_millis(),
        updated_at: operator.updated_at.as_millis(),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads an operator. They belong to no application, so no scope bounds them.
pub async fn find(connection: &impl ConnectionTrait, id: OperatorId) -> Result<Option<Operator>> {
    Entity::find_by_id(id.to_string()).one(connection).await?.map(Operator::try_from).transpose()
}

/// Adds a key of an operator.
pub async fn insert_key(
    connection: &impl ConnectionTrait,
    operator: OperatorId,
    id: ApiKeyId,
    digest: &SecretDigest,
    hint: String,
    now: Timestamp,
) -> Result<()> {
    let row = keys::Model {
        id: id.to_string(),
        operator_id: operator.to_string(),
        digest: digest.as_str().to_owned(),
        name: "bootstrap".to_owned(),
        hint,
        created_at: now.as_millis(),
        last_used_at: None,
        revoked_at: None,
    };
    keys::Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads the operator whose live key has this digest, unless they are
/// disabled; notes that the key was used.
pub async fn find_by_key(
    reader: &impl ConnectionTrait,
    writer: &impl ConnectionTrait,
    digest: &SecretDigest,
    now: Timestamp,
) -> Result<Option<Operator>> {
    let live =
        keys::Entity::find().filter(keys::Column::Digest.eq(digest.as_str())).filter(keys::Column::RevokedAt.is_null());
    let Some(key) = live.one(reader).await? else { return Ok(None) };
    let row = Entity::find_by_id(&key.operator_id).filter(Column::Disabled.eq(false)).one(reader).await?;
    if row.is_some() && moment(key.last_used_at).is_none_or(|used| now.since(used) >= LAST_USE_PRECISION) {
        keys::Entity::update_many()
            .col_expr(keys::Column::LastUsedAt, Expr::value(now.as_millis()))
            .filter(keys::Column::Id.eq(&key.id))
            .filter(keys::Column::LastUsedAt.is_null().or(keys::Column::LastUsedAt.lt(now.as_millis())))
            .exec(writer)
            .await?;
    }
    row.map(Operator::try_from).transpose()
}
