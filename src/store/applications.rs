//! Applications and their tenants.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, TenantId};

use super::entity::{applications, tenants};
use super::rows::{read, whole};
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

/// Reads an application by its public name or id, for the hosted pages, which
/// anybody may open; without one, the only application there is.
pub async fn find_public(connection: &impl ConnectionTrait, name: Option<&str>) -> Result<Option<Application>> {
    let query = applications::Entity::find().order_by_asc(applications::Column::Id).limit(2);
    let query = match name {
        Some(name) => query.filter(applications::Column::Id.eq(name).or(applications::Column::Name.eq(name))),
        None => query,
    };
    let mut rows = query.all(connection).await?;
    if rows.len() > 1 {
        return Ok(None);
    }
    rows.pop().map(Application::try_from).transpose()
}

/// Reads a tenant inside the scope.
pub async fn find_tenant(connection: &impl ConnectionTrait, scope: &Scope, id: TenantId) -> Result<Option<Tenant>> {
    let row = tenants::Entity::find_by_id(id.to_string())
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
