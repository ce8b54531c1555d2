//! Tenants as they are managed: listed, changed, deleted in steps.
//!
//! A tenant that is deleted is gone for everybody from that moment on; its row
//! stays until its users are deleted, so that they are found by whoever goes on
//! with that.

use sea_orm::sea_query::{DynIden, Expr, IntoIden as _, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::domain::access::{Filter, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;

use super::Result;
use super::applications::Tenant;
use super::entity::tenants::{Column, Entity, Model};
use super::entity::{
    auth_factors, email_verifications, messages, password_resets, pending_sign_ins, policies, refresh_tokens,
    reset_requests, sessions, users,
};
use super::rows::locked;
use super::slice::{Slice, Term};
use super::versioned::{Columns, Versioned, advance};

/// How many users are deleted in one step.
const CHUNK: u64 = 200;

impl TryFrom<Model> for Versioned<Tenant> {
    type Error = super::StoreError;

    fn try_from(row: Model) -> Result<Self> {
        let (version, created, updated) = (row.version, row.created_at, row.updated_at);
        Ok(Self {
            it: row.try_into()?,
            version,
            created_at: Timestamp::from_millis(created),
            updated_at: Timestamp::from_millis(updated),
        })
    }
}

fn of(scope: &Scope) -> Select<Entity> {
    let query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::DeletedAt.is_null());
    match scope.tenants().filter() {
        Filter::NotIn(none) if none.is_empty() => query,
        Filter::NotIn(some) => query.filter(Column::Id.is_not_in(some.iter().map(ToString::to_string))),
        Filter::In(some) => query.filter(Column::Id.is_in(some.iter().map(ToString::to_string))),
    }
}

/// Reads a tenant inside the scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: TenantId) -> Result<Option<Versioned<Tenant>>> {
    of(scope).filter(Column::Id.eq(id.to_string())).one(connection).await?.map(Versioned::try_from).transpose()
}

/// Reads a tenant inside the scope and locks it.
pub async fn lock(connection: &impl ConnectionTrait, scope: &Scope, id: TenantId) -> Result<Option<Versioned<Tenant>>> {
    let query = locked(of(scope).filter(Column::Id.eq(id.to_string())), connection, None);
    query.one(connection).await?.map(Versioned::try_from).transpose()
}

/// What tenants are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantAttribute {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their name.
    Name,
    /// Their name for people.
    DisplayName,
    /// Their language.
    Locale,
}

impl TenantAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Updated => Column::UpdatedAt,
            Self::Name => Column::Name,
            Self::DisplayName => Column::DisplayName,
            Self::Locale => Column::Locale,
        }
    }
}

/// A page of the tenants inside the scope.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    terms: &[Term<TenantAttribute>],
    by: TenantAttribute,
    slice: Slice,
) -> Result<(u64, Vec<Versioned<Tenant>>)> {
    let query = terms.iter().fold(of(scope), |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, by.column(), Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Versioned::try_from).collect::<Result<_>>()?))
}

const fn columns() -> Columns<Column> {
    Columns { id: Column::Id, version: Column::Version, updated_at: Column::UpdatedAt }
}

/// Writes what may change of a tenant as the version after `before`. Says
/// whether it was still that one.
///
/// # Errors
/// A duplicate when the name is taken in the application.
pub async fn update(connection: &impl ConnectionTrait, tenant: &Tenant, before: i64, now: Timestamp) -> Result<bool> {
    let changes = vec![
        (Column::Name, Expr::value(tenant.name.as_str())),
        (Column::DisplayName, Expr::value(tenant.display_name.as_str())),
        (Column::Locale, Expr::value(tenant.locale.clone())),
    ];
    advance::<Entity>(connection, columns(), &tenant.id.to_string(), before, changes, now).await
}

/// Hides a tenant from everybody and frees its name. Says whether it was still
/// the version `before`.
pub async fn mark_deleted(
    connection: &impl ConnectionTrait,
    id: TenantId,
    before: i64,
    now: Timestamp,
) -> Result<bool> {
    let id = id.to_string();
    let changes =
        vec![(Column::DeletedAt, Expr::value(now.as_millis())), (Column::Name, Expr::value(format!("deleted {id}")))];
    advance::<Entity>(connection, columns(), &id, before, changes, now).await
}

/// Deletes some users of a deleted tenant with everything of theirs but what
/// was told of them; then, when none is left, what else belongs to the tenant,
/// and its row. Says whether more is left. To be called in a transaction.
pub async fn delete_some(connection: &impl ConnectionTrait, id: TenantId) -> Result<bool> {
    let tenant = id.to_string();
    let some: Vec<String> = users::Entity::find()
        .select_only()
        .column(users::Column::Id)
        .filter(users::Column::TenantId.eq(&tenant))
        .order_by_asc(users::Column::Id)
        .limit(CHUNK)
        .into_tuple()
        .all(connection)
        .await?;
    if some.is_empty() {
        return delete_rest(connection, &tenant).await;
    }
    let theirs = || some.iter().map(String::as_str);
    let sessions = Query::select()
        .column(sessions::Column::Id)
        .from(sessions::Entity)
        .and_where(sessions::Column::UserId.is_in(theirs()))
        .take();
    refresh_tokens::Entity::delete_many()
        .filter(refresh_tokens::Column::SessionId.in_subquery(sessions))
        .exec(connection)
        .await?;
    sessions::Entity::delete_many().filter(sessions::Column::UserId.is_in(theirs())).exec(connection).await?;
    email_verifications::Entity::delete_many()
        .filter(email_verifications::Column::UserId.is_in(theirs()))
        .exec(connection)
        .await?;
    auth_factors::Entity::delete_many().filter(auth_factors::Column::UserId.is_in(theirs())).exec(connection).await?;
    pending_sign_ins::Entity::delete_many()
        .filter(pending_sign_ins::Column::UserId.is_in(theirs()))
        .exec(connection)
        .await?;
    password_resets::Entity::delete_many()
        .filter(password_resets::Column::UserId.is_in(theirs()))
        .exec(connection)
        .await?;
    users::Entity::delete_many().filter(users::Column::Id.is_in(theirs())).exec(connection).await?;
    Ok(true)
}

/// What belongs to the tenant and to none of its users, some rows at a time.
async fn delete_rest(connection: &impl ConnectionTrait, tenant: &str) -> Result<bool> {
    let some = |key: DynIden, table: DynIden, whose: Expr| {
        Query::select().column(key).from(table).and_where(whose).limit(CHUNK).take()
    };
    let requests = some(
        reset_requests::Column::Id.into_iden(),
        reset_requests::Entity.into_iden(),
        reset_requests::Column::TenantId.eq(tenant),
    );
    let requests = reset_requests::Entity::delete_many()
        .filter(reset_requests::Column::Id.in_subquery(requests))
        .exec(connection)
        .await?;
    let mails =
        some(messages::Column::Id.into_iden(), messages::Entity.into_iden(), messages::Column::TenantId.eq(tenant));
    let mails =
        messages::Entity::delete_many().filter(messages::Column::Id.in_subquery(mails)).exec(connection).await?;
    if requests.rows_affected + mails.rows_affected > 0 {
        return Ok(true);
    }
    policies::Entity::delete_many().filter(policies::Column::TenantId.eq(tenant)).exec(connection).await?;
    Entity::delete_by_id(tenant).exec(connection).await?;
    Ok(false)
}
