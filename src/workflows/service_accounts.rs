//! Service accounts: made, given grants and keys, rotated, disabled.
//!
//! Nobody grants more than they hold, and nobody takes over an account that
//! holds more than they do: a new secret or key of an account is as good as
//! its grants.

use thiserror::Error;

use crate::credentials::api_key;
use crate::domain::access::{Caller, Grant, Scope};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::ids::{ApiKeyId, BoundaryId, GrantId, ServiceAccountId, TenantId};
use crate::domain::secret::Secret;
use crate::store::api_keys::{self, ApiKey};
use crate::store::service_accounts::{self, ServiceAccount};
use crate::store::{ConnectionTrait, StoreError, applications};

pub mod managed;

/// A grant with the named boundary that it refers to, if it does.
pub type Assigned = (Grant, Option<BoundaryId>);

/// Who manages an account, and so what they may give away.
#[derive(Debug, Clone, Copy)]
pub enum Manager<'a> {
    /// Somebody who may do everything: the command line, an operator.
    Operator,
    /// A caller, with the address the call came from.
    Caller(&'a Caller, Option<std::net::IpAddr>),
}

impl Manager<'_> {
    /// Whether they hold everything that these grants allow.
    #[must_use]
    pub fn holds_all(&self, grants: &[Grant], now: Timestamp) -> bool {
        match self {
            Self::Operator => true,
            Self::Caller(caller, source_ip) => grants.iter().all(|grant| caller.may_grant(grant, now, *source_ip)),
        }
    }
}

/// Why an account was not made or changed.
#[derive(Debug, Error)]
pub enum NotManaged {
    /// No such account, or key of it, in the scope.
    #[error("no such service account or key")]
    NotFound,
    /// No such tenant in the scope.
    #[error("no such tenant")]
    TenantNotFound,
    /// The account holds, or would hold, more than who manages it.
    #[error("nobody grants more than they hold")]
    ExceedsGranter,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account to be made in the application of a scope.
#[derive(Debug, Clone)]
pub struct NewServiceAccount {
    /// Its name for people.
    pub name: String,
    /// The tenant it belongs to, if it belongs to one.
    pub home: Option<TenantId>,
    /// What it may do.
    pub grants: Vec<Grant>,
}

/// Makes an account; to be called in a transaction. The secret is shown to
/// whoever asked and never again.
///
/// # Errors
/// When a grant exceeds what the manager holds, or the tenant is not in the
/// scope.
pub async fn create(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    new: NewServiceAccount,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(ServiceAccount, Secret), NotManaged> {
    if !manager.holds_all(&new.grants, now) {
        return Err(NotManaged::ExceedsGranter);
    }
    if let Some(home) = new.home {
        applications::find_tenant(connection, scope, home).await?.ok_or(NotManaged::TenantNotFound)?;
    }
    let id = ServiceAccountId::generate(now, entropy);
    let account = ServiceAccount {
        id,
        application: scope.application(),
        home: new.home,
        client_id: id.to_string().replacen(ServiceAccountId::PREFIX, "client", 1),
        name: new.name,
        generation: 0,
        disabled: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let secret = api_key::generate_client_secret(entropy);
    service_accounts::insert(connection, &account, &secret.digest()).await?;
    service_accounts::set_grants(connection, id, &named(new.grants, now, entropy), now).await?;
    Ok((account, secret))
}

/// Replaces the grants of an account; to be called in a transaction.
///
/// # Errors
/// When the account holds or would hold more than the manager.
pub async fn replace_grants(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    grants: Vec<Grant>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(), NotManaged> {
    managed(connection, scope, manager, id, now).await?;
    if !manager.holds_all(&grants, now) {
        return Err(NotManaged::ExceedsGranter);
    }
    service_accounts::set_grants(connection, id, &named(grants, now, entropy), now).await?;
    Ok(())
}

/// Makes a new secret, in a transaction; the one until now still holds, as the secondary one,
/// and the one before that does not. Access tokens made before it end.
///
/// # Errors
/// When there is no such account, or it holds more than the manager.
pub async fn rotate_secret(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Secret, NotManaged> {
    managed(connection, scope, manager, id, now).await?;
    let secret = api_key::generate_client_secret(entropy);
    found(service_accounts::rotate_secret(connection, scope, id, &secret.digest(), now).await?)?;
    Ok(secret)
}

/// Ends the secondary secret, and access tokens made before it, in a transaction.
///
/// # Errors
/// When there is no such account, or it holds more than the manager.
pub async fn end_rotation(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    now: Timestamp,
) -> Result<(), NotManaged> {
    managed(connection, scope, manager, id, now).await?;
    found(service_accounts::drop_secondary_secret(connection, scope, id, now).await?)
}

/// Makes an API key of an account, in a transaction. It is shown to whoever asked and never
/// again.
///
/// # Errors
/// When there is no such account, or it holds more than the manager.
pub async fn add_key(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    name: String,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(ApiKey, Secret), NotManaged> {
    managed(connection, scope, manager, id, now).await?;
    let secret = api_key::generate_api_key(entropy);
    let key = ApiKey {
        id: ApiKeyId::generate(now, entropy),
        service_account: id,
        name,
        hint: api_key::hint(&secret),
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    api_keys::insert(connection, &key, &secret.digest()).await?;
    Ok((key, secret))
}

/// Revokes an API key of an account, in a transaction. It takes nothing but
/// power away; who holds less could stop a stronger account all the same.
///
/// # Errors
/// When there is no such account, or no such live key of it, or the account
/// holds more than the manager.
pub async fn revoke_key(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<(), NotManaged> {
    managed(connection, scope, manager, id, now).await?;
    found(api_keys::revoke(connection, id, key, now).await?)
}

/// Disables an account, in a transaction: its keys, secrets and tokens all stop.
///
/// # Errors
/// When there is no such account, or it holds more than the manager.
pub async fn disable(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    now: Timestamp,
) -> Result<(), NotManaged> {
    managed(connection, scope, manager, id, now).await?;
    found(service_accounts::set_disabled(connection, scope, id, true, now).await?)
}

/// Enables an account again, in a transaction: its keys and secrets hold, older tokens do not.
///
/// # Errors
/// When there is no such account, or it holds more than the manager.
pub async fn enable(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    now: Timestamp,
) -> Result<(), NotManaged> {
    managed(connection, scope, manager, id, now).await?;
    found(service_accounts::set_disabled(connection, scope, id, false, now).await?)
}

/// The account, when it is there and holds nothing that its manager does not.
/// It stays locked, so that its grants cannot grow after this look at them.
async fn managed(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    manager: Manager<'_>,
    id: ServiceAccountId,
    now: Timestamp,
) -> Result<ServiceAccount, NotManaged> {
    let account = service_accounts::lock(connection, scope, id).await?.ok_or(NotManaged::NotFound)?;
    let grants = service_accounts::grants(connection, id).await?;
    if manager.holds_all(&grants, now) { Ok(account) } else { Err(NotManaged::ExceedsGranter) }
}

const fn found(was_there: bool) -> Result<(), NotManaged> {
    if was_there { Ok(()) } else { Err(NotManaged::NotFound) }
}

/// Writes the grants of an account that were judged before, with the named
/// boundaries that they refer to.
async fn assign_grants(
    connection: &impl ConnectionTrait,
    id: ServiceAccountId,
    grants: &[Assigned],
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(), StoreError> {
    // In the order of their ids, which is the order in which they are read.
    let first = GrantId::generate(now, entropy);
    let ids = std::iter::successors(Some(first), |id| Some(id.successor()));
    let rows: Vec<_> = ids.zip(grants).map(|(id, (grant, boundary))| (id, grant.clone(), *boundary)).collect();
    service_accounts::set_grants(connection, id, &rows, now).await
}

fn named(grants: Vec<Grant>, now: Timestamp, entropy: &dyn Entropy) -> Vec<(GrantId, Grant, Option<BoundaryId>)> {
    grants.into_iter().map(|grant| (GrantId::generate(now, entropy), grant, None)).collect()
}

#[cfg(test)]
mod tests;
