//! Users.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Statement, UpdateMany,
};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::user::{Session, User};

use super::batch::Batch;
use super::entity::auth_factors;
use super::entity::users::{ActiveModel, Column, Entity, Model};
use super::rows::{self, inside, json, locked, moment, read, whole};
use super::slice::{Slice, Term};
use super::{Result, StoreError, sessions};

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
            version: row.version,
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
        version: user.version,
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

/// Adds many users, as many in one statement as databases bind values.
///
/// # Errors
/// As [`insert`].
pub async fn insert_many(connection: &impl ConnectionTrait, users: &[User]) -> Result<()> {
    for some in users.chunks(WRITTEN) {
        Entity::insert_many(some.iter().map(to_row)).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// How many users are written in one statement.
const WRITTEN: usize = 500;

/// Writes every field of a user that the caller has locked.
///
/// # Errors
/// As [`insert`].
pub async fn update(connection: &impl ConnectionTrait, user: &User) -> Result<()> {
    to_row(user).update(connection).await?;
    Ok(())
}

/// Gives a user that is not disabled a new password hash, and ends all their
/// sessions. Answers the user as changed, the row locked, and the sessions,
/// newest first; `None` when there is no such user, and then the transaction
/// may not be committed.
pub async fn replace_password(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: UserId,
    phc: &str,
    now: Timestamp,
) -> Result<Option<(User, Vec<Session>)>> {
    let update = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(phc))
        .col_expr(Column::CredentialVersion, Expr::col(Column::CredentialVersion).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::Disabled.eq(false));
    let mut batch = Batch::new(connection);
    batch.add_returning(update);
    batch.add_returning(sessions::ending_all(id, now));
    let answers = batch.run(connection).await?;
    let user = answers.of::<Model>(&Column::PasswordHash)?.into_iter().next().map(User::try_from).transpose()?;
    let Some(user) = user.filter(|user| scope.covers(user.tenant)) else { return Ok(None) };
    Ok(Some((user, sessions::ended(&answers)?)))
}

/// Notes that the address of a user is theirs.
#[must_use]
pub fn verifying_address(id: UserId) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::EmailVerified, Expr::value(true))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.to_string()))
}

/// Reads one user inside the scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope, id: UserId) -> Result<Option<User>> {
    one(Entity::find_by_id(id.to_string()), connection, scope).await
}

/// Reads the users with these ids, of whatever application, but for those whose
/// rows cannot be understood.
pub async fn list_readable(connection: &impl ConnectionTrait, ids: BTreeSet<UserId>) -> Result<Vec<User>> {
    rows::list_readable::<Entity, _>(connection, Column::Id, ids).await
}

/// Reads one user inside the scope, and whether an authenticator is theirs.
pub async fn find_with_factor(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: UserId,
) -> Result<Option<(User, bool)>> {
    let factors = auth_factors::Entity::find()
        .select_only()
        .column(auth_factors::Column::Id)
        .filter(auth_factors::Column::UserId.eq(id.to_string()))
        .into_query();
    let query = Entity::find_by_id(id.to_string())
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .expr_as(Expr::exists(factors), "has_factor");
    let Some(found) = query.into_model::<WithFactor>().one(connection).await? else { return Ok(None) };
    let user = User::try_from(found.user)?;
    Ok(scope.covers(user.tenant).then_some((user, found.has_factor)))
}

#[derive(FromQueryResult)]
struct WithFactor {
    #[sea_orm(nested)]
    user: Model,
    has_factor: bool,
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

/// The ids of the users of a tenant with these canonical addresses.
pub async fn ids_by_addresses(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: TenantId,
    canonical: &[&str],
) -> Result<Vec<UserId>> {
    let which = Column::TenantId.eq(tenant.to_string()).and(Column::EmailCanonical.is_in(canonical.iter().copied()));
    ids(connection, scope, which).await
}

/// The ids of the users that the application knows by these ids of its own.
pub async fn ids_by_external_ids(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    external: &[&str],
) -> Result<Vec<UserId>> {
    if external.is_empty() {
        return Ok(Vec::new());
    }
    ids(connection, scope, Column::ExternalId.is_in(external.iter().copied())).await
}

async fn ids(connection: &impl ConnectionTrait, scope: &Scope, which: Expr) -> Result<Vec<UserId>> {
    let query = Entity::find().select_only().column(Column::Id);
    let query = query.filter(Column::ApplicationId.eq(scope.application().to_string())).filter(which);
    let names: Vec<String> = query.into_tuple().all(connection).await?;
    names.iter().map(|name| read(name, "users.id")).collect()
}

/// Reads and locks users, in the order of their ids, so that two who lock
/// several cannot cross.
pub async fn lock_many(connection: &impl ConnectionTrait, scope: &Scope, ids: &[UserId]) -> Result<Vec<User>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(Column::Id.is_in(ids.iter().map(ToString::to_string)))
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

/// One kind of password hash in a tenant: a format, of bcrypt with its cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashKind {
    /// One such hash; none is the kind of those who have no password.
    pub sample: Option<String>,
    /// How many members have this kind.
    pub members: u64,
}

/// The kinds of a tenant inside the scope, always in the same order. The first
/// seven characters tell them apart: `$2b$12$`, `$argon2`, `{SSHA25`.
pub async fn hash_kinds(connection: &impl ConnectionTrait, scope: &Scope, tenant: TenantId) -> Result<Vec<HashKind>> {
    const KINDS: &str = "SELECT min(password_hash) AS sample, count(*) AS members FROM users \
        WHERE tenant_id = $1 AND application_id = $2 GROUP BY substr(password_hash, 1, 7)";
    let values = [tenant.to_string().into(), scope.application().to_string().into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), KINDS, values);
    let mut kinds = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        let members: i64 = row.try_get("", "members")?;
        kinds.push(HashKind { sample: row.try_get("", "sample")?, members: members.unsigned_abs() });
    }
    kinds.sort_by(|a, b| a.sample.cmp(&b.sample));
    Ok(kinds)
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
    /// Only those with one of these canonical addresses; all when empty.
    pub canonical: Vec<String>,
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
    if !ask.canonical.is_empty() {
        query = query.filter(Column::EmailCanonical.is_in(ask.canonical.iter().map(String::as_str)));
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

/// What users are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserAttribute {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// The address.
    Email,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// The application's own id.
    ExternalId,
    /// Whether they are shut out.
    Disabled,
    /// Whether they are a privileged target.
    Protected,
}

impl UserAttribute {
    const fn column(self) -> Column {
        match self {
            // Ids are made in the order of time, and indexed.
            Self::Created => Column::Id,
            Self::Updated => Column::UpdatedAt,
            Self::Email => Column::EmailCanonical,
            Self::FirstName => Column::FirstName,
            Self::LastName => Column::LastName,
            Self::ExternalId => Column::ExternalId,
            Self::Disabled => Column::Disabled,
            Self::Protected => Column::Protected,
        }
    }

    const fn compared(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            other => other.column(),
        }
    }
}

/// Which users a page is of; what is absent does not narrow it.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// The tenant they belong to.
    pub tenant: Option<TenantId>,
    /// The canonical address.
    pub canonical: Option<String>,
    /// The application's own id.
    pub external_id: Option<String>,
}

/// A page of the users inside the scope.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    which: &UserFilter,
    terms: &[Term<UserAttribute>],
    by: UserAttribute,
    slice: Slice,
) -> Result<(u64, Vec<User>)> {
    let mut query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(inside(scope, Column::TenantId));
    for (column, value) in [
        (Column::TenantId, which.tenant.map(|id| id.to_string())),
        (Column::EmailCanonical, which.canonical.clone()),
        (Column::ExternalId, which.external_id.clone()),
    ] {
        query = value.map_or(query.clone(), |value| query.filter(column.eq(value)));
    }
    let query = terms.iter().fold(query, |query, term| query.filter(term.condition(term.by.compared())));
    let (total, rows) = slice.of(query, by.column(), Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(User::try_from).collect::<Result<_>>()?))
}

/// The next users inside the scope after an id, oldest first: for reading all
/// of them in steps.
pub async fn list_from(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    tenant: Option<TenantId>,
    after: Option<UserId>,
    limit: u64,
) -> Result<Vec<User>> {
    let mut query = Entity::find()
        .filter(Column::ApplicationId.eq(scope.application().to_string()))
        .filter(inside(scope, Column::TenantId));
    if let Some(tenant) = tenant {
        query = query.filter(Column::TenantId.eq(tenant.to_string()));
    }
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after.to_string()));
    }
    let rows = query.order_by_asc(Column::Id).limit(limit).all(connection).await?;
    rows.into_iter().map(User::try_from).collect()
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
