//! Reading values field by field, so that a refusal can name every field that
//! does not fit instead of the first one.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

use crate::domain::email_address::EmailAddress;
use crate::domain::line;
use crate::http::problem::{Problem, Violations};

/// The longest name, in characters.
const NAME: usize = 255;
/// The longest language tag, in characters.
const LOCALE: usize = 35;

/// A field as it came.
#[derive(Debug, Default)]
pub(super) enum Given<T> {
    /// Not there.
    #[default]
    Missing,
    /// There, and `null`.
    Null,
    /// There, and of another type.
    Wrong,
    /// There.
    Value(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Null,
            value => serde_json::from_value(value).map_or(Self::Wrong, Self::Value),
        })
    }
}

impl<T> Given<T> {
    /// Whether there is anything but `null`.
    pub const fn is_there(&self) -> bool {
        matches!(self, Self::Wrong | Self::Value(_))
    }
}

/// What is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Checks(Violations);

impl Checks {
    /// A value that must be there.
    pub fn required<T>(&mut self, field: &str, given: Given<T>) -> Option<T> {
        if !given.is_there() {
            self.refuse(field, "required");
        }
        self.optional(field, given)
    }

    /// A value that may be missing or `null`, which is the same.
    pub fn optional<T>(&mut self, field: &str, given: Given<T>) -> Option<T> {
        self.nullable(field, given).flatten()
    }

    /// A value that may be missing, or `null`, which is something else.
    #[expect(clippy::option_option, reason = "absent, `null` and a value are three things here")]
    pub fn nullable<T>(&mut self, field: &str, given: Given<T>) -> Option<Option<T>> {
        match given {
            Given::Missing => None,
            Given::Null => Some(None),
            Given::Value(value) => Some(Some(value)),
            Given::Wrong => {
                self.refuse(field, "invalid_type");
                None
            }
        }
    }

    /// Notes a broken rule.
    pub fn refuse(&mut self, field: &str, code: &'static str) {
        self.0.add(field, code);
    }

    /// A text of at most `longest` characters that the database can store.
    pub fn text(&mut self, field: &str, text: &str, longest: usize) {
        if text.contains('\0') {
            self.refuse(field, "invalid_characters");
        }
        if text.chars().count() > longest {
            self.refuse(field, "too_long");
        }
    }

    /// A name.
    pub fn name(&mut self, field: &str, name: &str) {
        self.text(field, name, NAME);
        if name.chars().any(line::turns) {
            self.refuse(field, "invalid_characters");
        }
    }

    /// An application's own id for a user, which must be plain ASCII.
    pub fn external_id(&mut self, field: &str, id: &str) {
        self.text(field, id, 128);
        if id.is_empty() {
            self.refuse(field, "empty");
        }
        if !id.is_ascii() {
            self.refuse(field, "invalid_characters");
        }
    }

    /// A language tag.
    pub fn locale(&mut self, field: &str, locale: &str) {
        if !is_locale(locale) {
            self.refuse(field, "invalid_locale");
        }
    }

    /// One address.
    pub fn email(&mut self, field: &str, text: Option<String>) -> Option<EmailAddress> {
        let parsed = text.map(|text| EmailAddress::parse(&text))?;
        if parsed.is_err() {
            self.refuse(field, "invalid_email");
        }
        parsed.ok()
    }

    /// What was read, when nothing is wrong.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        self.0.into_result()?;
        read.ok_or_else(|| Problem::internal("a value is missing that nothing was wrong with"))
    }
}

/// Whether a text has the shape of a language tag (BCP 47, also with `_`).
pub(super) fn is_locale(text: &str) -> bool {
    (1..=LOCALE).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::secret::Secret;
    use crate::http::problem::Kind;

    fn given<T: DeserializeOwned>(value: Value) -> Given<T> {
        serde_json::from_value(value).unwrap()
    }

    fn broken(checks: Checks) -> Vec<String> {
        let Err(problem) = checks.finish(Some(())) else { return Vec::new() };
        let Kind::Violations(violations) = problem.kind() else { panic!("{problem}") };
        violations.iter().map(|(field, violation)| format!("{field} {}", violation.code)).collect()
    }

    #[test]
    fn every_field_that_does_not_fit_is_named() {
        let mut checks = Checks::default();
        assert!(checks.required::<String>("a", Given::Missing).is_none());
        assert!(checks.required::<String>("b", given(json!(null))).is_none());
        assert!(checks.required::<String>("c", given(json!(["x"]))).is_none());
        assert!(checks.required::<Secret>("d", given(json!(7))).is_none());
        assert!(checks.optional::<bool>("e", given(json!("true"))).is_none());
        assert_eq!(checks.required::<String>("f", given(json!("x"))), Some("x".to_owned()));
        assert_eq!(broken(checks), ["a required", "b required", "c invalid_type", "d invalid_type", "e invalid_type"]);
    }

    #[test]
    fn null_is_told_apart_from_missing_only_where_that_means_something() {
        let mut checks = Checks::default();
        assert_eq!(checks.nullable::<String>("a", Given::Missing), None);
        assert_eq!(checks.nullable::<String>("a", given(json!(null))), Some(None));
        assert_eq!(checks.optional::<String>("a", given(json!(null))), None);
        assert!(broken(checks).is_empty());
    }

    #[test]
    fn texts_are_bounded_and_hold_no_nul() {
        let mut checks = Checks::default();
        checks.name("fits", &"ü".repeat(255));
        checks.name("long", &"ü".repeat(256));
        checks.name("nul", "a\0b");
        checks.external_id("empty", "");
        checks.external_id("letters", "ü");
        checks.locale("locale", "en-US");
        checks.locale("locale", "zh_Hant");
        checks.locale("path", "../en");
        checks.locale("tail", &"a".repeat(36));
        let expected = [
            "empty empty",
            "letters invalid_characters",
            "long too_long",
            "nul invalid_characters",
            "path invalid_locale",
            "tail invalid_locale",
        ];
        assert_eq!(broken(checks), expected);
    }
}
