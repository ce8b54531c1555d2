//! Email addresses: one documented canonical form, used alike by look-up,
//! throttles and uniqueness; mail always goes to the stored original.
//!
//! Canonical form: surrounding white space removed, ASCII letters of the local
//! part in lower case, the domain as lower-case A-labels (UTS 46). Nothing else
//! is folded: dots, `+tags` and look-alike letters are different mailboxes,
//! because only their owner's server knows better. Not even Unicode NFC, which
//! turns the Kelvin sign into the letter K.

use std::fmt;

use thiserror::Error;
use validator::ValidateEmail;

/// The longest address accepted, in bytes (RFC 5321 §4.5.3.1.3 less `<>`).
pub const MAX_LENGTH: usize = 254;

/// A text that is not one email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidEmailAddress {
    /// Nothing but white space.
    #[error("empty")]
    Empty,
    /// Over [`MAX_LENGTH`] bytes.
    #[error("too long")]
    TooLong,
    /// Not of the form `local@domain`.
    #[error("not an email address")]
    Malformed,
}

/// One valid address: as it was typed (less surrounding white space) and in
/// canonical form.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    original: String,
    canonical: String,
}

impl EmailAddress {
    /// Reads exactly one address.
    ///
    /// # Errors
    /// When the text is empty, too long, or anything but one `local@domain`
    /// without control characters, white space, quotes or lists.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(InvalidEmailAddress::Empty);
        }
        if trimmed.len() > MAX_LENGTH {
            return Err(InvalidEmailAddress::TooLong);
        }
        let (local, domain) = trimmed.rsplit_once('@').ok_or(InvalidEmailAddress::Malformed)?;
        if !local_is_plain(local) || domain.ends_with('.') {
            return Err(InvalidEmailAddress::Malformed);
        }
        let ascii_domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmailAddress::Malformed)?;
        let local = local.to_ascii_lowercase();
        let canonical = format!("{local}@{ascii_domain}");
        if !ascii_domain.contains('.') && ascii_domain != "localhost" || !canonical.validate_email() {
            return Err(InvalidEmailAddress::Malformed);
        }
        Ok(Self { original: trimmed.to_owned(), canonical })
    }

    /// The address mail is delivered to.
    #[must_use]
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The address two spellings are compared by.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// For people and logs: the first character and the domain.
    #[must_use]
    pub fn masked(&self) -> String {
        mask(&self.original)
    }
}

/// No quoting, comments or lists: letters of any script, digits and the
/// unquoted specials of RFC 5321.
fn local_is_plain(local: &str) -> bool {
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|c| {
            if c.is_ascii() {
                c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c)
            } else {
                c.is_alphanumeric()
            }
        })
}

/// Hides an address but for its first character and its domain.
#[must_use]
pub fn mask(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}…@{domain}", local.chars().next().unwrap_or('…')),
        None => "…".to_owned(),
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> Option<String> {
        EmailAddress::parse(text).ok().map(|address| address.canonical)
    }

    #[test]
    fn case_and_surrounding_space_do_not_matter() {
        for spelling in ["Ann.Lee@Example.Test", " ann.lee@example.test ", "ANN.LEE@EXAMPLE.TEST"] {
            assert_eq!(canonical(spelling).as_deref(), Some("ann.lee@example.test"));
        }
    }

    #[test]
    fn dots_tags_and_look_alikes_are_other_mailboxes() {
        let stored = canonical("mike@example.org");
        for other in [
            "m.ike@example.org",
            "mike+x@example.org",
            "mıke@example.org",
            "mİke@example.org",
            "mi\u{212a}e@example.org",
        ] {
            assert_ne!(canonical(other), stored, "{other}");
        }
        assert_ne!(canonical("julian@cure53.test"), canonical("julian@cüre53.test"));
    }

    #[test]
    fn anything_but_one_address_is_refused() {
        for text in [
            "",
            " ",
            "a",
            "a@",
            "@b.test",
            "a,b@c.test",
            "a@b.test,c@d.test",
            "a@b.test;c@d.test",
            "a b@c.test",
            "a@b.test\nBcc: x@y.test",
            "a@b.test.",
            "a@b.test\0",
            "a@b.test,",
            "<a@b.test>",
            "\"a b\"@c.test",
            "a@b..test",
            "a@-b.test",
            "a@[127.0.0.1]",
            "a|b@c@d",
            "null",
            "a@b\u{2028}.test",
            "a\u{85}@b.test",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            EmailAddress::parse(&format!("{}@example.test", "a".repeat(250))),
            Err(InvalidEmailAddress::TooLong)
        );
    }

    proptest! {
        #[test]
        fn canonicalising_twice_changes_nothing(text in "\\PC{1,20}@[a-zA-Zü]{1,10}\\.[a-z]{2,4}") {
            if let Some(once) = canonical(&text) {
                let twice = canonical(&once);
                prop_assert_eq!(twice.as_deref(), Some(once.as_str()));
            }
        }

        #[test]
        fn a_valid_address_holds_nothing_that_could_end_a_header(text in "\\PC{0,30}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(!address.original().chars().any(|c| c.is_control() || c.is_whitespace() || ",;<>\"".contains(c)));
            }
        }
    }
}
