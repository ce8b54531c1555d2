//! Kinds of values and the objects made of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Objects by name: what kind of value belongs to each key.
#[derive(Debug, Deserialize)]
pub struct Objects {
    objects: BTreeMap<String, BTreeMap<String, String>>,
    /// Which object the data of a kind of event is.
    events: BTreeMap<String, String>,
}

impl Objects {
    /// Says where a value is not of a kind: the name of an object, or one of
    /// `text`, `bool`, `time`, `id PREFIX`, `=TEXT`, `one of A B`, `[KIND]`
    /// for lists, `{KIND}` for maps and `anything`, each with `?` at its end if
    /// `null` is as good. What is `by event` follows from the `event` beside it.
    pub fn check(&self, kind: &str, value: &Value, at: &str) -> Result<(), String> {
        if let Some(kind) = kind.strip_suffix('?') {
            return if value.is_null() { Ok(()) } else { self.check(kind, value, at) };
        }
        if let Some(kind) = within(kind, '[', ']') {
            let list = value.as_array().ok_or_else(|| wrong(at, "a list", value))?;
            return list.iter().enumerate().try_for_each(|(n, entry)| self.check(kind, entry, &format!("{at}/{n}")));
        }
        if let Some(kind) = within(kind, '{', '}') {
            let map = value.as_object().ok_or_else(|| wrong(at, "a map", value))?;
            return map.iter().try_for_each(|(key, entry)| self.check(kind, entry, &format!("{at}/{key}")));
        }
        match self.objects.get(kind) {
            Some(keys) => self.object(kind, keys, value, at),
            None if is_plain(kind, value) => Ok(()),
            None => Err(wrong(at, kind, value)),
        }
    }

    fn object(&self, kind: &str, keys: &BTreeMap<String, String>, value: &Value, at: &str) -> Result<(), String> {
        let found = value.as_object().ok_or_else(|| wrong(at, kind, value))?;
        for (key, kind) in keys {
            let name = key.trim_end_matches('?');
            let kind = if kind == "by event" { self.told_by(value, at)? } else { kind };
            match found.get(name) {
                Some(value) => self.check(kind, value, &format!("{at}/{name}"))?,
                None if key.ends_with('?') => {}
                None => return Err(format!("{at}/{name} is missing")),
            }
        }
        match found.keys().find(|key| !keys.contains_key(*key) && !keys.contains_key(&format!("{key}?"))) {
            Some(unknown) => Err(format!("{at}/{unknown} does not belong there")),
            None => Ok(()),
        }
    }
}

impl Objects {
    fn told_by(&self, event: &Value, at: &str) -> Result<&str, String> {
        let named = event["event"].as_str().and_then(|event| self.events.get(event));
        named.map(String::as_str).ok_or_else(|| format!("{at}/event is none that is told: {}", event["event"]))
    }
}

fn within(kind: &str, open: char, close: char) -> Option<&str> {
    kind.strip_prefix(open)?.strip_suffix(close)
}

fn wrong(at: &str, kind: &str, value: &Value) -> String {
    format!("{at} is not {kind} but {value}")
}

fn is_plain(kind: &str, value: &Value) -> bool {
    let text = value.as_str();
    if let Some(exactly) = kind.strip_prefix('=') {
        return text == Some(exactly);
    }
    if let Some(several) = kind.strip_prefix("one of ") {
        return text.is_some_and(|text| several.split(' ').any(|one| one == text));
    }
    if let Some(prefix) = kind.strip_prefix("id ") {
        return text.is_some_and(|text| is_id(text, prefix));
    }
    match kind {
        "text" => text.is_some(),
        "bool" => value.is_boolean(),
        "anything" => true,
        "time" => text.is_some_and(is_time),
        _ => panic!("answers.json knows no kind {kind:?}"),
    }
}

/// Whether a text is a prefix, `_` and a ULID.
pub fn is_id(text: &str, prefix: &str) -> bool {
    let ulid = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).unwrap_or_default();
    ulid.len() == 26 && ulid.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a text is a time in UTC with three decimals.
fn is_time(text: &str) -> bool {
    text.len() == 24 && text.ends_with('Z') && text.as_bytes()[19] == b'.' && is_rfc3339(text)
}

fn is_rfc3339(text: &str) -> bool {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).is_ok()
}
