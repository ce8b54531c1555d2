//! Rules that making and changing a user share.

use serde_json::{Map, Value};

use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::error::invalid_metadata;
use crate::workflows::users::METADATA_ENTRIES;

/// The longest key, in characters.
const KEY: usize = 40;
/// The longest text, in characters.
const TEXT: usize = 600;

/// A part of a name: absent, removed or set.
type NamePart = Option<Option<String>>;

/// Reads the parts of a name. The whole name counts only when neither part is
/// there; an empty text removes a part, `null` leaves it.
pub(super) fn names(
    checks: &mut Checks,
    first: Given<String>,
    last: Given<String>,
    whole: Given<String>,
) -> (NamePart, NamePart) {
    let mut part = |field, given| {
        let name = checks.optional(field, given).inspect(|name: &String| checks.name(field, name));
        name.map(|name| Some(name).filter(|name| !name.is_empty()))
    };
    let (first, last) = (part("first_name", first), part("last_name", last));
    match part("name", whole).flatten().as_deref().map(split_name) {
        Some((given, family)) if first.is_none() && last.is_none() => {
            (Some(Some(given.to_owned())), Some(family.map(str::to_owned)))
        }
        Some(_) | None => (first, last),
    }
}

/// A name in two parts, which joined by a space give it back.
fn split_name(name: &str) -> (&str, Option<&str>) {
    name.split_once(' ').map_or((name, None), |(first, last)| (first, Some(last)))
}

/// Refuses what the database cannot store.
pub(super) fn check_metadata(checks: &mut Checks, metadata: &Map<String, Value>) {
    let has_nul =
        |(key, value): (&String, &Value)| key.contains('\0') || value.as_str().is_some_and(|text| text.contains('\0'));
    if metadata.iter().any(has_nul) {
        checks.refuse("metadata", "invalid_characters");
    }
}

/// Refuses entries that are not short texts under short keys; `null` stands
/// for an entry to be removed. No change may set more than there may be; the
/// whole is counted where the user is locked.
pub(super) fn bound_metadata(change: &Map<String, Value>) -> Result<(), Problem> {
    let fits = |(key, value): (&String, &Value)| {
        (1..=KEY).contains(&key.chars().count())
            && (value.is_null() || value.as_str().is_some_and(|text| text.chars().count() <= TEXT))
    };
    let set = change.values().filter(|value| !value.is_null()).count();
    if change.iter().all(fits) && set <= METADATA_ENTRIES { Ok(()) } else { Err(invalid_metadata()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bound(change: &Value) -> bool {
        bound_metadata(change.as_object().unwrap()).is_ok()
    }

    #[test]
    fn metadata_is_short_texts_under_short_keys() {
        assert!(bound(&json!({})));
        assert!(bound(&json!({ "k".repeat(40): "ü".repeat(600), "gone": null })));
        for refused in [
            json!({ "k".repeat(41): "" }),
            json!({ "": "" }),
            json!({ "k": "ü".repeat(601) }),
            json!({ "k": 1 }),
            json!({ "k": ["a"] }),
            json!({ "k": { "$gt": "" } }),
        ] {
            assert!(!bound(&refused), "{refused}");
        }
    }

    #[test]
    fn no_change_sets_more_than_fifty_entries() {
        let entries = |count: u32, value: &str| -> Map<String, Value> {
            (0..count).map(|n| (format!("{value}{n}"), json!(value))).collect()
        };
        assert!(bound_metadata(&entries(50, "x")).is_ok());
        assert!(bound_metadata(&entries(51, "x")).is_err());
        let mut with_removals = entries(50, "x");
        with_removals.extend((0..9).map(|n| (format!("gone{n}"), Value::Null)));
        assert!(bound_metadata(&with_removals).is_ok());
    }

    #[test]
    fn a_name_is_split_so_that_it_reads_the_same_again() {
        assert_eq!(split_name("Ada"), ("Ada", None));
        assert_eq!(split_name("Ada King Lovelace"), ("Ada", Some("King Lovelace")));
    }
}
