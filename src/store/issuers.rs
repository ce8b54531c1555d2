//! The issuers that applications trust. An application's list is replaced as
//! a whole; its version counts how often.

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::issuer::{Issuer, KeySource, Registration};

use super::entity::{issuer_sets, issuers};
use super::rows::{json, locked, read, to_json, whole};
use super::{Result, StoreError};

/// More applications than trust one issuer in any installation.
const MOST_OF_ONE_NAME: u64 = 1000;

/// When a list was made and replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetVersion {
    /// How often it was replaced, from 1.
    pub version: i64,
    /// When there first was one.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}

impl From<issuer_sets::Model> for SetVersion {
    fn from(row: issuer_sets::Model) -> Self {
        Self {
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        }
    }
}

fn from_row(row: issuers::Model) -> Result<Registration> {
    let keys = match (row.jwks_url, row.jwks) {
        (Some(url), None) => KeySource::Url(url),
        (None, Some(json)) => KeySource::Inline(json),
        _ => return Err(StoreError::Corrupt("issuers.jwks")),
    };
    let age = |seconds| u64::try_from(seconds).map_err(|_| StoreError::Corrupt("issuers.max_token_age"));
    let issuer = Issuer {
        issuer: row.issuer,
        audience: row.audience,
        keys,
        max_token_age: row.max_token_age.map(age).transpose()?.map(Duration::from_secs),
        mappings: json(&row.mappings, "issuers.mappings")?,
    };
    Ok(Registration { application: read(&row.application_id, "issuers.application_id")?, issuer })
}

/// Reads the version of the scope's list. `None` when there never was one.
pub async fn find_version(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Option<SetVersion>> {
    let row = issuer_sets::Entity::find_by_id(scope.application().to_string()).one(connection).await?;
    Ok(row.map(SetVersion::from))
}

/// Reads the version of the scope's list and locks it.
pub async fn lock_version(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Option<SetVersion>> {
    let query = issuer_sets::Entity::find_by_id(scope.application().to_string());
    Ok(locked(query, connection, None).one(connection).await?.map(SetVersion::from))
}

/// The issuers of the scope's application, in their order.
pub async fn list(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Issuer>> {
    let query = issuers::Entity::find()
        .filter(issuers::Column::ApplicationId.eq(scope.application().to_string()))
        .order_by_asc(issuers::Column::Position);
    query.all(connection).await?.into_iter().map(|row| Ok(from_row(row)?.issuer)).collect()
}

/// Whoever trusts an issuer of this name, for a token that has still to prove
/// to be one of its.
pub async fn find_by_name(connection: &impl ConnectionTrait, issuer: &str) -> Result<Vec<Registration>> {
    let query = issuers::Entity::find().filter(issuers::Column::Issuer.eq(issuer)).limit(MOST_OF_ONE_NAME);
    query.all(connection).await?.into_iter().map(from_row).collect()
}

/// Whether another application has this pair of issuer and audience.
pub async fn is_taken(connection: &impl ConnectionTrait, scope: &Scope, issuer: &Issuer) -> Result<bool> {
    let row = issuers::Entity::find()
        .filter(issuers::Column::Issuer.eq(&issuer.issuer))
        .filter(issuers::Column::Audience.eq(&issuer.audience))
        .filter(issuers::Column::ApplicationId.ne(scope.application().to_string()))
        .one(connection)
        .await?;
    Ok(row.is_some())
}

/// Moves the version on by one, or makes the first. Says whether it still was
/// `from`.
pub async fn advance(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    from: Option<i64>,
    now: Timestamp,
) -> Result<bool> {
    let application = scope.application().to_string();
    let Some(from) = from else {
        let at = now.as_millis();
        let first = issuer_sets::Model { application_id: application, version: 1, created_at: at, updated_at: at };
        return match issuer_sets::Entity::insert(whole(first)).exec_without_returning(connection).await {
            Ok(_) => Ok(true),
            Err(error) => Some(StoreError::from(error)).filter(|error| !error.is_duplicate()).map_or(Ok(false), Err),
        };
    };
    let update = issuer_sets::Entity::update_many()
        .col_expr(issuer_sets::Column::Version, Expr::value(from.saturating_add(1)))
        .col_expr(issuer_sets::Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(issuer_sets::Column::ApplicationId.eq(application))
        .filter(issuer_sets::Column::Version.eq(from));
    Ok(update.exec(connection).await?.rows_affected == 1)
}

/// Replaces the issuers of the scope's application; to be called in the
/// transaction of [`advance`].
///
/// # Errors
/// A duplicate when another application has the same pair of issuer and
/// audience.
pub async fn replace(connection: &impl ConnectionTrait, scope: &Scope, list: &[Issuer]) -> Result<()> {
    let application = scope.application().to_string();
    let old = issuers::Entity::delete_many().filter(issuers::Column::ApplicationId.eq(&application));
    old.exec(connection).await?;
    if list.is_empty() {
        return Ok(());
    }
    let rows = list.iter().zip(0_i64..).map(|(issuer, position)| row(&application, position, issuer));
    let rows = rows.map(|row| row.map(whole::<_, issuers::ActiveModel>)).collect::<Result<Vec<_>>>()?;
    issuers::Entity::insert_many(rows).exec_without_returning(connection).await?;
    Ok(())
}

fn row(application: &str, position: i64, issuer: &Issuer) -> Result<issuers::Model> {
    let (jwks_url, jwks) = match &issuer.keys {
        KeySource::Url(url) => (Some(url.clone()), None),
        KeySource::Inline(json) => (None, Some(json.clone())),
    };
    Ok(issuers::Model {
        application_id: application.to_owned(),
        position,
        issuer: issuer.issuer.clone(),
        audience: issuer.audience.clone(),
        jwks_url,
        jwks,
        max_token_age: issuer.max_token_age.and_then(|age| i64::try_from(age.as_secs()).ok()),
        mappings: to_json(&issuer.mappings, "issuers.mappings")?,
    })
}
