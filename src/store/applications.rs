//! Applications and their tenants.

use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, TenantId};

use super::entity::{applications, tenants};
use super::rows::{locked, read, whole};
use super::slice::{Slice, Term};
use super::versioned::{Columns, Versioned, advance};
use super::{Result, StoreError};

/// The outermost boundary.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its unique name.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// Where people can ask for help.
    pub support_email: Option<String>,
    /// The tenant that calls without a tenant mean.
    pub default_tenant: TenantId,
}

/// A customer of an application.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// Its name, unique in the application.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// Its language.
    pub locale: Option<String>,
}

impl TryFrom<applications::Model> for Application {
    type Error = StoreError;

    fn try_from(row: applications::Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "applications.id")?,
            name: row.name,
            display_name: row.display_name,
            support_email: row.support_email,
            default_tenant: read(&row.default_tenant_id, "applications.default_tenant_id")?,
        })
    }
}

impl TryFrom<tenants::Model> for Tenant {
    type Error = StoreError;

    fn try_from(row: tenants::Model) -> Result<Self> {
        Ok(Self {
            id: read(&row.id, "tenants.id")?,
            application: read(&row.application_id, "tenants.application_id")?,
            name: row.name,
            display_name: row.display_name,
            locale: row.locale,
        })
    }
}

impl TryFrom<applications::Model> for Versioned<Application> {
    type Error = StoreError;

    fn try_from(row: applications::Model) -> Result<Self> {
        let (version, created, updated) = (row.version, row.created_at, row.updated_at);
        Ok(Self {
            it: row.try_into()?,
            version,
            created_at: Timestamp::from_millis(created),
            updated_at: Timestamp::from_millis(updated),
        })
    }
}

/// Adds an application.
///
/// # Errors
/// A duplicate when the name is taken.
pub async fn insert(connection: &impl ConnectionTrait, application: &Application, now: Timestamp) -> Result<()> {
    let row = applications::Model {
        id: application.id.to_string(),
        name: application.name.clone(),
        display_name: application.display_name.clone(),
        support_email: application.support_email.clone(),
        default_tenant_id: application.default_tenant.to_string(),
        version: 1,
        created_at: now.as_millis(),
        updated_at: now.as_millis(),
    };
    applications::Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Adds a tenant.
///
/// # Errors
/// A duplicate when the name is taken in the application.
pub async fn insert_tenant(connection: &impl ConnectionTrait, tenant: &Tenant, now: Timestamp) -> Result<()> {
    let row = tenants::Model {
        id: tenant.id.to_string(),
        application_id: tenant.application.to_string(),
        name: tenant.name.clone(),
        display_name: tenant.display_name.clone(),
        locale: tenant.locale.clone(),
        version: 1,
        deleted_at: None,
        created_at: now.as_millis(),
        updated_at: now.as_millis(),
    };
    tenants::Entity::insert(whole(row)).exec_without_returning(connection).await?;
    Ok(())
}

/// Reads the application of a scope.
pub async fn find(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Option<Application>> {
    let row = applications::Entity::find_by_id(scope.application().to_string()).one(connection).await?;
    row.map(Application::try_from).transpose()
}

/// Locks the application of a scope: what is counted there stays so until the
/// transaction ends.
pub async fn lock(connection: &impl ConnectionTrait, scope: &Scope) -> Result<()> {
    let query = applications::Entity::find_by_id(scope.application().to_string());
    locked(query, connection, None).one(connection).await?;
    Ok(())
}

/// Reads an application by its public name or id, else by the name that people
/// know it by, for the hosted pages, which anybody may open; without a name,
/// the only application there is.
pub async fn find_public(connection: &impl ConnectionTrait, name: Option<&str>) -> Result<Option<Application>> {
    let query = || applications::Entity::find().order_by_asc(applications::Column::Id).limit(2);
    let mut rows = match name {
        Some(name) => {
            let exactly = applications::Column::Id.eq(name).or(applications::Column::Name.eq(name));
            let rows = query().filter(exactly).all(connection).await?;
            let displayed = Expr::expr(Func::lower(Expr::col(applications::Column::DisplayName)));
            let alike = displayed.eq(Func::lower(Expr::val(name.trim())));
            if rows.is_empty() { query().filter(alike).all(connection).await? } else { rows }
        }
        None => query().all(connection).await?,
    };
    if rows.len() > 1 {
        return Ok(None);
    }
    rows.pop().map(Application::try_from).transpose()
}

/// Reads a tenant inside the scope.
pub async fn find_tenant(connection: &impl ConnectionTrait, scope: &Scope, id: TenantId) -> Result<Option<Tenant>> {
    let row = tenants::Entity::find_by_id(id.to_string())
        .filter(tenants::Column::DeletedAt.is_null())
        .filter(tenants::Column::ApplicationId.eq(scope.application().to_string()))
        .one(connection)
        .await?;
    let tenant = row.map(Tenant::try_from).transpose()?;
    Ok(tenant.filter(|tenant| scope.covers(tenant.id)))
}

/// Reads a tenant by its name or id inside the scope.
pub async fn find_tenant_by_name(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    name: &str,
) -> Result<Option<Tenant>> {
    let row = tenants::Entity::find()
        .filter(tenants::Column::ApplicationId.eq(scope.application().to_string()))
        .filter(tenants::Column::DeletedAt.is_null())
        .filter(tenants::Column::Name.eq(name).or(tenants::Column::Id.eq(name)))
        .one(connection)
        .await?;
    let tenant = row.map(Tenant::try_from).transpose()?;
    Ok(tenant.filter(|tenant| scope.covers(tenant.id)))
}

/// How many applications there are, at most two: none, one, or more.
pub async fn count_some(connection: &impl ConnectionTrait) -> Result<usize> {
    Ok(applications::Entity::find().limit(2).all(connection).await?.len())
}

/// Which application an operator means: the one that is named, or the only one
/// there is.
pub async fn find_meant(
    connection: &impl ConnectionTrait,
    named: Option<ApplicationId>,
) -> Result<Option<ApplicationId>> {
    let query = applications::Entity::find().order_by_asc(applications::Column::Id).limit(2);
    let query = match named {
        Some(id) => query.filter(applications::Column::Id.eq(id.to_string())),
        None => query,
    };
    let rows = query.all(connection).await?;
    match rows.as_slice() {
        [only] => Ok(Some(read(&only.id, "applications.id")?)),
        _ => Ok(None),
    }
}

/// Reads an application as operators manage it.
pub async fn find_managed(
    connection: &impl ConnectionTrait,
    id: ApplicationId,
) -> Result<Option<Versioned<Application>>> {
    let row = applications::Entity::find_by_id(id.to_string()).one(connection).await?;
    row.map(Versioned::try_from).transpose()
}

/// What applications are sorted and found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationAttribute {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their name.
    Name,
    /// Their name for people.
    DisplayName,
}

impl ApplicationAttribute {
    const fn column(self) -> applications::Column {
        match self {
            Self::Created => applications::Column::CreatedAt,
            Self::Updated => applications::Column::UpdatedAt,
            Self::Name => applications::Column::Name,
            Self::DisplayName => applications::Column::DisplayName,
        }
    }
}

/// A page of all applications, for operators.
pub async fn page(
    connection: &impl ConnectionTrait,
    terms: &[Term<ApplicationAttribute>],
    by: ApplicationAttribute,
    slice: Slice,
) -> Result<(u64, Vec<Versioned<Application>>)> {
    let all = applications::Entity::find();
    let query = terms.iter().fold(all, |query, term| query.filter(term.condition(term.by.column())));
    let (total, rows) = slice.of(query, by.column(), applications::Column::Id, connection).await?;
    Ok((total, rows.into_iter().map(Versioned::try_from).collect::<Result<_>>()?))
}

/// Writes what may change of an application as the version after `before`.
/// Says whether it was still that one.
///
/// # Errors
/// A duplicate when the name is taken.
pub async fn update(
    connection: &impl ConnectionTrait,
    application: &Application,
    before: i64,
    now: Timestamp,
) -> Result<bool> {
    let columns = Columns {
        id: applications::Column::Id,
        version: applications::Column::Version,
        updated_at: applications::Column::UpdatedAt,
    };
    let changes = vec![
        (applications::Column::Name, Expr::value(application.name.as_str())),
        (applications::Column::DisplayName, Expr::value(application.display_name.as_str())),
        (applications::Column::SupportEmail, Expr::value(application.support_email.clone())),
    ];
    advance::<applications::Entity>(connection, columns, &application.id.to_string(), before, changes, now).await
}
