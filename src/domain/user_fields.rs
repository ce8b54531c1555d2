//! What the fields of a user may hold, whoever brings them.

use serde_json::{Map, Value};

use super::line;

/// The longest name, in characters.
const NAME: usize = 255;
/// The longest language tag, in bytes.
const LOCALE: usize = 35;
/// The longest id of the application's own, in characters.
const EXTERNAL_ID: usize = 128;
/// The longest key of the metadata, in characters.
const KEY: usize = 40;
/// The longest text of the metadata, in characters.
const TEXT: usize = 600;
/// The most entries that one call sets.
const ENTRIES: usize = 50;

/// A rule that a value breaks, as a code.
pub type Broken = &'static str;

/// A name.
///
/// # Errors
/// `too_long`, `invalid_characters`.
pub fn name(text: &str) -> Result<(), Broken> {
    if text.chars().count() > NAME {
        return Err("too_long");
    }
    if text.chars().any(line::is_unfit) { Err("invalid_characters") } else { Ok(()) }
}

/// A language tag (BCP 47, also with `_`).
///
/// # Errors
/// `invalid_locale`.
pub fn locale(text: &str) -> Result<(), Broken> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain && (1..=LOCALE).contains(&text.len()) { Ok(()) } else { Err("invalid_locale") }
}

/// The application's own id: plain, visible ASCII.
///
/// # Errors
/// `empty`, `too_long`, `invalid_characters`.
pub fn external_id(text: &str) -> Result<(), Broken> {
    if text.is_empty() {
        return Err("empty");
    }
    if text.len() > EXTERNAL_ID {
        return Err("too_long");
    }
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) { Ok(()) } else { Err("invalid_characters") }
}

/// The application's own texts: short ones under short keys; `null` stands
/// for one to be removed.
///
/// # Errors
/// `invalid_metadata`, `too_many`.
pub fn metadata(change: &Map<String, Value>) -> Result<(), Broken> {
    let plain = |text: &str| !text.contains('\0');
    let fits = |(key, value): (&String, &Value)| {
        let text = value.as_str().is_some_and(|text| plain(text) && text.chars().count() <= TEXT);
        plain(key) && (1..=KEY).contains(&key.chars().count()) && (value.is_null() || text)
    };
    if !change.iter().all(fits) {
        return Err("invalid_metadata");
    }
    let set = change.values().filter(|value| !value.is_null()).count();
    if set <= ENTRIES { Ok(()) } else { Err("too_many") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_field_has_its_bounds() {
        assert_eq!(
            (name(&"ü".repeat(255)), name(&"ü".repeat(256)), name("a\nb")),
            (Ok(()), Err("too_long"), Err("invalid_characters"))
        );
        assert_eq!(
            (locale("pt-BR"), locale(""), locale("../en")),
            (Ok(()), Err("invalid_locale"), Err("invalid_locale"))
        );
        let ids = ["a b", "", "ü", "a\tb"].map(external_id);
        assert_eq!(ids, [Ok(()), Err("empty"), Err("invalid_characters"), Err("invalid_characters")]);
        assert_eq!(external_id(&"x".repeat(129)), Err("too_long"));
        let told = |value: Value| metadata(value.as_object().unwrap());
        assert_eq!(told(json!({"k": "v", "gone": null})), Ok(()));
        for bad in
            [json!({"k": 1}), json!({"": "v"}), json!({"k": "a\0"}), json!({"k": ["v"]}), json!({"k": "x".repeat(601)})]
        {
            assert_eq!(told(bad), Err("invalid_metadata"));
        }
        let many: Map<String, Value> = (0..51).map(|n| (n.to_string(), json!("v"))).collect();
        assert_eq!(metadata(&many), Err("too_many"));
    }
}
