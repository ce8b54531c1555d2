//! Which claims act as whom, and which registrations are refused.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::clock::Timestamp;
use crate::domain::entropy::SeededEntropy;

const OWN: &str = "https://rekey.test";

fn account(seed: u64) -> ServiceAccountId {
    ServiceAccountId::generate(Timestamp::from_millis(0), &SeededEntropy::new(seed))
}

fn mapping(claim: &str, value: &str, seed: u64) -> Mapping {
    Mapping { claim: claim.into(), value: value.into(), service_account: account(seed) }
}

fn issuer(mappings: Vec<Mapping>) -> Issuer {
    Issuer {
        issuer: "https://id.example.com".into(),
        audience: "shop".into(),
        keys: KeySource::Url("https://id.example.com/jwks".into()),
        max_token_age: None,
        mappings,
    }
}

fn told(issuers: &[Issuer]) -> Vec<String> {
    faults(issuers, OWN).into_iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect()
}

#[test]
fn a_claim_has_to_be_exactly_the_text_that_was_registered() {
    let trusted = issuer(vec![mapping("sub", "ci", 1), mapping("https://x.test/role", "admin", 2)]);
    let acts_as = |claims: Value| trusted.account_of(claims.as_object().unwrap());
    assert_eq!(acts_as(json!({"sub": "ci"})), Some(account(1)));
    assert_eq!(acts_as(json!({"https://x.test/role": "admin"})), Some(account(2)));
    for other in [
        json!({"sub": "CI"}),
        json!({"sub": "ci "}),
        json!({"sub": ["ci"]}),
        json!({"sub": null}),
        json!({"Sub": "ci"}),
        json!({"https://x.test/role": {"admin": "admin"}}),
        json!({}),
    ] {
        assert_eq!(acts_as(other.clone()), None, "{other}");
    }
}

#[test]
fn mappings_that_disagree_map_to_nobody() {
    let trusted = issuer(vec![mapping("sub", "ci", 1), mapping("azp", "ci", 1), mapping("role", "admin", 2)]);
    let acts_as = |claims: Value| trusted.account_of(claims.as_object().unwrap());
    assert_eq!(acts_as(json!({"sub": "ci", "azp": "ci"})), Some(account(1)));
    assert_eq!(acts_as(json!({"sub": "ci", "role": "admin"})), None);
}

#[test]
fn a_registration_that_is_fine_has_no_faults() {
    let mut other = issuer(vec![mapping("sub", "ci", 1), mapping("sub", "cd", 1)]);
    assert!(told(&[other.clone()]).is_empty());
    other.audience = "another".into();
    other.max_token_age = Some(Duration::from_secs(600));
    assert!(told(&[issuer(vec![mapping("sub", "ci", 1)]), other]).is_empty());
}

#[test]
fn each_fault_names_its_field() {
    let mut wrong = issuer(vec![mapping("", "a\nb", 1), mapping("sub", "x", 1), mapping("sub", "x", 2)]);
    wrong.audience = "a".repeat(LONGEST_TEXT + 1);
    wrong.keys = KeySource::Inline(" ".repeat(LONGEST_KEY_SET + 1));
    wrong.max_token_age = Some(Duration::from_secs(1));
    let expected = [
        "issuers[1].audience too_long",
        "issuers[1].jwks too_long",
        "issuers[1].maxTokenAgeSeconds out_of_range",
        "issuers[1].mappings[0].claim empty",
        "issuers[1].mappings[0].value invalid_characters",
        "issuers[1].mappings[2].value not_available",
    ];
    assert_eq!(told(&[issuer(vec![mapping("sub", "ci", 1)]), wrong]), expected);
    let same = issuer(vec![mapping("sub", "ci", 1)]);
    assert_eq!(told(&[same.clone(), same]), ["issuers[1].audience not_available"]);
    assert_eq!(told(&[issuer(Vec::new())]), ["issuers[0].mappings empty"]);
    assert_eq!(told(&[issuer(vec![mapping("sub", "", 1)])]), ["issuers[0].mappings[0].value empty"]);
}

#[test]
fn an_issuer_is_a_plain_url_and_not_this_server() {
    for (name, code) in [
        ("", "empty"),
        ("id.example.com", "invalid_url"),
        ("ftp://id.example.com", "invalid_url"),
        ("https://user@id.example.com", "invalid_url"),
        ("https://id.example.com?x=1", "invalid_url"),
        ("https://id.example.com#x", "invalid_url"),
        (OWN, "reserved"),
        ("https://rekey.test/user_management/client_1", "reserved"),
    ] {
        let mut wrong = issuer(vec![mapping("sub", "ci", 1)]);
        wrong.issuer = name.into();
        assert_eq!(told(&[wrong]), [format!("issuers[0].issuer {code}")], "{name}");
    }
    let mut neighbour = issuer(vec![mapping("sub", "ci", 1)]);
    neighbour.issuer = "https://rekey.test.example.com".into();
    assert!(told(&[neighbour]).is_empty());
}

proptest! {
    #[test]
    fn whoever_is_mapped_presented_the_very_text(claim in "[a-c]{1,2}", value in "[a-c]{0,2}") {
        let trusted = issuer(vec![mapping("a", "b", 1), mapping("b", "a", 2), mapping("ab", "c", 3)]);
        let claims = json!({claim.clone(): value.clone()});
        let found = trusted.account_of(claims.as_object().unwrap());
        let wanted = trusted.mappings.iter().find(|one| one.claim == claim && one.value == value);
        prop_assert_eq!(found, wanted.map(|one| one.service_account));
    }
}
