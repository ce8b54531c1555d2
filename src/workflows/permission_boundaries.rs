//! Boundaries that have a name. Grants refer to them, so whoever widens one
//! gives something away: nobody widens more than they hold.

use crate::domain::access::{Authority, Boundary, Grant, Scope};
use crate::domain::audit::Act;
use crate::domain::ids::{BoundaryId, TenantId};
use crate::store::permission_boundaries::{self as boundaries, BoundaryAttribute, NamedBoundary};
use crate::store::slice::{Slice, Term};
use crate::store::versioned::Versioned;
use crate::store::{ConnectionTrait, StoreError, access_state, applications};

use super::service_accounts::Manager;
use super::{Engine, Failure, Noun, Outcome};

/// What changes of a boundary.
#[derive(Debug, Default)]
pub struct BoundaryChange {
    /// Its name.
    pub name: Option<String>,
    /// The boundary itself.
    pub boundary: Option<Boundary>,
    /// The version that the caller has seen, if only that may change.
    pub version: Option<i64>,
}

/// Refuses a boundary that names a tenant that is not in the application.
///
/// # Errors
/// `Invalid` with the field.
pub async fn check_tenants(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    boundary: &Boundary,
    field: &str,
) -> Outcome<()> {
    let named: Vec<TenantId> = match boundary {
        Boundary::Application | Boundary::SelfOnly => Vec::new(),
        Boundary::Tenant(tenant) => vec![*tenant],
        Boundary::TenantInclusionList(tenants) | Boundary::TenantExclusionList(tenants) => {
            tenants.iter().copied().collect()
        }
    };
    for tenant in named {
        if applications::find_tenant(connection, scope, tenant).await?.is_none() {
            return Err(Failure::Invalid { field: field.to_owned(), code: "unknown_tenant" });
        }
    }
    Ok(())
}

impl Engine {
    /// A page of the boundaries of the application, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_boundaries(
        &self,
        scope: &Scope,
        terms: &[Term<BoundaryAttribute>],
        by: BoundaryAttribute,
        slice: Slice,
    ) -> Outcome<(u64, Vec<Versioned<NamedBoundary>>)> {
        Ok(boundaries::page(self.database.read(), scope, terms, by, slice).await?)
    }

    /// Reads a boundary.
    ///
    /// # Errors
    /// `NotFound(PermissionBoundary)`.
    pub async fn get_boundary(&self, scope: &Scope, id: BoundaryId) -> Outcome<Versioned<NamedBoundary>> {
        let found = boundaries::find(self.database.read(), scope, id).await?;
        found.ok_or(Failure::NotFound(Noun::PermissionBoundary))
    }

    /// Makes a boundary. It gives nobody anything until a grant refers to it.
    ///
    /// # Errors
    /// `NameTaken`, `Invalid`.
    pub async fn create_boundary(
        &self,
        authority: &Authority,
        name: String,
        boundary: Boundary,
    ) -> Outcome<Versioned<NamedBoundary>> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let id = BoundaryId::generate(now, &*self.entropy);
        let named = NamedBoundary { id, application: scope.application(), name, boundary };
        let transaction = self.database.begin().await?;
        check_tenants(&transaction, scope, &named.boundary, "boundary.tenantIds").await?;
        boundaries::insert(&transaction, &named, now).await.map_err(name_taken)?;
        let act = Act::new("permission_boundary.created", id).with("name", named.name.as_str());
        self.commit_act(transaction, authority, now, act).await?;
        Ok(Versioned { it: named, version: 1, created_at: now, updated_at: now })
    }

    /// Changes a boundary, and with it every grant that refers to it.
    ///
    /// # Errors
    /// `NotFound(PermissionBoundary)`, `NameTaken`, `Invalid`, `Stale`;
    /// `Forbidden` when a grant would then allow what the manager does not hold.
    pub async fn update_boundary(
        &self,
        authority: &Authority,
        manager: Manager<'_>,
        id: BoundaryId,
        change: BoundaryChange,
    ) -> Outcome<Versioned<NamedBoundary>> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let found = boundaries::lock(&transaction, scope, id).await?;
        let mut found = found.ok_or(Failure::NotFound(Noun::PermissionBoundary))?;
        let before = found.version;
        if change.version.is_some_and(|seen| seen != before) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        let named = [("name", change.name.is_some()), ("boundary", change.boundary.is_some())];
        let fields: Vec<_> = named.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect();
        if fields.is_empty() {
            return Ok(found);
        }
        if let Some(boundary) = change.boundary {
            check_tenants(&transaction, scope, &boundary, "boundary.tenantIds").await?;
            let grants = boundaries::grants_within(&transaction, id).await?;
            let then: Vec<Grant> =
                grants.into_iter().map(|grant| Grant { boundary: boundary.clone(), ..grant }).collect();
            if !manager.holds_all(&then, now) {
                return Err(Failure::Forbidden);
            }
            found.it.boundary = boundary;
        }
        found.it.name = change.name.unwrap_or(found.it.name);
        if !boundaries::update(&transaction, &found.it, before, now).await.map_err(name_taken)? {
            return Err(Failure::Stale(None));
        }
        access_state::advance(&transaction).await?;
        let act = Act::new("permission_boundary.updated", id).changing(&fields).with("name", found.it.name.as_str());
        self.commit_act(transaction, authority, now, act).await?;
        self.database.note_access_change();
        (found.version, found.updated_at) = (before + 1, now);
        Ok(found)
    }

    /// Removes a boundary that no grant refers to.
    ///
    /// # Errors
    /// `NotFound(PermissionBoundary)`, `InUse`, `Stale`.
    pub async fn delete_boundary(&self, authority: &Authority, id: BoundaryId, version: Option<i64>) -> Outcome<()> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let transaction = self.database.begin().await?;
        let found = boundaries::lock(&transaction, scope, id).await?;
        let found = found.ok_or(Failure::NotFound(Noun::PermissionBoundary))?;
        if version.is_some_and(|seen| seen != found.version) {
            drop(transaction);
            return Err(self.stale(scope, id).await);
        }
        if boundaries::count_grants(&transaction, id).await? > 0 {
            return Err(Failure::InUse);
        }
        boundaries::delete(&transaction, id).await?;
        let act = Act::new("permission_boundary.deleted", id).with("name", found.it.name.as_str());
        self.commit_act(transaction, authority, now, act).await
    }
}

fn name_taken(error: StoreError) -> Failure {
    if error.is_duplicate() { Failure::NameTaken } else { error.into() }
}
