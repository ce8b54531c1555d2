//! A caller, and what its grants add up to for one call.

use std::net::IpAddr;
use std::time::Duration;

use super::{Actor, Boundary, Grant, Permission, Tenants};
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, TenantId};
use crate::domain::reset::Mode;

/// Somebody who has proven who they are: a service account, or an operator who
/// acts in one application as if they held every grant there.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// Its name at the token endpoint; that of an operator is their id.
    pub client_id: String,
    /// The application it belongs to; nothing it does leaves it.
    pub application: ApplicationId,
    /// The tenant it belongs to, if it belongs to one.
    pub home: Option<TenantId>,
    /// What it may do.
    pub grants: Vec<Grant>,
}

/// What a call is about, as far as limits of grants look at it.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// The time of the call.
    pub now: Timestamp,
    /// Where it comes from; a grant limited to networks does not apply when
    /// this is unknown.
    pub source_ip: Option<IpAddr>,
    /// The mode of the reset in question; a grant limited to modes does not
    /// apply without one.
    pub mode: Option<Mode>,
    /// The lifetime of the link about to be made; `None` makes no link.
    pub lifetime: Option<Duration>,
}

impl Ask {
    /// A call that concerns no mode and makes no link.
    #[must_use]
    pub const fn plain(now: Timestamp, source_ip: Option<IpAddr>) -> Self {
        Self { now, source_ip, mode: None, lifetime: None }
    }
}

impl Caller {
    /// What the caller may reach with a permission: the union of the grants
    /// that apply. `None` when there is none, which is a refusal.
    #[must_use]
    pub fn scope(&self, permission: Permission, ask: &Ask) -> Option<Scope> {
        self.reach(permission, ask, |boundary| *boundary != Boundary::SelfOnly)
    }

    /// The same for calls where only the boundary `APPLICATION` may apply.
    #[must_use]
    pub fn application_scope(&self, permission: Permission, ask: &Ask) -> Option<Scope> {
        self.reach(permission, ask, |boundary| *boundary == Boundary::Application)
    }

    /// Where the caller may use a permission in one mode or another: enough to
    /// look at what a call names, never to do it.
    #[must_use]
    pub fn reach_in_any_mode(
        &self,
        permission: Permission,
        now: Timestamp,
        source_ip: Option<IpAddr>,
    ) -> Option<Scope> {
        self.grants
            .iter()
            .filter(|grant| grant.permission == permission && grant.is_live(now, source_ip))
            .filter(|grant| grant.boundary != Boundary::SelfOnly)
            .map(|grant| grant.boundary.tenants())
            .reduce(Tenants::union)
            .map(|tenants| Scope { application: self.application, tenants })
    }

    /// Whether the caller may use a permission on its own account.
    #[must_use]
    pub fn may_on_itself(&self, permission: Permission, ask: &Ask) -> bool {
        self.applying(permission, ask).any(|grant| matches!(grant.boundary, Boundary::SelfOnly | Boundary::Application))
    }

    /// Whether any live grant names the permission, whatever its limits to
    /// modes and lifetimes say: enough to look at the call, never to do it.
    #[must_use]
    pub fn holds(&self, permission: Permission, now: Timestamp, source_ip: Option<IpAddr>) -> bool {
        self.grants.iter().any(|grant| grant.permission == permission && grant.is_live(now, source_ip))
    }

    /// Whether the caller may use a permission on the whole application in one
    /// mode or another: enough to look at the call, never to do it.
    #[must_use]
    pub fn holds_in_application(&self, permission: Permission, now: Timestamp, source_ip: Option<IpAddr>) -> bool {
        let live = |grant: &&Grant| grant.permission == permission && grant.is_live(now, source_ip);
        self.grants.iter().filter(live).any(|grant| grant.boundary == Boundary::Application)
    }

    /// Whether the caller may give a grant away: nobody grants more than they
    /// hold. One live grant of theirs must contain the whole of it.
    #[must_use]
    pub fn may_grant(&self, wanted: &Grant, now: Timestamp, source_ip: Option<IpAddr>) -> bool {
        self.grants.iter().any(|held| held.is_live(now, source_ip) && wanted.is_within(held))
    }

    fn applying<'a>(&'a self, permission: Permission, ask: &'a Ask) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().filter(move |grant| grant.permission == permission && grant.applies(ask))
    }

    fn reach(&self, permission: Permission, ask: &Ask, counts: impl Fn(&Boundary) -> bool) -> Option<Scope> {
        self.applying(permission, ask)
            .filter(|grant| counts(&grant.boundary))
            .map(|grant| grant.boundary.tenants())
            .reduce(Tenants::union)
            .map(|tenants| Scope { application: self.application, tenants })
    }
}

/// The part of one application that a piece of work may touch. Made by the
/// evaluation of a caller's grants, or by [`Scope::of_record`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    application: ApplicationId,
    tenants: Tenants,
}

impl Scope {
    /// For work that acts for a row it already holds (jobs, a proof that was
    /// found by its digest): the whole of the row's application. Never for
    /// something that a caller named.
    #[must_use]
    pub fn of_record(application: ApplicationId) -> Self {
        Self { application, tenants: Boundary::Application.tenants() }
    }

    /// The application.
    #[must_use]
    pub const fn application(&self) -> ApplicationId {
        self.application
    }

    /// The tenants inside, for the condition of a query.
    #[must_use]
    pub const fn tenants(&self) -> &Tenants {
        &self.tenants
    }

    /// Whether a tenant of [`Self::application`] is inside. A row of another
    /// application must be refused before this is asked.
    #[must_use]
    pub fn covers(&self, tenant: TenantId) -> bool {
        self.tenants.covers(tenant)
    }

    /// Whether a row is inside: of this application, and of a covered tenant.
    #[must_use]
    pub fn covers_row(&self, application: ApplicationId, tenant: TenantId) -> bool {
        application == self.application && self.covers(tenant)
    }
}
