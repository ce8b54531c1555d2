//! The rules of evaluation, as properties over arbitrary grants.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::clock::Timestamp;
use crate::domain::entropy::SeededEntropy;
use crate::domain::ids::{ApplicationId, ServiceAccountId, TenantId};
use crate::domain::reset::Mode;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const WANTED: Permission = Permission::UserRead;

fn tenant(n: u64) -> TenantId {
    TenantId::generate(NOW, &SeededEntropy::new(n))
}

fn application(n: u64) -> ApplicationId {
    ApplicationId::generate(NOW, &SeededEntropy::new(n))
}

fn caller(grants: Vec<Grant>) -> Caller {
    Caller {
        actor: Actor::ServiceAccount(ServiceAccountId::generate(NOW, &SeededEntropy::new(0))),
        client_id: "client".into(),
        application: application(1),
        home: None,
        grants,
    }
}

fn ask() -> Ask {
    Ask::plain(NOW, "192.0.2.7".parse().ok())
}

fn some_tenants() -> impl Strategy<Value = BTreeSet<TenantId>> {
    prop::collection::btree_set((0_u64..5).prop_map(tenant), 0..4)
}

fn boundary() -> impl Strategy<Value = Boundary> {
    prop_oneof![
        Just(Boundary::Application),
        Just(Boundary::SelfOnly),
        (0_u64..5).prop_map(|n| Boundary::Tenant(tenant(n))),
        some_tenants().prop_map(Boundary::TenantInclusionList),
        some_tenants().prop_map(Boundary::TenantExclusionList),
    ]
}

fn network() -> impl Strategy<Value = Network> {
    prop::sample::select(vec!["192.0.2.0/24", "192.0.2.7", "198.51.100.0/24", "0.0.0.0/0"])
        .prop_map(|text| text.parse().unwrap())
}

prop_compose! {
    fn limits()(
        modes in prop::option::of(prop::collection::vec(prop::sample::select(Mode::ALL.to_vec()), 0..3)),
        lifetime in prop::option::of(0_u64..10),
        source_networks in prop::option::of(prop::collection::vec(network(), 0..3)),
        expiry in prop::option::of(-2_i64..3),
    ) -> GrantLimits {
        GrantLimits {
            modes,
            max_link_lifetime: lifetime.map(|n| Duration::from_secs(n * 60)),
            source_networks,
            expires_at: expiry.map(|n| Timestamp::from_millis(NOW.as_millis() + n)),
        }
    }
}

fn grant() -> impl Strategy<Value = Grant> {
    let permission = prop::sample::select(vec![WANTED, WANTED, Permission::UserWrite]);
    // Limits on half of the grants only, so that the unlimited case is common.
    (permission, boundary(), any::<bool>(), limits()).prop_map(|(permission, boundary, limited, limits)| Grant {
        permission,
        boundary,
        limits: if limited { limits } else { GrantLimits::default() },
    })
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let address = prop::sample::select(vec!["192.0.2.7", "198.51.100.1", "2001:db8::1"]);
    (
        prop::option::of(address.prop_map(|text| text.parse::<IpAddr>().unwrap())),
        prop::option::of(prop::sample::select(Mode::ALL.to_vec())),
        prop::option::of((0_u64..12).prop_map(|n| Duration::from_secs(n * 60))),
    )
        .prop_map(|(source_ip, mode, lifetime)| Ask { now: NOW, source_ip, mode, lifetime })
}

proptest! {
    #[test]
    fn the_union_is_exactly_what_the_applying_grants_cover(
        grants in prop::collection::vec(grant(), 0..6), ask in any_ask(), t in 0_u64..7,
    ) {
        let covered = caller(grants.clone()).scope(WANTED, &ask).is_some_and(|scope| scope.covers(tenant(t)));
        let by_one = grants.iter().any(|grant| {
            grant.permission == WANTED && grant.applies(&ask) && grant.boundary.tenants().covers(tenant(t))
        });
        prop_assert_eq!(covered, by_one);
    }

    #[test]
    fn another_grant_never_takes_anything_away(
        grants in prop::collection::vec(grant(), 0..5), more in grant(), ask in any_ask(), t in 0_u64..7,
    ) {
        let before = caller(grants.clone());
        let after = caller([grants, vec![more]].concat());
        for (before, after) in [
            (before.scope(WANTED, &ask), after.scope(WANTED, &ask)),
            (before.application_scope(WANTED, &ask), after.application_scope(WANTED, &ask)),
        ] {
            prop_assert!(before.is_none() || after.is_some());
            prop_assert!(!before.is_some_and(|s| s.covers(tenant(t))) || after.is_some_and(|s| s.covers(tenant(t))));
        }
    }

    #[test]
    fn an_exclusion_wins_inside_its_own_grant_only(excluded in some_tenants(), named in some_tenants(), t in 0_u64..7) {
        let scope = caller(vec![
            Grant::new(WANTED, Boundary::TenantExclusionList(excluded.clone())),
            Grant::new(WANTED, Boundary::TenantInclusionList(named.clone())),
        ]).scope(WANTED, &ask()).unwrap();
        let t = tenant(t);
        prop_assert_eq!(scope.covers(t), !excluded.contains(&t) || named.contains(&t));
        let in_query = match scope.tenants().filter() {
            Filter::In(tenants) => tenants.contains(&t),
            Filter::NotIn(tenants) => !tenants.contains(&t),
        };
        prop_assert_eq!(scope.covers(t), in_query);
    }

    #[test]
    fn a_foreign_application_is_never_covered(grants in prop::collection::vec(grant(), 1..6), t in 0_u64..7) {
        if let Some(scope) = caller(grants).scope(WANTED, &ask()) {
            prop_assert_eq!(scope.application(), application(1));
            prop_assert!(!scope.covers_row(application(2), tenant(t)));
        }
    }

    #[test]
    fn an_expired_grant_never_applies(mut grant in grant(), ask in any_ask(), age in 0_i64..1000) {
        grant.limits.expires_at = Some(Timestamp::from_millis(NOW.as_millis() - age));
        prop_assert!(!grant.applies(&ask));
        prop_assert!(!caller(vec![grant]).holds(WANTED, NOW, ask.source_ip));
    }

    #[test]
    fn what_is_within_a_grant_allows_nothing_more(narrow in grant(), wide in grant(), ask in any_ask(), t in 0_u64..7) {
        if narrow.is_within(&wide) {
            prop_assert!(!narrow.applies(&ask) || wide.applies(&ask));
            prop_assert!(!narrow.boundary.tenants().covers(tenant(t)) || wide.boundary.tenants().covers(tenant(t)));
            prop_assert!(narrow.boundary != Boundary::Application || wide.boundary == Boundary::Application);
        }
        prop_assert!(narrow.is_within(&narrow));
    }

    #[test]
    fn a_grant_reads_back_as_stored(grant in grant()) {
        let stored = serde_json::to_string(&grant).unwrap();
        prop_assert_eq!(serde_json::from_str::<Grant>(&stored).unwrap(), grant);
    }
}

#[test]
fn without_a_grant_everything_is_denied() {
    for permission in Permission::ALL {
        assert_eq!(caller(vec![]).scope(*permission, &ask()), None);
    }
}

#[test]
fn a_self_grant_reaches_no_tenant() {
    let caller = caller(vec![Grant::new(WANTED, Boundary::SelfOnly)]);
    assert_eq!(caller.scope(WANTED, &ask()), None);
    assert!(caller.may_on_itself(WANTED, &ask()));
    assert!(!caller.may_on_itself(Permission::UserWrite, &ask()));
}

#[test]
fn only_the_application_boundary_counts_where_it_must() {
    let everyone = Boundary::TenantExclusionList(BTreeSet::new());
    let caller = caller(vec![Grant::new(WANTED, everyone.clone())]);
    assert!(caller.scope(WANTED, &ask()).is_some_and(|scope| scope.covers(tenant(9))));
    assert_eq!(caller.application_scope(WANTED, &ask()), None);
    assert!(!caller.may_grant(&Grant::new(WANTED, Boundary::Application), NOW, None));
    assert!(caller.may_grant(&Grant::new(WANTED, everyone), NOW, None));
}

#[test]
fn a_limit_to_modes_or_networks_stands_against_a_call_that_names_none() {
    let mut limited = Grant::new(WANTED, Boundary::Application);
    limited.limits.modes = Some(vec![Mode::ResetLink]);
    let caller = caller(vec![limited]);
    assert_eq!(caller.scope(WANTED, &ask()), None);
    assert!(caller.holds(WANTED, NOW, None));
    assert!(caller.scope(WANTED, &Ask { mode: Some(Mode::ResetLink), ..ask() }).is_some());
    assert_eq!(caller.scope(WANTED, &Ask { mode: Some(Mode::EmailOtp), ..ask() }), None);
}

#[test]
fn an_unreadable_limit_makes_the_grant_unreadable() {
    let with = |limits: &str| {
        serde_json::from_str::<Grant>(&format!(
            r#"{{"permission":"user:read","boundary":{{"type":"APPLICATION"}},"limits":{limits}}}"#
        ))
    };
    assert!(with("{}").is_ok());
    for bad in [r#"{"modes":["sms"]}"#, r#"{"sourceNetworks":["10.0.0.1/8"]}"#, r#"{"expiresAt":"soon"}"#, r#"{"x":1}"#]
    {
        assert!(with(bad).is_err(), "{bad}");
    }
}
