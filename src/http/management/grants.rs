//! Grants and boundaries as bodies write them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::required;
use crate::domain::access::{Boundary, Grant, GrantLimits, Network, Permission};
use crate::domain::clock::Timestamp;
use crate::domain::ids::{BoundaryId, TenantId};
use crate::domain::reset::Mode;
use crate::http::problem::Violations;
use crate::workflows::service_accounts::managed::{WantedBoundary, WantedGrant};

/// The most tenants, modes or networks that one grant may name.
const MOST: usize = 100;

/// Where a grant holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoundaryBody {
    /// `PREDEFINED`, `TENANT_INCLUSION_LIST` (exactly these tenants) or
    /// `TENANT_EXCLUSION_LIST` (all but these, also those made later).
    #[schema(value_type = String)]
    r#type: Option<String>,
    /// With `PREDEFINED`: `APPLICATION` (everything), `TENANT` (the one that
    /// the account belongs to) or `SELF` (the account alone).
    #[serde(skip_serializing_if = "Option::is_none")]
    predefined: Option<String>,
    /// With a list: the tenants.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_ids: Option<Vec<String>>,
}

/// A permission inside a boundary, optionally narrowed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantBody {
    /// For example `user:read`.
    #[schema(value_type = String)]
    permission: Option<String>,
    /// Where it holds. Either this or `boundaryId`; with `boundaryId` it is
    /// shown and need not be sent.
    boundary: Option<BoundaryBody>,
    /// The boundary with a name that it holds in, now and whenever that changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    boundary_id: Option<String>,
    /// Only resets of these modes: `EMAIL_LINK`, `EMAIL_OTP`, `RESET_LINK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    modes: Option<Vec<String>>,
    /// Only links that live at most this long.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_link_lifetime_minutes: Option<u64>,
    /// Only calls from these networks, for example `192.0.2.0/24`.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_networks: Option<Vec<String>>,
    /// Only before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

const MODES: [(&str, Mode); 3] =
    [("EMAIL_LINK", Mode::EmailLink), ("EMAIL_OTP", Mode::EmailOtp), ("RESET_LINK", Mode::ResetLink)];

impl BoundaryBody {
    /// Writes a boundary; `home` is the tenant of the account that it is of.
    pub fn new(boundary: &Boundary, home: Option<TenantId>) -> Self {
        let predefined = |name: &str| Self {
            r#type: Some("PREDEFINED".to_owned()),
            predefined: Some(name.to_owned()),
            tenant_ids: None,
        };
        let list = |kind: &str, tenants: Vec<String>| Self {
            r#type: Some(kind.to_owned()),
            predefined: None,
            tenant_ids: Some(tenants),
        };
        let texts = |tenants: &BTreeSet<TenantId>| tenants.iter().map(ToString::to_string).collect();
        match boundary {
            Boundary::Application => predefined("APPLICATION"),
            Boundary::SelfOnly => predefined("SELF"),
            Boundary::Tenant(tenant) if Some(*tenant) == home => predefined("TENANT"),
            Boundary::Tenant(tenant) => list("TENANT_INCLUSION_LIST", vec![tenant.to_string()]),
            Boundary::TenantInclusionList(tenants) => list("TENANT_INCLUSION_LIST", texts(tenants)),
            Boundary::TenantExclusionList(tenants) => list("TENANT_EXCLUSION_LIST", texts(tenants)),
        }
    }

    /// Reads a boundary; what is wrong is noted under `at`.
    pub fn read(self, at: &str, violations: &mut Violations) -> Option<WantedBoundary> {
        let kind = required(violations, &format!("{at}.type"), self.r#type)?;
        if kind == "PREDEFINED" {
            if self.tenant_ids.is_some() {
                violations.add(&format!("{at}.tenantIds"), "must_be_null");
            }
            let field = format!("{at}.predefined");
            return match required(violations, &field, self.predefined)?.as_str() {
                "APPLICATION" => Some(WantedBoundary::Plain(Boundary::Application)),
                "TENANT" => Some(WantedBoundary::Home),
                "SELF" => Some(WantedBoundary::Plain(Boundary::SelfOnly)),
                _ => {
                    violations.add(&field, "invalid_value");
                    None
                }
            };
        }
        if self.predefined.is_some() {
            violations.add(&format!("{at}.predefined"), "must_be_null");
        }
        let field = format!("{at}.tenantIds");
        let names = required(violations, &field, self.tenant_ids)?;
        let tenants = each(&field, "invalid_id", &names, violations, |name| name.parse().ok());
        match kind.as_str() {
            "TENANT_INCLUSION_LIST" => {
                Some(WantedBoundary::Plain(Boundary::TenantInclusionList(tenants.into_iter().collect())))
            }
            "TENANT_EXCLUSION_LIST" => {
                Some(WantedBoundary::Plain(Boundary::TenantExclusionList(tenants.into_iter().collect())))
            }
            _ => {
                violations.add(&format!("{at}.type"), "invalid_value");
                None
            }
        }
    }
}

/// Reads each of some texts; there may only be so many.
fn each<T>(
    field: &str,
    code: &'static str,
    texts: &[String],
    violations: &mut Violations,
    read: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    if texts.len() > MOST {
        violations.add_with(field, "too_long", [("maximum", MOST.to_string())]);
        return Vec::new();
    }
    let all: Option<Vec<T>> = texts.iter().map(|text| read(text)).collect();
    if all.is_none() {
        violations.add(field, code);
    }
    all.unwrap_or_default()
}

impl GrantBody {
    /// Writes a grant of an account that belongs to `home`, if it does.
    pub fn new(grant: &Grant, named: Option<BoundaryId>, home: Option<TenantId>) -> Self {
        let GrantLimits { modes, max_link_lifetime, source_networks, expires_at } = &grant.limits;
        let mode = |mode: &Mode| {
            let name = MODES.iter().find(|(_, known)| known == mode).map_or("", |(name, _)| name);
            name.to_owned()
        };
        Self {
            permission: Some(grant.permission.as_str().to_owned()),
            boundary: Some(BoundaryBody::new(&grant.boundary, home)),
            boundary_id: named.map(|id| id.to_string()),
            modes: modes.as_ref().map(|modes| modes.iter().map(mode).collect()),
            max_link_lifetime_minutes: max_link_lifetime.map(|lifetime| lifetime.as_secs() / 60),
            source_networks: source_networks.as_ref().map(|all| all.iter().map(ToString::to_string).collect()),
            expires_at: expires_at.map(|at| at.to_string()),
        }
    }

    /// Reads a grant; what is wrong is noted under `at`.
    pub fn read(self, at: &str, violations: &mut Violations) -> Option<WantedGrant> {
        let field = |name: &str| format!("{at}.{name}");
        let permission = required(violations, &field("permission"), self.permission).and_then(|name| {
            let known = Permission::parse(&name);
            if known.is_none() {
                violations.add(&field("permission"), "unknown_permission");
            }
            known
        });
        // What was shown may be sent back: the name decides.
        let boundary = match (self.boundary_id, self.boundary) {
            (Some(name), _) => {
                let named = name.parse().ok().map(WantedBoundary::Named);
                if named.is_none() {
                    violations.add(&field("boundaryId"), "unknown_boundary");
                }
                named
            }
            (None, Some(boundary)) => boundary.read(&field("boundary"), violations),
            (None, None) => {
                violations.add(&field("boundary"), "required");
                None
            }
        };
        let modes = self.modes.map(|names| {
            let known = |name: &str| MODES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode);
            each(&field("modes"), "invalid_value", &names, violations, known)
        });
        let networks = self.source_networks.map(|texts| {
            each(&field("sourceNetworks"), "invalid_network", &texts, violations, |text| text.parse::<Network>().ok())
        });
        let lifetime = self.max_link_lifetime_minutes.map(|minutes| {
            if !(1..=1440).contains(&minutes) {
                violations.add(&field("maxLinkLifetimeMinutes"), "out_of_range");
            }
            Duration::from_secs(minutes.saturating_mul(60))
        });
        let expires_at = self.expires_at.map(|text| {
            let at = Timestamp::parse(&text);
            if at.is_none() {
                violations.add(&field("expiresAt"), "invalid_time");
            }
            at
        });
        let limits = GrantLimits {
            modes,
            max_link_lifetime: lifetime,
            source_networks: networks,
            // A time that cannot be read was refused above.
            expires_at: expires_at.flatten(),
        };
        Some(WantedGrant { permission: permission?, boundary: boundary?, limits })
    }
}

/// Reads the grants of an account.
pub fn read_grants(bodies: Vec<GrantBody>, violations: &mut Violations) -> Vec<WantedGrant> {
    if bodies.len() > MOST {
        violations.add_with("grants", "too_long", [("maximum", MOST.to_string())]);
        return Vec::new();
    }
    let each = bodies.into_iter().enumerate();
    each.filter_map(|(at, body)| body.read(&format!("grants[{at}]"), violations)).collect()
}
