//! Rules that making and changing a user share.

use serde_json::{Map, Value};

use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::error::bad_request;

/// Entries of a user's metadata at most.
const ENTRIES: usize = 50;
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

/// Which of the fields about the password are there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PasswordFields {
    pub password: bool,
    pub hash: bool,
    pub hash_type: bool,
    pub salt_position: bool,
}

impl PasswordFields {
    /// Refuses combinations that mean nothing, and hashes: they are not taken
    /// over.
    pub fn check(self) -> Result<(), Problem> {
        if self.password && self.hash {
            let message = "Either a password or a password hash can be set, not both.";
            return Err(bad_request("password_and_password_hash_provided", message));
        }
        if self.password && self.hash_type {
            let message = "A password hash type goes with a password hash, not with a password.";
            return Err(bad_request("password_and_password_hash_type_provided", message));
        }
        if self.salt_position && !self.hash {
            let message = "A password salt position goes with a password hash.";
            return Err(bad_request("password_salt_position_requires_password_hash", message));
        }
        if self.hash || self.hash_type {
            return Err(bad_request("invalid_password_hash", "Password hashes are not supported by this server."));
        }
        Ok(())
    }
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
/// for an entry to be removed. Then the entries are counted as they will be.
pub(super) fn bound_metadata(before: &Value, change: &Map<String, Value>) -> Result<(), Problem> {
    let fits = |(key, value): (&String, &Value)| {
        (1..=KEY).contains(&key.chars().count())
            && (value.is_null() || value.as_str().is_some_and(|text| text.chars().count() <= TEXT))
    };
    let kept = before.as_object().into_iter().flatten().filter(|(key, _)| !change.contains_key(*key)).count();
    let set = change.values().filter(|value| !value.is_null()).count();
    if change.iter().all(fits) && kept + set <= ENTRIES {
        return Ok(());
    }
    let message = "Metadata has at most 50 entries: texts of at most 600 characters under keys of 1 to 40 characters.";
    Err(bad_request("invalid_metadata", message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bound(before: &Value, change: &Value) -> bool {
        bound_metadata(before, change.as_object().unwrap()).is_ok()
    }

    #[test]
    fn metadata_is_short_texts_under_short_keys() {
        let nothing = json!({});
        assert!(bound(&nothing, &nothing));
        assert!(bound(&nothing, &json!({ "k".repeat(40): "ü".repeat(600), "gone": null })));
        for refused in [
            json!({ "k".repeat(41): "" }),
            json!({ "": "" }),
            json!({ "k": "ü".repeat(601) }),
            json!({ "k": 1 }),
            json!({ "k": ["a"] }),
            json!({ "k": { "$gt": "" } }),
        ] {
            assert!(!bound(&nothing, &refused), "{refused}");
        }
    }

    #[test]
    fn metadata_is_counted_as_it_will_be() {
        let entries = |count: u32| -> Value { (0..count).map(|n| (n.to_string(), json!("x"))).collect() };
        let (nothing, full) = (json!({}), entries(50));
        assert!(bound(&nothing, &full));
        assert!(!bound(&nothing, &entries(51)));
        assert!(bound(&full, &json!({ "0": "y" })));
        assert!(!bound(&full, &json!({ "new": "y" })));
        assert!(bound(&full, &json!({ "new": "y", "0": null })));
    }

    #[test]
    fn a_name_is_split_so_that_it_reads_the_same_again() {
        assert_eq!(split_name("Ada"), ("Ada", None));
        assert_eq!(split_name("Ada King Lovelace"), ("Ada", Some("King Lovelace")));
    }

    #[test]
    fn a_hash_is_refused_and_so_is_every_mixture() {
        let check = |password, hash, hash_type, salt_position| {
            PasswordFields { password, hash, hash_type, salt_position }.check().map_err(|problem| problem.to_string())
        };
        let refused = |code: &str| Err(format!("400 {code}"));
        assert_eq!(check(true, false, false, false), Ok(()));
        assert_eq!(check(false, false, false, false), Ok(()));
        assert_eq!(check(true, true, true, false), refused("password_and_password_hash_provided"));
        assert_eq!(check(true, false, true, false), refused("password_and_password_hash_type_provided"));
        assert_eq!(check(false, false, false, true), refused("password_salt_position_requires_password_hash"));
        assert_eq!(check(false, true, true, true), refused("invalid_password_hash"));
    }
}
