//! The first application, its default tenant, and a service account that may
//! do everything in it.

use crate::domain::access::{Boundary, Grant, Permission, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::ids::{ApplicationId, ServiceAccountId, TenantId};
use crate::domain::secret::Secret;
use crate::store::applications::{self, Application, Tenant};
use crate::store::{Database, StoreError, Transaction};

use super::service_accounts::{self, Manager, NewServiceAccount, NotManaged};
use super::{Failure, Outcome};

/// The name of the service account.
pub const ACCOUNT: &str = "bootstrap";

/// What was made; the secrets are shown this once.
#[derive(Debug)]
pub struct Bootstrapped {
    /// The application.
    pub application: ApplicationId,
    /// Its default tenant.
    pub tenant: TenantId,
    /// The service account's name at the token endpoint.
    pub client_id: String,
    /// Its OAuth 2.0 secret.
    pub client_secret: Secret,
    /// An API key of it.
    pub api_key: Secret,
}

/// Makes an application with a service account that holds every permission.
///
/// # Errors
/// `NameTaken` when there is an application of this name.
pub async fn bootstrap(
    database: &Database,
    entropy: &dyn Entropy,
    application: &str,
    tenant: Option<&str>,
) -> Outcome<Bootstrapped> {
    bootstrap_as(database, entropy, application, tenant, ACCOUNT).await
}

/// The same, with another name for the service account.
///
/// # Errors
/// `NameTaken` when there is an application of this name.
pub async fn bootstrap_as(
    database: &Database,
    entropy: &dyn Entropy,
    application: &str,
    tenant: Option<&str>,
    account: &str,
) -> Outcome<Bootstrapped> {
    let now = database.now().await?;
    let transaction = database.begin().await?;
    let row = Application {
        id: ApplicationId::generate(now, entropy),
        name: application.to_owned(),
        display_name: application.to_owned(),
        support_email: None,
        default_tenant: TenantId::generate(now, entropy),
    };
    applications::insert(&transaction, &row, now).await.map_err(name_taken)?;
    let name = tenant.unwrap_or(application).to_owned();
    let default =
        Tenant { id: row.default_tenant, application: row.id, display_name: name.clone(), name, locale: None };
    applications::insert_tenant(&transaction, &default, now).await?;
    let (client_id, client_secret, api_key) = all_powerful(&transaction, row.id, account, now, entropy).await?;
    transaction.commit().await?;
    Ok(Bootstrapped { application: row.id, tenant: default.id, client_id, client_secret, api_key })
}

/// A service account that holds every permission in its application.
///
/// # Errors
/// When the database is gone.
pub async fn all_powerful(
    transaction: &Transaction,
    application: ApplicationId,
    name: &str,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Outcome<(String, Secret, Secret)> {
    let scope = Scope::of_record(application);
    let grants = Permission::ALL.iter().map(|permission| Grant::new(*permission, Boundary::Application)).collect();
    let new = NewServiceAccount { name: name.to_owned(), home: None, grants };
    let made = service_accounts::create(transaction, &scope, Manager::Operator, new, now, entropy).await;
    let (account, secret) = made.map_err(unmanaged)?;
    let key = another_key(transaction, &scope, account.id, name, now, entropy).await?;
    Ok((account.client_id, secret, key))
}

/// One more API key of an account.
///
/// # Errors
/// When the database is gone.
pub async fn another_key(
    transaction: &Transaction,
    scope: &Scope,
    account: ServiceAccountId,
    name: &str,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Outcome<Secret> {
    let (manager, name) = (Manager::Operator, name.to_owned());
    let key = service_accounts::add_key(transaction, scope, manager, account, name, now, entropy).await;
    Ok(key.map_err(unmanaged)?.1)
}

fn name_taken(error: StoreError) -> Failure {
    if error.is_duplicate() { Failure::NameTaken } else { error.into() }
}

/// The operator may give everything, so only the store can refuse.
fn unmanaged(error: NotManaged) -> Failure {
    match error {
        NotManaged::Store(error) => error.into(),
        _ => Failure::Forbidden,
    }
}
