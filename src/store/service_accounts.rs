//! Service accounts: who they are, their secrets and their grants. Their API
//! keys are in [`api_keys`](super::api_keys).
//!
//! An account belongs to its application, not to a tenant, so the scope here
//! counts as far as its application; who may manage accounts is decided above.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::access::{Grant, Permission, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, BoundaryId, GrantId, ServiceAccountId, TenantId};
use crate::domain::secret::SecretDigest;

use super::entity::grants;
use super::entity::service_accounts::{Column, Entity, Model};
use super::rows::{json, locked, read, read_optional, to_json, whole};
use super::slice::{Slice, Term};
use super::{Result, StoreError};

/// A machine caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Its id.
    pub id: ServiceAccountId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// The tenant it belongs to, if it belongs to one.
    pub home: Option<TenantId>,
    /// Its name at the token endpoint, unique over all applications.
    pub client_id: String,
    /// Its name for people.
    pub name: String,
    /// Counts what ends its access tokens: a token carries the number it was
    /// made under.
    pub generation: i64,
    /// May do nothing.
    pub disabled: bool,
    /// Counts changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The digests of an account's secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecrets {
    primary: Option<String>,
    secondary: Option<String>,
}

impl ClientSecrets {
    /// Whether a secret is one of the two.
    #[must_use]
    pub fn contain(&self, digest: &SecretDigest) -> bool {
        [&self.primary, &self.secondary].into_iter().flatten().any(|known| known == digest.as_str())
    }
}

fn from_row(row: Model) -> Result<(ServiceAccount, ClientSecrets)> {
    let account = ServiceAccount {
        id: read(&row.id, "service_accounts.id")?,
        application: read(&row.application_id, "service_accounts.application_id")?,
        home: read_optional(row.tenant_id.as_deref(), "service_accounts.tenant_id")?,
        client_id: row.client_id,
        name: row.name,
        generation: row.generation,
        disabled: row.disabled,
        version: row.version,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    };
    Ok((account, ClientSecrets { primary: row.primary_digest, secondary: row.secondary_digest }))
}

/// Adds an account with its first secret.
pub async fn insert(connection: &impl ConnectionTrait, account: &ServiceAccount, secret: &SecretDigest) -> Result<()> {
    let row = Model {
        id: account.id.to_string(),
        application_id: account.application.to_string(),
        tenant_id: account.home.map(|id| id.to_string()),
        client_id: account.client_id.clone(),
        name: account.name.clone(),
        primary_digest: Some(secret.as_str().to_owned()),
        secondary_digest: None,
        generation: account.generation,
        disabled: account.disabled,
        version: account.version,
        created_at: account.created_at.as_millis(),
        updated_at: account.updated_at.as_millis(),
    };
    Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads one account of the scope's application.
pub async fn find(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
) -> Result<Option<ServiceAccount>> {
    let query = Entity::find_by_id(id.to_string()).filter(of_application(scope));
    Ok(query.one(connection).await?.map(from_row).transpose()?.map(|(account, _)| account))
}

/// Reads one account of the scope's application and locks it.
pub async fn lock(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
) -> Result<Option<ServiceAccount>> {
    let query = locked(Entity::find_by_id(id.to_string()).filter(of_application(scope)), connection, None);
    Ok(query.one(connection).await?.map(from_row).transpose()?.map(|(account, _)| account))
}

/// The accounts of the scope's application, oldest first.
pub async fn list(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<ServiceAccount>> {
    let rows = Entity::find().filter(of_application(scope)).order_by_asc(Column::Id).all(connection).await?;
    rows.into_iter().map(|row| from_row(row).map(|(account, _)| account)).collect()
}

/// Reads an account by its name at the token endpoint, for a caller who has
/// still to prove to be it.
pub async fn find_by_client_id(
    connection: &impl ConnectionTrait,
    client_id: &str,
) -> Result<Option<(ServiceAccount, ClientSecrets)>> {
    Entity::find().filter(Column::ClientId.eq(client_id)).one(connection).await?.map(from_row).transpose()
}

/// Reads the account that an access token or an API key names.
pub async fn find_named(connection: &impl ConnectionTrait, id: ServiceAccountId) -> Result<Option<ServiceAccount>> {
    let row = Entity::find_by_id(id.to_string()).one(connection).await?;
    Ok(row.map(from_row).transpose()?.map(|(account, _)| account))
}

/// Makes the primary secret the secondary one and sets a new primary one;
/// access tokens made before it end. Says whether there is such an account.
pub async fn rotate_secret(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
    secret: &SecretDigest,
    now: Timestamp,
) -> Result<bool> {
    let changes = [
        (Column::SecondaryDigest, Expr::col(Column::PrimaryDigest)),
        (Column::PrimaryDigest, Expr::value(secret.as_str())),
        next_generation(),
    ];
    change(connection, scope, id, changes.into(), now).await
}

/// Forgets the secondary secret; access tokens made before it end. Says
/// whether there is such an account.
pub async fn drop_secondary_secret(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
    now: Timestamp,
) -> Result<bool> {
    let changes = [(Column::SecondaryDigest, Expr::value(Option::<String>::None)), next_generation()];
    change(connection, scope, id, changes.into(), now).await
}

/// Disables or enables an account; access tokens made before it end. Says
/// whether there is such an account.
pub async fn set_disabled(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
    disabled: bool,
    now: Timestamp,
) -> Result<bool> {
    change(connection, scope, id, vec![(Column::Disabled, Expr::value(disabled)), next_generation()], now).await
}

/// Gives an account another name for people. Says whether there is one.
pub async fn rename(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
    name: &str,
    now: Timestamp,
) -> Result<bool> {
    change(connection, scope, id, vec![(Column::Name, Expr::value(name))], now).await
}

/// Removes an account with its keys and grants. Says whether there was one.
pub async fn delete(connection: &impl ConnectionTrait, scope: &Scope, id: ServiceAccountId) -> Result<bool> {
    let result = Entity::delete_by_id(id.to_string()).filter(of_application(scope)).exec(connection).await?;
    if result.rows_affected != 1 {
        return Ok(false);
    }
    super::api_keys::delete_all(connection, id).await?;
    delete_grants(connection, id).await?;
    Ok(true)
}

/// Replaces the grants of an account. Those of a named boundary carry its id.
pub async fn set_grants(
    connection: &impl ConnectionTrait,
    id: ServiceAccountId,
    grants: &[(GrantId, Grant, Option<BoundaryId>)],
    now: Timestamp,
) -> Result<()> {
    delete_grants(connection, id).await?;
    if grants.is_empty() {
        return Ok(());
    }
    let rows: Vec<grants::ActiveModel> = grants
        .iter()
        .map(|(name, grant, boundary)| {
            Ok(whole(grants::Model {
                id: name.to_string(),
                service_account_id: id.to_string(),
                permission: grant.permission.as_str().to_owned(),
                boundary: to_json(&grant.boundary, "grants.boundary")?,
                limits: to_json(&grant.limits, "grants.limits")?,
                boundary_id: boundary.map(|id| id.to_string()),
                created_at: now.as_millis(),
            }))
        })
        .collect::<Result<_>>()?;
    grants::Entity::insert_many(rows).exec_without_returning(connection).await?;
    Ok(())
}

/// The grants of an account, oldest first. One that this version cannot read
/// allows nothing, and is left out.
pub async fn grants(connection: &impl ConnectionTrait, id: ServiceAccountId) -> Result<Vec<Grant>> {
    let rows = grants::Entity::find()
        .filter(grants::Column::ServiceAccountId.eq(id.to_string()))
        .order_by_asc(grants::Column::Id)
        .all(connection)
        .await?;
    let readable = |row: grants::Model| match grant(&row) {
        Ok(grant) => Some(grant),
        Err(error) => {
            tracing::warn!(grant = row.id, service_account = row.service_account_id, %error, "a grant was left out");
            None
        }
    };
    Ok(rows.into_iter().filter_map(readable).collect())
}

/// The grants of accounts with the named boundary of each, by account, each
/// account's oldest first.
pub async fn grants_of(
    connection: &impl ConnectionTrait,
    accounts: &[ServiceAccountId],
) -> Result<Vec<(ServiceAccountId, Grant, Option<BoundaryId>)>> {
    let rows = grants::Entity::find()
        .filter(grants::Column::ServiceAccountId.is_in(accounts.iter().map(ToString::to_string)))
        .order_by_asc(grants::Column::Id)
        .all(connection)
        .await?;
    let full = |row: grants::Model| -> Result<(ServiceAccountId, Grant, Option<BoundaryId>)> {
        let account = read(&row.service_account_id, "grants.service_account_id")?;
        Ok((account, grant(&row)?, read_optional(row.boundary_id.as_deref(), "grants.boundary_id")?))
    };
    // One that cannot be read allows nothing; whoever looks for it finds it in the log.
    Ok(rows.into_iter().filter_map(|row| full(row).ok()).collect())
}

/// Moves the version of an account on by one, for a change beside its row.
pub async fn touch(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
    now: Timestamp,
) -> Result<bool> {
    change(connection, scope, id, Vec::new(), now).await
}

/// What accounts are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountAttribute {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their name.
    Name,
    /// Their name at the token endpoint.
    ClientId,
    /// The tenant they belong to.
    Tenant,
    /// Whether they may do nothing.
    Disabled,
}

impl AccountAttribute {
    const fn column(self) -> Column {
        match self {
            Self::Created => Column::CreatedAt,
            Self::Updated => Column::UpdatedAt,
            Self::Name => Column::Name,
            Self::ClientId => Column::ClientId,
            Self::Tenant => Column::TenantId,
            Self::Disabled => Column::Disabled,
        }
    }
}

/// A page of the accounts of the scope's application.
pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    terms: &[Term<AccountAttribute>],
    by: AccountAttribute,
    slice: Slice,
) -> Result<(u64, Vec<ServiceAccount>)> {
    let all = Entity::find().filter(of_application(scope));
    let query = terms.iter().fold(all, |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, by.column(), Column::Id, connection).await?;
    let accounts = rows.into_iter().map(|row| from_row(row).map(|(account, _)| account)).collect::<Result<_>>()?;
    Ok((total, accounts))
}

/// Which of some accounts have a secondary secret, as they do while their
/// secret is being rotated.
pub async fn rotating(
    connection: &impl ConnectionTrait,
    accounts: &[ServiceAccountId],
) -> Result<Vec<ServiceAccountId>> {
    let rows = Entity::find()
        .filter(Column::Id.is_in(accounts.iter().map(ToString::to_string)))
        .filter(Column::SecondaryDigest.is_not_null())
        .all(connection)
        .await?;
    rows.iter().map(|row| read(&row.id, "service_accounts.id")).collect()
}

/// Removes the accounts that belong to a tenant, with their keys and grants.
/// Says how many there were.
pub async fn delete_of_tenant(connection: &impl ConnectionTrait, scope: &Scope, tenant: TenantId) -> Result<usize> {
    let rows = Entity::find().filter(of_application(scope)).filter(Column::TenantId.eq(tenant.to_string()));
    let rows = rows.all(connection).await?;
    for row in &rows {
        delete(connection, scope, read(&row.id, "service_accounts.id")?).await?;
    }
    Ok(rows.len())
}

fn grant(row: &grants::Model) -> Result<Grant> {
    Ok(Grant {
        permission: Permission::parse(&row.permission).ok_or(StoreError::Corrupt("grants.permission"))?,
        boundary: json(&row.boundary, "grants.boundary")?,
        limits: json(&row.limits, "grants.limits")?,
    })
}

async fn delete_grants(connection: &impl ConnectionTrait, id: ServiceAccountId) -> Result<()> {
    grants::Entity::delete_many().filter(grants::Column::ServiceAccountId.eq(id.to_string())).exec(connection).await?;
    Ok(())
}

fn of_application(scope: &Scope) -> Expr {
    Column::ApplicationId.eq(scope.application().to_string())
}

fn next_generation() -> (Column, Expr) {
    (Column::Generation, Expr::col(Column::Generation).add(1))
}

/// Writes some columns of one account of the scope's application.
async fn change(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: ServiceAccountId,
    changes: Vec<(Column, Expr)>,
    now: Timestamp,
) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::value(now.as_millis()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.to_string()))
        .filter(of_application(scope));
    let update = changes.into_iter().fold(update, |update, (column, value)| update.col_expr(column, value));
    Ok(update.exec(connection).await?.rows_affected == 1)
}
