//! Whatever is done to a chain afterwards is found.

use proptest::prelude::*;

use super::*;
use crate::domain::access::Actor;
use crate::domain::entropy::SeededEntropy;
use crate::domain::ids::ServiceAccountId;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn chain_id() -> Chain {
    Chain::Application(ApplicationId::from_parts(NOW, 1))
}

/// A whole chain of acts with these details.
fn chain(details: &[Map<String, Value>]) -> Vec<Linked> {
    let entropy = SeededEntropy::new(5);
    let origin = Origin {
        actor: Actor::ServiceAccount(ServiceAccountId::generate(NOW, &entropy)),
        request: Some("req_1".into()),
        source_ip: "192.0.2.7".parse().ok(),
    };
    let mut at = Link::START;
    let mut entries = Vec::new();
    for details in details {
        let act = Act { details: details.clone(), ..Act::new("tenant.updated", "tenant_1") };
        let id = AuditId::generate(NOW, &entropy);
        let entry = Entry::new(id, chain_id(), at.position + 1, &origin, NOW, act);
        at = Link { position: at.position + 1, hash: entry.hash(&at.hash).unwrap() };
        entries.push(Linked { entry, hash: at.hash_text() });
    }
    entries
}

fn verify(entries: &[Linked], from: Link, end: Link) -> Result<(), Break> {
    let name = chain_id().to_string();
    let at = entries.iter().try_fold(from, |at, next| follow(at, &name, next))?;
    ends(at, end)
}

fn end_of(entries: &[Linked]) -> Link {
    entries.last().map_or(Link::START, |last| Link {
        position: last.entry.position,
        hash: crate::domain::secret::unhex(&last.hash).unwrap(),
    })
}

fn details() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::collection::vec("[a-z]{1,5}", 0..3).prop_map(Value::from),
    ];
    prop::collection::vec(("[a-zA-Z]{1,6}", value), 0..4).prop_map(|members| members.into_iter().collect())
}

/// One change of one field of an entry.
fn changed(mut linked: Linked, how: u8) -> Linked {
    let entry = &mut linked.entry;
    match how {
        0 => entry.id.push('x'),
        1 => entry.created_at = entry.created_at + std::time::Duration::from_millis(1),
        2 => entry.tenant = Some("tenant_2".into()),
        3 => entry.actor_type = "OPERATOR".into(),
        4 => entry.actor_id = None,
        5 => entry.action.push('d'),
        6 => entry.target_type.clear(),
        7 => entry.target_id.push('0'),
        8 => entry.details = r#"{"other":1}"#.into(),
        9 => entry.details.push(' '),
        10 => entry.request_id = None,
        11 => entry.network = Some("198.51.100.0/24".into()),
        12 => entry.created_at = Timestamp::from_millis(i64::MAX),
        13 => entry.position += 1,
        14 => entry.chain = "operators".into(),
        _ => linked.hash = linked.hash.to_uppercase() + "0",
    }
    linked
}

proptest! {
    #[test]
    fn an_untouched_chain_holds_from_every_place(all in prop::collection::vec(details(), 1..8), from in 0_usize..8) {
        let entries = chain(&all);
        let end = end_of(&entries);
        prop_assert_eq!(verify(&entries, Link::START, end), Ok(()));
        let from = from.min(entries.len());
        let (purged, left) = entries.split_at(from);
        prop_assert_eq!(verify(left, end_of(purged), end), Ok(()));
    }

    #[test]
    fn any_change_of_any_field_is_found(
        all in prop::collection::vec(details(), 1..6), at in any::<prop::sample::Index>(), how in 0_u8..16,
    ) {
        let mut entries = chain(&all);
        let (end, at) = (end_of(&entries), at.index(all.len()));
        entries[at] = changed(entries[at].clone(), how);
        prop_assert!(verify(&entries, Link::START, end).is_err(), "change {}", how);
    }

    #[test]
    fn removal_insertion_and_reordering_are_found(
        all in prop::collection::vec(details(), 2..6), one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let entries = chain(&all);
        let end = end_of(&entries);
        let (one, other) = (one.index(all.len()), other.index(all.len()));
        let mut removed = entries.clone();
        removed.remove(one);
        prop_assert!(verify(&removed, Link::START, end).is_err());
        let mut doubled = entries.clone();
        doubled.insert(other, entries[one].clone());
        prop_assert!(verify(&doubled, Link::START, end).is_err());
        let mut swapped = entries.clone();
        swapped.swap(one, other);
        prop_assert_eq!(verify(&swapped, Link::START, end).is_ok(), one == other);
        // Renumbered as if nothing had been there.
        let mut renumbered = entries.clone();
        renumbered.remove(one);
        for (linked, position) in renumbered.iter_mut().zip(1..) {
            linked.entry.position = position;
        }
        prop_assert!(verify(&renumbered, Link::START, end).is_err());
    }
}

#[test]
fn members_are_sorted_and_nothing_else_has_two_forms() {
    let value = json!({"b": [1, {"z": null, "a": "é\n"}], "a": true});
    assert_eq!(canonical(&value), "{\"a\":true,\"b\":[1,{\"a\":\"é\\n\",\"z\":null}]}");
}

#[test]
fn a_note_keeps_its_words_and_masks_addresses() {
    let act =
        Act::new("password_reset.link_created", "password_reset_1").with_note("reason", Some("call of ann@x.test"));
    assert_eq!(act.details["reason"], "call of a…@x.test");
    assert_eq!(act.target_type(), "password_reset");
}
