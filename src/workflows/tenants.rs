//! Tenants, as they are managed.

use serde::{Deserialize, Serialize};

use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, JobId, TenantId};
use crate::store::applications::{self, Tenant};
use crate::store::jobs::Job;
use crate::store::slice::{Slice, Term};
use crate::store::tenants::{self, TenantAttribute};
use crate::store::versioned::Versioned;
use crate::store::{StoreError, Transaction, access_state, jobs, service_accounts};

use super::{Engine, Failure, Noun, Outcome};

/// The kind of the job.
pub const DELETE_TENANT_JOB: &str = "delete_tenant";

/// What the job needs.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteTenantJob {
    /// The tenant, which is hidden already.
    pub tenant: TenantId,
    /// Its application.
    pub application: ApplicationId,
}

/// A new tenant.
#[derive(Debug)]
pub struct NewTenant {
    /// Its name, unique in the application.
    pub name: String,
    /// Its name for people; the name when absent.
    pub display_name: Option<String>,
    /// Its language.
    pub locale: Option<String>,
}

/// What changes of a tenant: `None` leaves a field as it is, `Some(None)`
/// empties it.
#[derive(Debug, Default)]
pub struct TenantChange {
    /// Its name.
    pub name: Option<String>,
    /// Its name for people.
    pub display_name: Option<String>,
    /// Its language.
    pub locale: Option<Option<String>>,
    /// The version that the caller has seen, if only that may change.
    pub version: Option<i64>,
}

impl TenantChange {
    fn fields(&self) -> Vec<&'static str> {
        let named = [
            ("name", self.name.is_some()),
            ("displayName", self.display_name.is_some()),
            ("locale", self.locale.is_some()),
        ];
        named.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }
}

impl Engine {
    /// A page of the tenants inside the scope, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_tenants(
        &self,
        scope: &Scope,
        terms: &[Term<TenantAttribute>],
        by: TenantAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Versioned<Tenant>>)> {
        Ok(tenants::page(self.database.read(), scope, terms, by, slice).await?)
    }

    /// Reads a tenant inside the scope.
    ///
    /// # Errors
    /// `NotFound(Tenant)`.
    pub async fn get_tenant(&self, scope: &Scope, id: TenantId) -> Outcome<Versioned<Tenant>> {
        tenants::find(self.database.read(), scope, id).await?.ok_or(Failure::NotFound(Noun::Tenant))
    }

    /// Which tenant calls without a tenant mean.
    ///
    /// # Errors
    /// `NotFound(Application)`.
    pub async fn default_tenant(&self, scope: &Scope) -> Outcome<TenantId> {
        let application = applications::find(self.database.read(), scope).await?;
        Ok(application.ok_or(Failure::NotFound(Noun::Application))?.default_tenant)
    }

    /// Makes a tenant.
    ///
    /// # Errors
    /// `NameTaken`.
    pub async fn create_tenant(&self, authority: &Authority, new: NewTenant) -> Outcome<Versioned<Tenant>> {
        let now = self.now().await?;
        let tenant = Tenant {
            id: TenantId::generate(now, &*self.entropy),
            application: authority.scope().application(),
            display_name: new.display_name.unwrap_or_else(|| new.name.clone()),
            name: new.name,
            locale: new.locale,
        };
        let transaction = self.database.begin().await?;
        applications::insert_tenant(&transaction, &tenant, now).await.map_err(name_taken)?;
        let act = Act::new("tenant.created", tenant.id).of_tenant(tenant.id).with("name", tenant.name.as_str());
        self.commit_act(transaction, authority, now, act).await?;
        Ok(Versioned { it: tenant, version: 1, created_at: now, updated_at: now })
    }

    /// Changes a tenant inside the scope.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, `NameTaken`, `Stale`.
    pub async fn update_tenant(
        &self,
        authority: &Authority,
        id: TenantId,
        change: TenantChange,
    ) -> Outcome<Versioned<Tenant>> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let mut found = self.lock_tenant(&transaction, scope, id).await?;
        let (before, fields) = (found.version, change.fields());
        if change.version.is_some_and(|seen| seen != before) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        if fields.is_empty() {
            return Ok(found);
        }
        let tenant = &mut found.it;
        tenant.name = change.name.unwrap_or_else(|| tenant.name.clone());
        tenant.display_name = change.display_name.unwrap_or_else(|| tenant.display_name.clone());
        tenant.locale = change.locale.unwrap_or_else(|| tenant.locale.clone());
        if !tenants::update(&transaction, tenant, before, now).await.map_err(name_taken)? {
            return Err(Failure::Stale(None));
        }
        let act = Act::new("tenant.updated", id).of_tenant(id).changing(&fields).with("name", tenant.name.as_str());
        self.commit_act(transaction, authority, now, act).await?;
        self.tenancies.clear();
        (found.version, found.updated_at) = (before + 1, now);
        Ok(found)
    }

    /// Deletes a tenant inside the scope: nobody finds it any more from this
    /// moment on, the accounts that belong to it end, and its users with
    /// everything of theirs are deleted in steps behind the answer.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, `DefaultTenant`, `Stale`.
    pub async fn delete_tenant(&self, authority: &Authority, id: TenantId, version: Option<i64>) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let found = self.lock_tenant(&transaction, scope, id).await?;
        if version.is_some_and(|seen| seen != found.version) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        if self.default_tenant(scope).await? == id {
            return Err(Failure::DefaultTenant);
        }
        if !tenants::mark_deleted(&transaction, id, found.version, now).await? {
            return Err(Failure::Stale(None));
        }
        let accounts = service_accounts::delete_of_tenant(&transaction, scope, id).await?;
        let work = DeleteTenantJob { tenant: id, application: scope.application() };
        self.queue_deletion(&transaction, &work, now).await?;
        access_state::advance(&transaction).await?;
        let act = Act::new("tenant.deleted", id)
            .of_tenant(id)
            .with("name", found.it.name.as_str())
            .with("serviceAccounts", accounts);
        self.commit_act(transaction, authority, now, act).await?;
        self.database.note_access_change();
        self.tenancies.clear();
        Ok(())
    }

    async fn lock_tenant(&self, transaction: &Transaction, scope: &Scope, id: TenantId) -> Outcome<Versioned<Tenant>> {
        tenants::lock(transaction, scope, id).await?.ok_or(Failure::NotFound(Noun::Tenant))
    }

    async fn queue_deletion(&self, transaction: &Transaction, work: &DeleteTenantJob, now: Timestamp) -> Outcome<()> {
        let job = Job {
            id: JobId::generate(now, &*self.entropy),
            kind: DELETE_TENANT_JOB.to_owned(),
            payload: serde_json::to_string(work).map_err(|_| StoreError::Corrupt("jobs.payload"))?,
            run_at: now,
            attempts: 0,
        };
        Ok(jobs::insert(transaction, &[job], now).await?)
    }

    /// Deletes some of what is left of a tenant, and queues the rest.
    ///
    /// # Errors
    /// When the database is gone; the job is then tried again.
    pub async fn delete_tenant_step(&self, job: JobId, work: &DeleteTenantJob, now: Timestamp) -> Outcome<()> {
        let transaction = self.database.begin().await?;
        if jobs::delete(&transaction, job).await? && tenants::delete_some(&transaction, work.tenant).await? {
            self.queue_deletion(&transaction, work, now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn name_taken(error: StoreError) -> Failure {
    if error.is_duplicate() { Failure::NameTaken } else { error.into() }
}
