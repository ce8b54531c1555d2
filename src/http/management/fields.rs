//! Fields of bodies, read alike by every resource.

use serde::{Deserialize, Deserializer};

use crate::domain::line;
use crate::http::problem::Violations;

/// The longest name, in characters.
pub const NAME: usize = 200;

/// A field of a merge patch: absent, null or there (RFC 7396).
pub type Named<T> = Option<Option<T>>;

/// Tells a field that is null from one that is absent.
pub fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Named<T>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// What a patch gives to a field that cannot be taken away.
pub fn given<T>(violations: &mut Violations, field: &str, named: Named<T>) -> Option<T> {
    if matches!(named, Some(None)) {
        violations.add(field, "required");
    }
    named.flatten()
}

/// A field that has to be there.
pub fn required<T>(violations: &mut Violations, field: &str, value: Option<T>) -> Option<T> {
    if value.is_none() {
        violations.add(field, "required");
    }
    value
}

/// Checks a name: some characters that can be seen, on one line.
pub fn check_name(violations: &mut Violations, field: &str, text: Option<&String>) {
    let Some(text) = text else { return };
    if text.trim().is_empty() {
        violations.add(field, "empty");
    } else if text.trim() != text || text.chars().any(line::is_unfit) {
        violations.add(field, "invalid_characters");
    }
    if text.chars().count() > NAME {
        violations.add_with(field, "too_long", [("maximum", NAME.to_string())]);
    }
}

/// Checks a language tag: letters, digits and hyphens (RFC 5646), at most 35.
pub fn check_locale(violations: &mut Violations, field: &str, text: Option<&String>) {
    let fits = |text: &String| {
        text.len() <= 35
            && text.split('-').all(|part| !part.is_empty() && part.len() <= 8)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    if !text.is_none_or(fits) {
        violations.add(field, "invalid_locale");
    }
}
