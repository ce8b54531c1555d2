//! Registered origins and redirect URLs: one row for each application that has
//! registered any, replaced as a whole.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::origins::Origins;

use super::entity::origins::{ActiveModel, Column, Entity, Model};
use super::rows::{json, to_json, whole};
use super::{Result, StoreError};

/// What an application has registered, and how often it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// What is registered.
    pub origins: Origins,
    /// How often it was replaced, from 1.
    pub version: i64,
    /// When there first was anything.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}

/// What the scope's application has registered.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Option<Registered>> {
    let row = Entity::find_by_id(scope.application().to_string()).one(connection).await?;
    row.map(|row| {
        let origins = json(&row.origins, "origins.origins")?;
        let redirect_urls = json(&row.redirect_urls, "origins.redirect_urls")?;
        Ok(Registered {
            origins: Origins { origins, redirect_urls },
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    })
    .transpose()
}

/// Replaces what is registered, if it still has this version; 0 when there is
/// nothing yet. Says whether it had.
pub async fn advance(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    origins: &Origins,
    from: i64,
    now: Timestamp,
) -> Result<bool> {
    let (list, urls) =
        (to_json(&origins.origins, "origins.origins")?, to_json(&origins.redirect_urls, "origins.redirect_urls")?);
    let application_id = scope.application().to_string();
    if from == 0 {
        let at = now.as_millis();
        let row =
            Model { application_id, origins: list, redirect_urls: urls, version: 1, created_at: at, updated_at: at };
        return match Entity::insert(whole::<_, ActiveModel>(row)).exec_without_returning(connection).await {
            Ok(_) => Ok(true),
            Err(error) => Some(StoreError::from(error)).filter(|error| !error.is_duplicate()).map_or(Ok(false), Err),
        };
    }
    let update = Entity::update_many()
        .col_expr(Column::Origins, Expr::value(list))
        .col_expr(Column::RedirectUrls, Expr::value(urls))
        .col_expr(Column::Version, Expr::value(from.saturating_add(1)))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(Column::ApplicationId.eq(application_id))
        .filter(Column::Version.eq(from));
    Ok(update.exec(connection).await?.rows_affected == 1)
}
