//! A name that a mail may greet with.
//!
//! Whoever registers an account chooses its name, and can then make this
//! service mail it to somebody else's address. So a greeting holds letters and
//! nothing a mail program would turn into a link, and a name that is no name
//! is left out: "Hello," reads well too.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest name used in a greeting, in characters.
const MAX_CHARS: usize = 40;

/// A given name fit for a greeting: 1 to 40 letters, marks, spaces, hyphens,
/// apostrophes and full stops, none of them inside what looks like a domain.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct GivenName(String);

impl GivenName {
    /// Reads a stored name; `None` when it is empty or not fit for a mail. A
    /// long one is cut.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        // Bounded before anything is done with it: a stored name may be long.
        let name: String = text.chars().take(4 * MAX_CHARS).nfc().collect();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !name.chars().all(is_of_a_name) || !name.chars().any(char::is_alphabetic) || holds_a_domain(&name) {
            return None;
        }
        let short: String = name.chars().take(MAX_CHARS).collect();
        Some(Self(short.trim_end().to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c) || matches!(c, ' ' | '-' | '\'' | '’' | '.' | '·')
}

/// A full stop with anything but a space after it: `evil.test`, but not
/// `J. R.`.
fn holds_a_domain(name: &str) -> bool {
    let mut previous = ' ';
    for c in name.chars() {
        if previous == '.' && c != ' ' {
            return true;
        }
        previous = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        GivenName::from_stored(text).map(|name| name.0)
    }

    #[test]
    fn names_of_people_pass() {
        for text in ["Ada", "Zoë", "O'Neill", "Jean-Luc", "J. R.", "李", "नेहा", "Núria", "María José", "Mc’Coy"]
        {
            assert_eq!(name(text).as_deref(), Some(text));
        }
        assert_eq!(name("  Ada \u{a0} King ").as_deref(), Some("Ada King"));
        assert_eq!(name("e\u{301}va").as_deref(), Some("éva"));
    }

    #[test]
    fn what_is_no_name_is_left_out() {
        for text in [
            "",
            "   ",
            "<a href=//evil.test>",
            "\"><img src=//evil.test>",
            "evil.test",
            "Ada evil.test now",
            "https://evil.test",
            "evil\u{3002}test",
            "evil\u{ff0e}test",
            "evil.\u{200b}test",
            "ada@evil.test",
            "{{7*7}}",
            "${7*7}",
            "call 0800 123",
            "Ada\u{202e}tset",
            "Ada\0",
            "...",
        ] {
            assert_eq!(name(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_a_second_line_is_no_line() {
        assert_eq!(name(&"a".repeat(5000)).unwrap().chars().count(), MAX_CHARS);
        assert_eq!(name("Ada\r\nDear").as_deref(), Some("Ada Dear"));
    }
}
