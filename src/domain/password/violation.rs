//! Why a password is refused, in the words of the API.

use super::policy::{MAX_BYTES, MAX_LENGTH};

/// One reason to refuse a password. Says something about the password, never
/// the password itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// Nothing was given.
    Empty,
    /// Fewer code points than the policy asks for.
    TooShort {
        /// What the policy asks for, in code points.
        minimum: usize,
    },
    /// Over [`MAX_LENGTH`] code points or [`MAX_BYTES`] bytes.
    TooLong,
    /// Holds NUL or another control character, which no two keyboards and
    /// forms send alike.
    ControlCharacter,
    /// The policy asks for a lower-case letter.
    LowercaseRequired,
    /// The policy asks for an upper-case letter.
    UppercaseRequired,
    /// The policy asks for a digit.
    DigitRequired,
    /// The policy asks for a character that is neither letter nor digit.
    SpecialRequired,
    /// Among the first that anybody would try.
    Common,
    /// The user's own address or name.
    Identity,
    /// Below the strength that the policy asks for.
    TooWeak {
        /// What makes it weak, in English, when that can be said.
        warning: Option<String>,
        /// What would make it stronger, in English.
        suggestions: Vec<String>,
    },
    /// Known from somebody else's data breach.
    Breached,
    /// The user had it before.
    Reused,
}

impl Violation {
    /// The code in the API's `violations`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::ControlCharacter => "control_character",
            Self::LowercaseRequired => "lowercase_char_required",
            Self::UppercaseRequired => "uppercase_char_required",
            Self::DigitRequired => "digit_required",
            Self::SpecialRequired => "special_char_required",
            Self::Common => "common_password",
            Self::Identity => "password_contains_identity",
            Self::TooWeak { .. } => "password_too_weak",
            Self::Breached => "breached_password",
            Self::Reused => "password_reused",
        }
    }

    /// The `constraintAttributes` that go with the code; several suggestions
    /// are one text, a sentence each.
    #[must_use]
    pub fn constraint_attributes(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooShort { minimum } => vec![("minimumLength", minimum.to_string())],
            Self::TooLong => {
                vec![("maximumLength", MAX_LENGTH.to_string()), ("maximumBytes", MAX_BYTES.to_string())]
            }
            Self::TooWeak { warning, suggestions } => warning
                .iter()
                .map(|warning| ("warning", warning.clone()))
                .chain((!suggestions.is_empty()).then(|| ("suggestions", suggestions.join(" "))))
                .collect(),
            Self::Empty
            | Self::ControlCharacter
            | Self::LowercaseRequired
            | Self::UppercaseRequired
            | Self::DigitRequired
            | Self::SpecialRequired
            | Self::Common
            | Self::Identity
            | Self::Breached
            | Self::Reused => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_texts() {
        assert_eq!(Violation::TooShort { minimum: 15 }.constraint_attributes(), [("minimumLength", "15".to_owned())]);
        let weak = Violation::TooWeak { warning: None, suggestions: vec!["Do this.".into(), "Or that.".into()] };
        assert_eq!(weak.constraint_attributes(), [("suggestions", "Do this. Or that.".to_owned())]);
    }
}
