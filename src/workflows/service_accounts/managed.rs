//! Accounts as they are managed through a door: each act in a transaction of
//! its own, written down, and in force at once.

use crate::domain::access::{Authority, Boundary, Grant, GrantLimits, Permission, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApiKeyId, BoundaryId, ServiceAccountId, TenantId};
use crate::domain::secret::Secret;
use crate::store::api_keys::{self, ApiKey};
use crate::store::service_accounts::{self, AccountAttribute, ServiceAccount};
use crate::store::slice::{Slice, Term};
use crate::store::{Transaction, access_state, applications, permission_boundaries};
use crate::workflows::permission_boundaries::check_tenants;
use crate::workflows::{Engine, Failure, Noun, Outcome};

use super::{Assigned, Manager, NewServiceAccount, NotManaged};

/// How many keys an account may have that are not revoked.
const KEYS: usize = 20;

/// An account with everything that it may do.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account.
    pub account: ServiceAccount,
    /// Its grants, with the named boundary that each refers to, if it does.
    pub grants: Vec<Assigned>,
    /// Whether an earlier secret still holds.
    pub is_rotating: bool,
}

/// Where a grant that is asked for is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedBoundary {
    /// The tenant that the account belongs to.
    Home,
    /// As said.
    Plain(Boundary),
    /// As a named boundary says, now and whenever it changes.
    Named(BoundaryId),
}

/// A grant that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedGrant {
    /// What it allows.
    pub permission: Permission,
    /// Where.
    pub boundary: WantedBoundary,
    /// What narrows it.
    pub limits: GrantLimits,
}

/// What changes of an account.
#[derive(Debug, Default)]
pub struct AccountChange {
    /// Its name.
    pub name: Option<String>,
    /// Whether it may do nothing.
    pub disabled: Option<bool>,
    /// Everything that it may do.
    pub grants: Option<Vec<WantedGrant>>,
    /// The version that the caller has seen, if only that may change.
    pub version: Option<i64>,
}

impl From<NotManaged> for Failure {
    fn from(error: NotManaged) -> Self {
        match error {
            NotManaged::NotFound => Self::NotFound(Noun::ServiceAccount),
            NotManaged::TenantNotFound => Self::Invalid { field: "tenantId".to_owned(), code: "unknown_tenant" },
            NotManaged::ExceedsGranter => Self::Forbidden,
            NotManaged::Store(error) => error.into(),
        }
    }
}

impl Engine {
    /// A page of the accounts of the application, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_accounts(
        &self,
        scope: &Scope,
        terms: &[Term<AccountAttribute>],
        by: AccountAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Account>)> {
        let database = self.database.read();
        let (total, found) = service_accounts::page(database, scope, terms, by, slice).await?;
        let ids: Vec<_> = found.iter().map(|account| account.id).collect();
        let all = service_accounts::grants_of(database, &ids).await?;
        let rotating = service_accounts::rotating(database, &ids).await?;
        let mut accounts = Vec::with_capacity(found.len());
        for account in found {
            let theirs = all.iter().filter(|(of, _, _)| *of == account.id);
            let grants = theirs.map(|(_, grant, boundary)| (grant.clone(), *boundary)).collect();
            let is_rotating = rotating.contains(&account.id);
            accounts.push(Account { account, grants, is_rotating });
        }
        Ok((total, accounts))
    }

    /// Reads an account.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`.
    pub async fn get_account(&self, scope: &Scope, id: ServiceAccountId) -> Outcome<Account> {
        let database = self.database.read();
        let account = service_accounts::find(database, scope, id).await?;
        let account = account.ok_or(Failure::NotFound(Noun::ServiceAccount))?;
        let grants = service_accounts::grants_of(database, &[id]).await?;
        let grants = grants.into_iter().map(|(_, grant, boundary)| (grant, boundary)).collect();
        let is_rotating = !service_accounts::rotating(database, &[id]).await?.is_empty();
        Ok(Account { account, grants, is_rotating })
    }

    /// Makes an account; answers its secret too, which is never shown again.
    ///
    /// # Errors
    /// `Forbidden` when a grant exceeds what the manager holds; `Invalid`.
    pub async fn create_account(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        name: String,
        home: Option<TenantId>,
        wanted: Vec<WantedGrant>,
    ) -> Outcome<(Account, Secret)> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        if let Some(home) = home {
            let found = applications::find_tenant(&transaction, scope, home).await?;
            found.ok_or(NotManaged::TenantNotFound)?;
        }
        let grants = assign(&transaction, scope, home, wanted).await?;
        let new = NewServiceAccount { name, home, grants: plain(&grants) };
        let made = super::create(&transaction, scope, manager, new, now, &*self.entropy).await;
        let (account, secret) = made?;
        super::assign_grants(&transaction, account.id, &grants, now, &*self.entropy).await?;
        let act = told("service_account.created", &account).with("grants", names(&grants));
        self.commit_act(transaction, authority, now, act).await?;
        Ok((Account { account, grants, is_rotating: false }, secret))
    }

    /// Changes an account. What it may do then is in force at once.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`, `Invalid`, `Stale`; `Forbidden` when the
    /// account holds, or would hold, more than its manager.
    pub async fn update_account(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        id: ServiceAccountId,
        change: AccountChange,
    ) -> Outcome<Account> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let account = self.lock_account(&transaction, scope, id, change.version).await?;
        let Some(account) = account else {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        };
        super::managed(&transaction, scope, manager, id, now).await?;
        let mut act = told("service_account.updated", &account);
        let mut fields = Vec::new();
        if let Some(wanted) = change.grants {
            let grants = assign(&transaction, scope, account.home, wanted).await?;
            super::replace_grants(&transaction, scope, manager, id, plain(&grants), now, &*self.entropy).await?;
            super::assign_grants(&transaction, id, &grants, now, &*self.entropy).await?;
            service_accounts::touch(&transaction, scope, id, now).await?;
            act = act.with("grants", names(&grants));
            fields.push("grants");
        }
        if let Some(name) = change.name.filter(|name| *name != account.name) {
            found(service_accounts::rename(&transaction, scope, id, &name, now).await?)?;
            fields.push("name");
        }
        match change.disabled.filter(|disabled| *disabled != account.disabled) {
            Some(true) => super::disable(&transaction, scope, manager, id, now).await?,
            Some(false) => super::enable(&transaction, scope, manager, id, now).await?,
            None => {}
        }
        if let Some(disabled) = change.disabled.filter(|disabled| *disabled != account.disabled) {
            act = act.with("disabled", disabled);
            fields.push("disabled");
        }
        if !fields.is_empty() {
            self.commit_access_act(transaction, authority, now, act.changing(&fields)).await?;
        }
        self.get_account(scope, id).await
    }

    /// Removes an account with its keys and grants.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`, `Stale`; `Forbidden` when it holds more than
    /// its manager, who could not make it again.
    pub async fn delete_account(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        id: ServiceAccountId,
        version: Option<i64>,
    ) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let Some(account) = self.lock_account(&transaction, scope, id, version).await? else {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        };
        super::managed(&transaction, scope, manager, id, now).await?;
        found(service_accounts::delete(&transaction, scope, id).await?)?;
        self.commit_access_act(transaction, authority, now, told("service_account.deleted", &account)).await
    }

    /// Makes a new secret; the one until now holds until the rotation is ended
    /// or the secret is rotated again. Access tokens made before it end.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`; `Forbidden` when it holds more than its
    /// manager.
    pub async fn rotate_account_secret(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        id: ServiceAccountId,
    ) -> Outcome<(ServiceAccount, Secret)> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let secret = super::rotate_secret(&transaction, scope, manager, id, now, &*self.entropy).await?;
        let account = service_accounts::find(&transaction, scope, id).await?.ok_or(NotManaged::NotFound)?;
        let act = told("service_account.secret_rotated", &account);
        self.commit_access_act(transaction, authority, now, act).await?;
        Ok((account, secret))
    }

    /// Ends the secret before the latest one, and access tokens made before.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`; `Forbidden` when it holds more than its
    /// manager.
    pub async fn end_account_rotation(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        id: ServiceAccountId,
    ) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        super::end_rotation(&transaction, scope, manager, id, now).await?;
        self.commit_access_act(transaction, authority, now, Act::new("service_account.rotation_ended", id)).await
    }

    /// The keys of an account, oldest first, revoked ones too.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`.
    pub async fn list_account_keys(&self, scope: &Scope, id: ServiceAccountId) -> Outcome<Vec<ApiKey>> {
        let database = self.database.read();
        service_accounts::find(database, scope, id).await?.ok_or(NotManaged::NotFound)?;
        Ok(api_keys::list(database, id).await?)
    }

    /// Makes an API key of an account; it is never shown again.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`, `TooMany`; `Forbidden` when the account holds
    /// more than its manager.
    pub async fn add_account_key(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        id: ServiceAccountId,
        name: String,
    ) -> Outcome<(ApiKey, Secret)> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let made = super::add_key(&transaction, scope, manager, id, name, now, &*self.entropy).await?;
        // The account is locked by now, so nobody else adds one.
        let live = api_keys::list(&transaction, id).await?.into_iter().filter(|key| key.revoked_at.is_none()).count();
        if live > KEYS {
            return Err(Failure::TooMany);
        }
        let act = Act::new("service_account.api_key_created", id).with("apiKeyId", made.0.id.to_string());
        self.commit_act(transaction, authority, now, act).await?;
        Ok(made)
    }

    /// Revokes an API key of an account.
    ///
    /// # Errors
    /// `NotFound(ServiceAccount)`, `NotFound(ApiKey)` when there is no such live
    /// key; `Forbidden` when the account holds more than its manager.
    pub async fn revoke_account_key(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        id: ServiceAccountId,
        key: ApiKeyId,
    ) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        service_accounts::find(&transaction, scope, id).await?.ok_or(NotManaged::NotFound)?;
        super::revoke_key(&transaction, scope, manager, id, key, now).await.map_err(|error| match error {
            NotManaged::NotFound => Failure::NotFound(Noun::ApiKey),
            error => error.into(),
        })?;
        let act = Act::new("service_account.api_key_revoked", id).with("apiKeyId", key.to_string());
        self.commit_access_act(transaction, authority, now, act).await
    }

    /// The account, locked. `None` when it is not the version that was seen.
    async fn lock_account(
        &self,
        transaction: &Transaction,
        scope: &Scope,
        id: ServiceAccountId,
        seen: Option<i64>,
    ) -> Outcome<Option<ServiceAccount>> {
        let account = service_accounts::lock(transaction, scope, id).await?.ok_or(NotManaged::NotFound)?;
        Ok(Some(account).filter(|account| seen.is_none_or(|seen| seen == account.version)))
    }

    /// Writes down and commits what changes what somebody may do, and tells
    /// every instance.
    async fn commit_access_act(
        &self,
        transaction: Transaction,
        authority: &Authority,
        now: Timestamp,
        act: Act,
    ) -> Outcome<()> {
        access_state::advance(&transaction).await?;
        self.commit_act(transaction, authority, now, act).await?;
        self.database.note_access_change();
        Ok(())
    }
}

/// Finds out where the grants that are asked for hold.
async fn assign(
    transaction: &Transaction,
    scope: &Scope,
    home: Option<TenantId>,
    wanted: Vec<WantedGrant>,
) -> Outcome<Vec<Assigned>> {
    let mut grants = Vec::with_capacity(wanted.len());
    for (at, wanted) in wanted.into_iter().enumerate() {
        let invalid = |field: &str, code| Failure::Invalid { field: format!("grants[{at}].{field}"), code };
        let (boundary, named) = match wanted.boundary {
            WantedBoundary::Home => (Boundary::Tenant(home.ok_or_else(|| invalid("boundary", "no_tenant"))?), None),
            WantedBoundary::Plain(boundary) => {
                let field = format!("grants[{at}].boundary.tenantIds");
                check_tenants(transaction, scope, &boundary, &field).await?;
                (boundary, None)
            }
            WantedBoundary::Named(id) => {
                let found = permission_boundaries::lock(transaction, scope, id).await?;
                (found.ok_or_else(|| invalid("boundaryId", "unknown_boundary"))?.it.boundary, Some(id))
            }
        };
        grants.push((Grant { permission: wanted.permission, boundary, limits: wanted.limits }, named));
    }
    Ok(grants)
}

fn plain(grants: &[Assigned]) -> Vec<Grant> {
    grants.iter().map(|(grant, _)| grant.clone()).collect()
}

/// The permissions of grants, for the log.
fn names(grants: &[Assigned]) -> Vec<&'static str> {
    grants.iter().map(|(grant, _)| grant.permission.as_str()).collect()
}

fn told(action: &'static str, account: &ServiceAccount) -> Act {
    Act::new(action, account.id).with("name", account.name.as_str())
}

const fn found(was_there: bool) -> Result<(), NotManaged> {
    if was_there { Ok(()) } else { Err(NotManaged::NotFound) }
}
