//! Password policies: what a tenant asks of a password. Each level sets only
//! what it wants to change; the levels are merged field by field.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::domain::secret::Secret;

use super::blocklist::{Identity, is_one_of};
use super::strength::{estimate, is_common};
use super::violation::Violation;

/// The longest password accepted, in code points of the normalised text.
pub const MAX_LENGTH: usize = 256;
/// The longest password accepted, in bytes of the normalised text.
pub const MAX_BYTES: usize = 1024;
/// The longest text that is looked at at all: NFC shortens at most threefold.
const MAX_RAW_BYTES: usize = 3 * MAX_BYTES;

/// What one level (the server, an application, a tenant) sets; `None`
/// inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PasswordOverrides {
    /// Code points at least, 8 – 64.
    pub minimum_length: Option<usize>,
    /// Whether a lower-case letter is required.
    pub lowercase_char_required: Option<bool>,
    /// Whether an upper-case letter is required.
    pub uppercase_char_required: Option<bool>,
    /// Whether a digit is required.
    pub digit_required: Option<bool>,
    /// Whether a character that is neither letter nor digit is required.
    pub special_char_required: Option<bool>,
    /// Whether common passwords, context words, the address and the names are
    /// refused.
    pub blocklist_enabled: Option<bool>,
    /// Further words that must not be the password.
    pub context_words: Option<Vec<String>>,
    /// Whether passwords known from data breaches are refused.
    pub breached_pwd_detection_enabled: Option<bool>,
    /// What happens when the breach check itself fails.
    pub breach_check_failure: Option<BreachCheckFailure>,
    /// Strength score at least, 0 – 4.
    pub minimum_strength_score: Option<u8>,
    /// How many passwords must not come back, the one in use among them, 0 –
    /// 24. Each costs a hash when a password is set.
    pub history_length: Option<u8>,
    /// How the text is normalised before hashing.
    pub normalization: Option<Normalization>,
}

/// What happens when the breach check itself fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BreachCheckFailure {
    /// The password is accepted.
    #[default]
    Allow,
    /// The password is refused.
    Refuse,
}

/// How the text is normalised before hashing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Normalization {
    /// Unicode NFC: an accented letter is the same however it was typed.
    #[default]
    Nfc,
    /// As it came, for hashes taken over from a system that did nothing.
    Verbatim,
}

/// The effective policy; on the wire as management answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordPolicy {
    /// Code points at least, 8 – 64.
    pub minimum_length: usize,
    /// Whether a lower-case letter is required.
    pub lowercase_char_required: bool,
    /// Whether an upper-case letter is required.
    pub uppercase_char_required: bool,
    /// Whether a digit is required.
    pub digit_required: bool,
    /// Whether a character that is neither letter nor digit is required.
    pub special_char_required: bool,
    /// Whether common passwords, context words, the address and the names are
    /// refused.
    pub blocklist_enabled: bool,
    /// Further words that must not be the password.
    pub context_words: Vec<String>,
    /// Whether passwords known from data breaches are refused.
    pub breached_pwd_detection_enabled: bool,
    /// What happens when the breach check itself fails.
    pub breach_check_failure: BreachCheckFailure,
    /// Strength score at least, 0 – 4.
    pub minimum_strength_score: u8,
    /// How many earlier passwords must not come back, 0 – 24.
    pub history_length: u8,
    /// How the text is normalised before hashing.
    pub normalization: Normalization,
}

/// The part of the policy that a form shows to whoever chooses a password;
/// introspection answers it as `passwordPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordRules {
    /// Code points at least.
    pub minimum_length: usize,
    /// Code points at most.
    pub maximum_length: usize,
    /// Whether a lower-case letter is required.
    pub lowercase_char_required: bool,
    /// Whether an upper-case letter is required.
    pub uppercase_char_required: bool,
    /// Whether a digit is required.
    pub digit_required: bool,
    /// Whether a character that is neither letter nor digit is required.
    pub special_char_required: bool,
    /// Whether common passwords and the user's own names are refused.
    pub blocklist_enabled: bool,
    /// Whether passwords known from data breaches are refused.
    pub breached_pwd_detection_enabled: bool,
    /// Strength score at least, 0 – 4.
    pub minimum_strength_score: u8,
    /// How many earlier passwords must not come back.
    pub history_length: u8,
}

impl PasswordPolicy {
    /// Merges the levels, the most specific one last. Numbers out of range
    /// count as the nearest allowed ones.
    #[must_use]
    pub fn merge<'a>(levels: impl IntoIterator<Item = &'a PasswordOverrides>) -> Self {
        let mut sum = PasswordOverrides::default();
        for level in levels {
            let level = level.clone();
            sum = PasswordOverrides {
                minimum_length: level.minimum_length.or(sum.minimum_length),
                lowercase_char_required: level.lowercase_char_required.or(sum.lowercase_char_required),
                uppercase_char_required: level.uppercase_char_required.or(sum.uppercase_char_required),
                digit_required: level.digit_required.or(sum.digit_required),
                special_char_required: level.special_char_required.or(sum.special_char_required),
                blocklist_enabled: level.blocklist_enabled.or(sum.blocklist_enabled),
                context_words: level.context_words.or(sum.context_words),
                breached_pwd_detection_enabled: level
                    .breached_pwd_detection_enabled
                    .or(sum.breached_pwd_detection_enabled),
                breach_check_failure: level.breach_check_failure.or(sum.breach_check_failure),
                minimum_strength_score: level.minimum_strength_score.or(sum.minimum_strength_score),
                history_length: level.history_length.or(sum.history_length),
                normalization: level.normalization.or(sum.normalization),
            };
        }
        Self {
            minimum_length: sum.minimum_length.unwrap_or(15).clamp(8, 64),
            lowercase_char_required: sum.lowercase_char_required.unwrap_or(false),
            uppercase_char_required: sum.uppercase_char_required.unwrap_or(false),
            digit_required: sum.digit_required.unwrap_or(false),
            special_char_required: sum.special_char_required.unwrap_or(false),
            blocklist_enabled: sum.blocklist_enabled.unwrap_or(true),
            context_words: sum.context_words.unwrap_or_default(),
            breached_pwd_detection_enabled: sum.breached_pwd_detection_enabled.unwrap_or(false),
            breach_check_failure: sum.breach_check_failure.unwrap_or_default(),
            minimum_strength_score: sum.minimum_strength_score.unwrap_or(0).min(4),
            history_length: sum.history_length.unwrap_or(0).min(24),
            normalization: sum.normalization.unwrap_or_default(),
        }
    }

    /// The policy with every field spelled out, as a level would set it.
    #[must_use]
    pub fn to_overrides(&self) -> PasswordOverrides {
        PasswordOverrides {
            minimum_length: Some(self.minimum_length),
            lowercase_char_required: Some(self.lowercase_char_required),
            uppercase_char_required: Some(self.uppercase_char_required),
            digit_required: Some(self.digit_required),
            special_char_required: Some(self.special_char_required),
            blocklist_enabled: Some(self.blocklist_enabled),
            context_words: Some(self.context_words.clone()),
            breached_pwd_detection_enabled: Some(self.breached_pwd_detection_enabled),
            breach_check_failure: Some(self.breach_check_failure),
            minimum_strength_score: Some(self.minimum_strength_score),
            history_length: Some(self.history_length),
            normalization: Some(self.normalization),
        }
    }

    /// What a form shows of this policy.
    #[must_use]
    pub const fn to_wire(&self) -> PasswordRules {
        PasswordRules {
            minimum_length: self.minimum_length,
            maximum_length: MAX_LENGTH,
            lowercase_char_required: self.lowercase_char_required,
            uppercase_char_required: self.uppercase_char_required,
            digit_required: self.digit_required,
            special_char_required: self.special_char_required,
            blocklist_enabled: self.blocklist_enabled,
            breached_pwd_detection_enabled: self.breached_pwd_detection_enabled,
            minimum_strength_score: self.minimum_strength_score,
            history_length: self.history_length,
        }
    }

    /// The text that is hashed: at sign-in as when the password was set.
    #[must_use]
    pub fn normalize(&self, password: &Secret) -> Secret {
        match self.normalization {
            Normalization::Verbatim => password.clone(),
            Normalization::Nfc => {
                // Room for the worst case, so that no outgrown copy stays behind unwiped.
                let mut text = String::with_capacity(password.expose().len() * 3);
                text.extend(password.expose().nfc());
                Secret::new(text)
            }
        }
    }

    /// Checks a new password and answers it normalised, ready to hash. Breach
    /// and history are for the caller to look up.
    ///
    /// Length counts the Unicode code points of the normalised text: `é` is
    /// one however it was typed, an emoji of one code point is one. Spaces
    /// count, and count as special characters.
    ///
    /// # Errors
    /// All violations of form at once; if there are none, the one violation
    /// found by guessing. Nothing costly is done before the form is right.
    pub fn check(&self, password: &Secret, identity: &Identity<'_>) -> Result<Secret, Vec<Violation>> {
        if password.expose().is_empty() {
            return Err(vec![Violation::Empty]);
        }
        if password.expose().len() > MAX_RAW_BYTES {
            return Err(vec![Violation::TooLong]);
        }
        let normal = self.normalize(password);
        let mut violations = self.form(normal.expose());
        if violations.is_empty() {
            violations.extend(self.guessable(normal.expose(), identity));
        }
        if violations.is_empty() { Ok(normal) } else { Err(violations) }
    }

    /// What can be said by counting.
    fn form(&self, text: &str) -> Vec<Violation> {
        let length = text.chars().count();
        if length > MAX_LENGTH || text.len() > MAX_BYTES {
            return vec![Violation::TooLong];
        }
        let lacks = |required: bool, kind: fn(char) -> bool| required && !text.chars().any(kind);
        [
            (length < self.minimum_length, Violation::TooShort { minimum: self.minimum_length }),
            (text.chars().any(char::is_control), Violation::ControlCharacter),
            (lacks(self.lowercase_char_required, char::is_lowercase), Violation::LowercaseRequired),
            (lacks(self.uppercase_char_required, char::is_uppercase), Violation::UppercaseRequired),
            (lacks(self.digit_required, char::is_numeric), Violation::DigitRequired),
            (lacks(self.special_char_required, |c| !c.is_alphanumeric()), Violation::SpecialRequired),
        ]
        .into_iter()
        .filter_map(|(violated, violation)| violated.then_some(violation))
        .collect()
    }

    /// What a guesser would find.
    fn guessable(&self, text: &str, identity: &Identity<'_>) -> Option<Violation> {
        let own = identity.words();
        if self.blocklist_enabled {
            if is_one_of(text, &own) {
                return Some(Violation::Identity);
            }
            if is_one_of(text, &self.context_words) || is_one_of(text, identity.service_names) || is_common(text) {
                return Some(Violation::Common);
            }
        }
        if self.minimum_strength_score == 0 {
            return None;
        }
        let words: Vec<&str> = own
            .iter()
            .chain(&self.context_words)
            .map(String::as_str)
            .chain(identity.service_names.iter().copied())
            .filter(|word| !word.is_empty())
            .collect();
        let found = estimate(text, &words);
        (found.score() < self.minimum_strength_score)
            .then_some(Violation::TooWeak { warning: found.warning, suggestions: found.suggestions })
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::merge([])
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
