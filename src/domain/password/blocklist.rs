//! Words that must not be the password: the user's own address and names,
//! the service's names, what the tenant lists.
//!
//! The whole password is compared (NIST SP 800-63B-4 §3.1.1.2), bare of
//! punctuation, of digits around or between its letters, and of repetition;
//! a passphrase that merely contains such a word is fine.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Whom the password is for.
#[derive(Clone, Copy, Default)]
pub struct Identity<'a> {
    /// The address, as written.
    pub email: Option<&'a str>,
    /// The first name.
    pub first_name: Option<&'a str>,
    /// The last name.
    pub last_name: Option<&'a str>,
    /// The names of the application and the tenant.
    pub service_names: &'a [&'a str],
}

impl Identity<'_> {
    /// What the person is called: the address, its local part, the names, and
    /// the names together either way around.
    pub(super) fn words(&self) -> Vec<String> {
        let local = self.email.and_then(|email| email.rsplit_once('@')).map(|(local, _)| local);
        let joined = |one: Option<&str>, other: Option<&str>| Some(format!("{}{}", one?, other?));
        [self.email, local, self.first_name, self.last_name]
            .into_iter()
            .flatten()
            .map(ToOwned::to_owned)
            .chain(joined(self.first_name, self.last_name))
            .chain(joined(self.last_name, self.first_name))
            .collect()
    }
}

/// Whether the whole password is one of the words.
pub(super) fn is_one_of<T: AsRef<str>>(password: &str, words: impl IntoIterator<Item = T>) -> bool {
    let (bare, letters) = (fold(password, char::is_alphanumeric), fold(password, char::is_alphabetic));
    // With more than half of it digits and punctuation, these are no longer decoration.
    let mostly_letters = letters.chars().count() * 2 >= password.chars().count();
    words.into_iter().any(|word| {
        let word = word.as_ref();
        repeats(&bare, &fold(word, char::is_alphanumeric))
            || mostly_letters && repeats(&letters, &fold(word, char::is_alphabetic))
    })
}

/// The characters worth comparing, composed and in lower case.
fn fold(text: &str, keep: fn(char) -> bool) -> Zeroizing<String> {
    Zeroizing::new(text.nfc().flat_map(char::to_lowercase).filter(|c| keep(*c)).collect())
}

/// Whether the text is the word, once or several times.
fn repeats(text: &str, word: &str) -> bool {
    !text.is_empty()
        && !word.is_empty()
        && text.len().is_multiple_of(word.len())
        && text.as_bytes().chunks_exact(word.len()).all(|chunk| chunk == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANN: Identity<'_> = Identity {
        email: Some("ann.weatherwax84@example.test"),
        first_name: Some("Ann"),
        last_name: Some("Weatherwax"),
        service_names: &[],
    };

    #[test]
    fn the_address_and_names_are_refused_however_decorated() {
        for password in [
            "ann.weatherwax84@example.test",
            "AnnWeatherwax84",
            "Weatherwax Ann!",
            "weatherwax2024!",
            "WeatherwaxWeatherwax",
            "1-ann-ann-ann-1",
            "Ann1Weatherwax2",
            "ANN.WEATHERWAX@EXAMPLE.TEST",
        ] {
            assert!(is_one_of(password, ANN.words()), "{password}");
        }
    }

    #[test]
    fn a_password_that_only_contains_them_is_fine() {
        for password in
            ["ann buys weatherproof wax", "a long day for weatherwax", "annulment-of-nothing", "ann 4829-5571-9377"]
        {
            assert!(!is_one_of(password, ANN.words()), "{password}");
        }
        assert!(!is_one_of("anything at all", Identity::default().words()));
        assert!(!is_one_of("4829!5571-9377", ["", "--"]));
    }

    proptest! {
        #[test]
        fn a_word_is_found_under_any_decoration(word in "[a-zé]{4,12}", times in 1_usize..4, tail in "[-!_ ]{0,3}[0-9]{0,4}") {
            let password = format!("{}{tail}", word.to_uppercase().repeat(times));
            prop_assume!(word.chars().count() * times >= tail.len());
            prop_assert!(is_one_of(&password, [word]));
        }
    }
}
