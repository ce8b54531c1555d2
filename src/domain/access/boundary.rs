//! Where a grant holds: a boundary, and the set of tenants that several
//! boundaries add up to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::ids::TenantId;

/// Where a grant holds, always inside one application. `TENANT` names its
/// tenant; a list names several, or all but several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "tenants", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Boundary {
    /// The whole application: every tenant, and what belongs to no tenant.
    Application,
    /// One tenant.
    Tenant(TenantId),
    /// The caller's own account and nothing else.
    #[serde(rename = "SELF")]
    SelfOnly,
    /// Exactly these tenants.
    TenantInclusionList(BTreeSet<TenantId>),
    /// Every tenant but these, also tenants made later.
    TenantExclusionList(BTreeSet<TenantId>),
}

impl Boundary {
    /// The tenants inside.
    #[must_use]
    pub fn tenants(&self) -> Tenants {
        match self {
            Self::Application => Tenants::all_except(BTreeSet::new()),
            Self::Tenant(tenant) => Tenants::only(BTreeSet::from([*tenant])),
            Self::SelfOnly => Tenants::none(),
            Self::TenantInclusionList(tenants) => Tenants::only(tenants.clone()),
            Self::TenantExclusionList(tenants) => Tenants::all_except(tenants.clone()),
        }
    }

    /// Whether everything inside this boundary is inside `wider` as well, for
    /// all tenants that exist or ever will.
    #[must_use]
    pub fn is_within(&self, wider: &Self) -> bool {
        match (self, wider) {
            (_, Self::Application) | (Self::SelfOnly, Self::SelfOnly) => true,
            (Self::Application | Self::SelfOnly, _) | (_, Self::SelfOnly) => false,
            _ => self.tenants().is_within(&wider.tenants()),
        }
    }
}

/// A set of tenants of one application, closed under union: all but some,
/// together with some that are named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tenants {
    all_except: Option<BTreeSet<TenantId>>,
    named: BTreeSet<TenantId>,
}

impl Tenants {
    /// No tenant.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Exactly these.
    #[must_use]
    pub const fn only(named: BTreeSet<TenantId>) -> Self {
        Self { all_except: None, named }
    }

    /// All but these.
    #[must_use]
    pub const fn all_except(excluded: BTreeSet<TenantId>) -> Self {
        Self { all_except: Some(excluded), named: BTreeSet::new() }
    }

    /// Whether a tenant is in the set.
    #[must_use]
    pub fn covers(&self, tenant: TenantId) -> bool {
        self.named.contains(&tenant) || self.all_except.as_ref().is_some_and(|excluded| !excluded.contains(&tenant))
    }

    /// Both sets together. A tenant stays excluded only if both exclude it
    /// and none names it.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.all_except = match (self.all_except, other.all_except) {
            (Some(mine), Some(theirs)) => Some(mine.intersection(&theirs).copied().collect()),
            (one, None) | (None, one) => one,
        };
        self.named.extend(other.named);
        self
    }

    /// The set in its simplest form, for a query: what [`Filter`] shows.
    #[must_use]
    pub fn filter(&self) -> Filter {
        match &self.all_except {
            None => Filter::In(self.named.clone()),
            Some(excluded) => Filter::NotIn(excluded.difference(&self.named).copied().collect()),
        }
    }

    /// Whether every tenant here is in `wider`.
    fn is_within(&self, wider: &Self) -> bool {
        match (self.filter(), wider.filter()) {
            (Filter::In(mine), _) => mine.iter().all(|tenant| wider.covers(*tenant)),
            (Filter::NotIn(_), Filter::In(_)) => false,
            (Filter::NotIn(mine), Filter::NotIn(theirs)) => theirs.is_subset(&mine),
        }
    }
}

/// A set of tenants as the condition of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// The tenant is one of these; nothing when empty.
    In(BTreeSet<TenantId>),
    /// The tenant is none of these; everything when empty.
    NotIn(BTreeSet<TenantId>),
}
