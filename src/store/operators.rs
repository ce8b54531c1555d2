//! Operators: those who run the installation, above every application. And
//! their API keys, known by digest only.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _};

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApiKeyId, OperatorId};
use crate::domain::secret::SecretDigest;

use super::entity::operators::{Column, Entity, Model};
use super::entity::{operator_credentials as credentials, operator_keys as keys};
use super::rows::{moment, read, whole};
use super::slice::{Slice, Term};
use super::{Result, StoreError, versioned};

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

/// What operators are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorAttribute {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their name.
    Name,
    /// Their address.
    Email,
    /// Whether they may do nothing.
    Disabled,
}

impl OperatorAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Updated => Column::UpdatedAt,
            Self::Name => Column::Name,
            Self::Email => Column::Email,
            Self::Disabled => Column::Disabled,
        }
    }
}

/// A page of all operators.
pub async fn page(
    connection: &impl ConnectionTrait,
    terms: &[Term<OperatorAttribute>],
    by: OperatorAttribute,
    slice: Slice,
) -> Result<(u64, Vec<Operator>)> {
    let query = terms.iter().fold(Entity::find(), |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, by.column(), Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Operator::try_from).collect::<Result<_>>()?))
}

/// Shuts an operator out or lets them in, as the version after `before`. Says
/// whether it was still that one.
pub async fn set_disabled(
    connection: &impl ConnectionTrait,
    id: OperatorId,
    before: i64,
    disabled: bool,
    now: Timestamp,
) -> Result<bool> {
    let columns = versioned::Columns { id: Column::Id, version: Column::Version, updated_at: Column::UpdatedAt };
    let changes = vec![(Column::Disabled, Expr::value(disabled))];
    versioned::advance::<Entity>(connection, columns, &id.to_string(), before, changes, now).await
}

/// Whether there is an operator besides this one who is not shut out and can
/// prove it: signs in to the console, or has a live key.
pub async fn can_another_act(connection: &impl ConnectionTrait, besides: OperatorId) -> Result<bool> {
    let signs_in = credentials::Entity::find().select_only().column(credentials::Column::OperatorId).into_query();
    let live = keys::Entity::find().filter(keys::Column::RevokedAt.is_null());
    let has_key = live.select_only().column(keys::Column::OperatorId).into_query();
    let others = Entity::find()
        .filter(Column::Id.ne(besides.to_string()))
        .filter(Column::Disabled.eq(false))
        .filter(Column::Id.in_subquery(signs_in).or(Column::Id.in_subquery(has_key)));
    Ok(others.one(connection).await?.is_some())
}

/// An API key of an operator, without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name.
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

impl TryFrom<keys::Model> for OperatorKey {
    type Error = StoreError;

    fn try_from(row: keys::Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "operator_keys.id")?,
            name: row.name,
            hint: row.hint,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: moment(row.last_used_at),
            revoked_at: moment(row.revoked_at),
        })
    }
}

/// The keys of an operator, oldest first, revoked ones too.
pub async fn list_keys(connection: &impl ConnectionTrait, operator: OperatorId) -> Result<Vec<OperatorKey>> {
    let query = keys::Entity::find().filter(keys::Column::OperatorId.eq(operator.to_string()));
    let rows = query.order_by_asc(keys::Column::Id).all(connection).await?;
    rows.into_iter().map(OperatorKey::try_from).collect()
}

/// Revokes a key of an operator. Says whether it was live.
pub async fn revoke_key(
    connection: &impl ConnectionTrait,
    operator: OperatorId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<bool> {
    let result = keys::Entity::update_many()
        .col_expr(keys::Column::RevokedAt, Expr::value(now.as_millis()))
        .filter(keys::Column::Id.eq(id.to_string()))
        .filter(keys::Column::OperatorId.eq(operator.to_string()))
        .filter(keys::Column::RevokedAt.is_null())
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
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
