//! Grants in plain words.

use std::collections::BTreeMap;

use crate::domain::access::{Boundary, GrantLimits, Permission};
use crate::domain::ids::TenantId;
use crate::domain::reset::Mode;
use crate::http::console::words::date;

use super::grants::Group;

/// What a permission allows, as one would say it.
pub(super) const fn may(permission: Permission) -> &'static str {
    match permission {
        Permission::PasswordResetExecute => "Run password resets",
        Permission::PasswordResetExecuteProtected => "Reset protected users",
        Permission::PasswordResetSecretRead => "See the secret of a link to hand over",
        Permission::UserRead => "See users",
        Permission::UserWrite => "Make, change, import and delete users",
        Permission::SessionRead => "See sessions",
        Permission::SessionWrite => "End sessions",
        Permission::EventRead => "Read events",
        Permission::WebhookEndpointRead => "See webhooks and deliveries",
        Permission::WebhookEndpointWrite => "Manage webhooks, repeat deliveries",
        Permission::TenantRead => "See tenants",
        Permission::TenantWrite => "Make, change and delete tenants",
        Permission::ServiceAccountRead => "See service accounts",
        Permission::ServiceAccountWrite => "Manage service accounts and keys",
        Permission::PasswordResetRead => "See resets, never their secrets",
        Permission::PasswordResetWrite => "Cancel resets",
        Permission::WorkflowPolicyRead => "See workflow policies",
        Permission::WorkflowPolicyWrite => "Change workflow policies",
        Permission::EmailPolicyRead => "See email policies",
        Permission::EmailPolicyWrite => "Change email policies",
        Permission::PasswordPolicyRead => "See password policies",
        Permission::PasswordPolicyWrite => "Change password policies",
        Permission::EmailTemplateRead => "See and preview email templates",
        Permission::EmailTemplateWrite => "Change and publish email templates",
        Permission::MessageRead => "See the outbox",
        Permission::MessageWrite => "Send messages again, change suppressions",
        Permission::BrandingRead => "See branding",
        Permission::BrandingWrite => "Change branding",
        Permission::IssuerRead => "See issuers",
        Permission::IssuerWrite => "Change issuers",
        Permission::OriginRead => "See registered origins",
        Permission::OriginWrite => "Change registered origins",
        Permission::AuditRead => "Read and verify the audit log",
    }
}

/// Where a grant holds. `names` are those of the tenants.
pub(super) fn holds(boundary: &Boundary, names: &BTreeMap<TenantId, String>) -> String {
    let said = |tenants: &std::collections::BTreeSet<TenantId>| {
        let all: Vec<_> = tenants.iter().map(|id| names.get(id).cloned().unwrap_or_else(|| id.to_string())).collect();
        all.join(", ")
    };
    match boundary {
        Boundary::Application => "in the whole application".to_owned(),
        Boundary::SelfOnly => "for itself only".to_owned(),
        Boundary::Tenant(tenant) => format!("in {}", said(&[*tenant].into())),
        Boundary::TenantInclusionList(some) if some.is_empty() => "nowhere".to_owned(),
        Boundary::TenantInclusionList(some) => format!("in {}", said(some)),
        Boundary::TenantExclusionList(some) if some.is_empty() => "in every tenant".to_owned(),
        Boundary::TenantExclusionList(some) => format!("in every tenant except {}", said(some)),
    }
}

/// What narrows a grant, one sentence for each limit.
pub(super) fn limits(limits: &GrantLimits) -> Vec<String> {
    let modes = limits.modes.as_ref().map(|modes| {
        let said: Vec<_> = modes
            .iter()
            .map(|mode| match mode {
                Mode::EmailLink => "links by mail",
                Mode::EmailOtp => "codes by mail",
                Mode::ResetLink => "links to hand over",
            })
            .collect();
        format!("Only {}", said.join(" and "))
    });
    let lifetime =
        limits.max_link_lifetime.map(|longest| format!("Links live at most {} minutes", longest.as_secs() / 60));
    let networks = limits.source_networks.as_ref().map(|networks| {
        let said: Vec<_> = networks.iter().map(ToString::to_string).collect();
        format!("Only from {}", said.join(", "))
    });
    let expiry = limits.expires_at.map(|at| format!("Until {}", date(at)));
    [modes, lifetime, networks, expiry].into_iter().flatten().collect()
}

/// Where the grants of a group hold, as a heading, and what narrows them.
pub(super) fn group(group: &Group, names: &BTreeMap<TenantId, String>) -> (String, Vec<String>) {
    let place = holds(&group.boundary, names);
    let mut letters = place.chars();
    let heading = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
    (heading.unwrap_or_default(), limits(&group.limits))
}

#[cfg(test)]
mod tests {
    use super::super::grants::groups;
    use super::*;
    use crate::domain::access::Grant;

    #[test]
    fn every_grant_has_plain_words() {
        for permission in Permission::ALL {
            assert!(!may(*permission).contains(':'), "{permission:?}");
        }
        let everywhere = groups(&[(Grant::new(Permission::UserRead, Boundary::Application), None)]);
        assert_eq!(group(&everywhere[0], &BTreeMap::new()).0, "In the whole application");
        assert_eq!(holds(&Boundary::TenantExclusionList([].into()), &BTreeMap::new()), "in every tenant");
    }
}
