//! Users.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::user::User;

use super::entity::users::{ActiveModel, Column, Entity, Model};
use super::rows::{json, locked, moment, read, whole};
use super::{Result, StoreError};

impl TryFrom<Model> for User {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "users.id")?,
            application: read(&row.application_id, "users.application_id")?,
            tenant: read(&row.tenant_id, "users.tenant_id")?,
            email: row.email,
            email_canonical: row.email_canonical,
            email_verified: row.email_verified,
            first_name: row.first_name,
            last_name: row.last_name,
            locale: row.locale,
            external_id: row.external_id,
            metadata: json(&row.metadata, "users.metadata")?,
            disabled: row.disabled,
            protected: row.protected,
            password_hash: row.password_hash,
            credential_version: row.credential_version,
            last_sign_in_at: moment(row.last_sign_in_at),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

fn to_row(user: &User) -> ActiveModel {
    whole(Model {
        id: user.id.to_string(),
        application_id: user.application.to_string(),
        tenant_id: user.tenant.to_string(),
        email: user.email.clone(),
        email_canonical: user.email_canonical.clone(),
        email_verified: user.email_verified,
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        locale: user.locale.clone(),
        external_id: user.external_id.clone(),
        metadata: user.metadata.to_string(),
        disabled: user.disabled,
        protected: user.protected,
        password_hash: user.password_hash.clone(),
        credential_version: user.credential_version,
        last_sign_in_at: user.last_sign_in_at.map(Timestamp::as_millis),
        created_at: user.created_at.as_millis(),
        updated_at: user.updated_at.as_millis(),
    })
}

/// Adds a user.
///
/// # Errors
/// A duplicate when the tenant has the address, or the application the
/// external id, already.
pub async fn insert(connection: &impl ConnectionTrait, user: &User) -> Result<()> {
    Entity::insert(to_row(user)).exec_without_returning(connection).await?;
    Ok(())
}

/// Writes every field of a user that the caller has locked.
///
/// # Errors
/// As [`insert`].
pub async fn update(connection: &impl ConnectionTrait, user: &User) -> Result<()> {
    to_row(user).update(connection).await?;
    Ok(())
}

/// Reads one user inside the scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: UserId) -> Result<Option<User>> {
    one(Entity::find_by_id(id.to_string()), connection, scope).await
}

/// Reads one user inside the scope and locks the row: every transaction that
/// changes something of a user begins here, so that two of them queue up
/// instead of crossing.
pub async fn lock(connection: &impl ConnectionTrait, scope: &Scope, id: UserId) -> Result<Option<User>> {
    one(locked(Entity::find_by_id(id.to_string()), connection, None), connection, scope).await
}

/// Reads and locks the users of a tenant with these canonical addresses, in
/// the order of their ids, so that two who lock several cannot cross.
pub async fn lock_by_addresses(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: TenantId,
    canonical: &[&str],
) -> Result<Vec<User>> {
    let query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::TenantId.eq(tenant.to_string()))
        .filter(Column::EmailCanonical.is_in(canonical.iter().copied()))
        .order_by_asc(Column::Id);
    let rows = locked(query, connection, None).all(connection).await?;
    let users = rows.into_iter().map(User::try_from).collect::<Result<Vec<_>>>()?;
    Ok(users.into_iter().filter(|user| scope.covers(user.tenant)).collect())
}

/// Reads the user with this canonical address in this tenant.
pub async fn find_by_address(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: TenantId,
    canonical: &str,
) -> Result<Option<User>> {
    let query =
        Entity::find().filter(Column::TenantId.eq(tenant.to_string())).filter(Column::EmailCanonical.eq(canonical));
    one(query, connection, scope).await
}

/// Reads the user that the application knows by this id of its own.
pub async fn find_by_external_id(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    external: &str,
) -> Result<Option<User>> {
    one(Entity::find().filter(Column::ExternalId.eq(external)), connection, scope).await
}

async fn one(query: sea_orm::Select<Entity>, connection: &impl ConnectionTrait, scope: &Scope) -> Result<Option<User>> {
    let row = query.filter(Column::ApplicationId.eq(scope.application().to_string())).one(connection).await?;
    let user = row.map(User::try_from).transpose()?;
    Ok(user.filter(|user| scope.covers(user.tenant)))
}

/// Which users to list.
#[derive(Debug, Clone)]
pub struct UserQuery {
    /// The tenant they belong to.
    pub tenant: TenantId,
    /// Only the one with this canonical address.
    pub canonical: Option<String>,
    /// Only those after this id, in list order.
    pub after: Option<UserId>,
    /// Only those before this id, in list order.
    pub before: Option<UserId>,
    /// Newest first, or oldest first.
    pub descending: bool,
    /// How many at most.
    pub limit: u64,
}

/// Lists the users of a tenant inside the scope, in the order asked for.
pub async fn list(connection: &impl ConnectionTrait, scope: &Scope, ask: &UserQuery) -> Result<Vec<User>> {
    if !scope.covers(ask.tenant) {
        return Ok(Vec::new());
    }
    let mut query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::TenantId.eq(ask.tenant.to_string()));
    if let Some(canonical) = &ask.canonical {
        query = query.filter(Column::EmailCanonical.eq(canonical.as_str()));
    }
    // Going backwards reads the neighbours of the cursor first and turns them round.
    let backwards = ask.before.is_some();
    let ascending = ask.descending == backwards;
    if let Some(cursor) = ask.before.or(ask.after) {
        let cursor = cursor.to_string();
        query = query.filter(if ascending { Column::Id.gt(cursor) } else { Column::Id.lt(cursor) });
    }
    query = if ascending { query.order_by_asc(Column::Id) } else { query.order_by_desc(Column::Id) };
    let rows = query.limit(ask.limit).all(connection).await?;
    let mut users = rows.into_iter().map(User::try_from).collect::<Result<Vec<_>>>()?;
    if backwards {
        users.reverse();
    }
    Ok(users)
}

/// Counts the users of an application, for the first start.
pub async fn count(connection: &impl ConnectionTrait, scope: &Scope) -> Result<u64> {
    Ok(Entity::find().filter(Column::ApplicationId.eq(scope.application().to_string())).count(connection).await?)
}

/// Replaces the stored hash by a stronger one of the same password, unless the
/// credential has changed since it was read. Says whether it did.
pub async fn upgrade_hash(connection: &impl ConnectionTrait, id: UserId, version: i64, phc: &str) -> Result<bool> {
    let result = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(phc))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::CredentialVersion.eq(version))
        .exec(connection)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Removes a user. Says whether there was one.
pub async fn delete(connection: &impl ConnectionTrait, id: UserId) -> Result<bool> {
    Ok(Entity::delete_by_id(id.to_string()).exec(connection).await?.rows_affected == 1)
}
