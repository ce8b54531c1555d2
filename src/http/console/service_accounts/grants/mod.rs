//! `…/service-accounts/{account}/grants/{group}`: what an account may do, in
//! groups of permissions that hold in one place under the same limits.

mod form;
pub(in crate::http::console) mod remove;
pub(in crate::http::console) mod save;
pub(in crate::http::console) mod show;

use actix_web::HttpRequest;

use crate::domain::access::{Boundary, GrantLimits, Permission};
use crate::domain::ids::BoundaryId;
use crate::http::console::stop::Stop;
use crate::workflows::service_accounts::Assigned;
use crate::workflows::service_accounts::managed::{WantedBoundary, WantedGrant};

/// The most grants that an account may have, as the management API has it.
const MOST: usize = 100;

/// Grants that hold in one place under the same limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) boundary: Boundary,
    named: Option<BoundaryId>,
    pub(super) limits: GrantLimits,
    pub(super) permissions: Vec<Permission>,
}

impl Group {
    /// The grants of the group, as they are asked for again.
    fn wanted(self) -> impl Iterator<Item = WantedGrant> {
        let boundary = self.named.map_or(WantedBoundary::Plain(self.boundary), WantedBoundary::Named);
        let limits = self.limits;
        self.permissions.into_iter().map(move |permission| WantedGrant {
            permission,
            boundary: boundary.clone(),
            limits: limits.clone(),
        })
    }
}

/// The grants of an account, in the order in which a first one of each group
/// was given.
pub(super) fn groups(grants: &[Assigned]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (grant, named) in grants {
        let alike = |group: &&mut Group| {
            group.boundary == grant.boundary && group.named == *named && group.limits == grant.limits
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.permissions.push(grant.permission),
            None => groups.push(Group {
                boundary: grant.boundary.clone(),
                named: *named,
                limits: grant.limits.clone(),
                permissions: vec![grant.permission],
            }),
        }
    }
    groups
}

/// The group that a path names: one that is there, by its place, or a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    New,
    At(usize),
}

impl Place {
    fn of(request: &HttpRequest) -> Result<Self, Stop> {
        match request.match_info().get("group") {
            Some("new") => Ok(Self::New),
            Some(text) => text.parse().map(Self::At).map_err(|_| Stop::nothing()),
            None => Err(Stop::nothing()),
        }
    }

    /// The group, unless it is a new one.
    fn find(self, groups: &[Group]) -> Result<Option<Group>, Stop> {
        match self {
            Self::New => Ok(None),
            Self::At(place) => groups.get(place).cloned().map(Some).ok_or_else(Stop::nothing),
        }
    }

    fn name(self) -> String {
        match self {
            Self::New => "new".to_owned(),
            Self::At(place) => place.to_string(),
        }
    }
}

/// Everything but one group, with something in its place.
fn replaced(groups: Vec<Group>, place: Place, by: Vec<WantedGrant>) -> Vec<WantedGrant> {
    let mut all: Vec<WantedGrant> = Vec::new();
    let others = groups.into_iter().enumerate().filter(|(at, _)| Place::At(*at) != place);
    for wanted in others.flat_map(|(_, group)| group.wanted()).chain(by) {
        if !all.contains(&wanted) {
            all.push(wanted);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Grant;

    fn assigned(permission: Permission, boundary: Boundary) -> Assigned {
        (Grant::new(permission, boundary), None)
    }

    #[test]
    fn grants_of_one_place_are_one_group_and_the_others_stay_when_it_changes() {
        let grants = [
            assigned(Permission::UserRead, Boundary::Application),
            assigned(Permission::TenantRead, Boundary::SelfOnly),
            assigned(Permission::UserWrite, Boundary::Application),
        ];
        let found = groups(&grants);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].permissions, [Permission::UserRead, Permission::UserWrite]);
        let left = replaced(found.clone(), Place::At(0), Vec::new());
        assert_eq!(left.iter().map(|wanted| wanted.permission).collect::<Vec<_>>(), [Permission::TenantRead]);
        let again = found[0].clone().wanted().collect();
        assert_eq!(replaced(found, Place::New, again).len(), 3, "what is there is not added twice");
    }
}
