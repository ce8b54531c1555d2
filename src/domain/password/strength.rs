//! How many guesses a password would survive: zxcvbn, kept within bounds.
//!
//! Its cost grows faster than the length, and multiplies with every way to
//! read symbols as letters: 100 characters full of `@ $ ! | + ( [ {` take
//! over a second. So it is given at most [`WINDOW`] characters at a time with
//! at most [`SYMBOLS`] different such symbols (some 10 ms at the very worst,
//! 0.5 ms usually), and the guesses of the windows are multiplied.

use zeroize::Zeroizing;
use zxcvbn::zxcvbn;

/// Characters estimated at a time.
const WINDOW: usize = 40;
/// Different symbols per window that may stand for letters.
const SYMBOLS: usize = 3;
/// Symbols that the estimate tries as letters. Digits stay: few of them are
/// ambiguous, and sequences of them matter.
const LETTER_LIKE: &str = "@({[<!|$+%";
/// A password that falls within a million guesses is a common one. Decimal
/// logarithm.
const COMMON: f64 = 6.0;

/// What an estimate found.
#[derive(Debug, Clone)]
pub(super) struct Estimate {
    /// Decimal logarithm of the number of guesses.
    guesses_log10: f64,
    /// What makes it weak, in English.
    pub(super) warning: Option<String>,
    /// What would make it stronger, in English.
    pub(super) suggestions: Vec<String>,
}

impl Estimate {
    /// 0 (falls within 10³ guesses), 1 (10⁶), 2 (10⁸), 3 (10¹⁰) or 4.
    pub(super) fn score(&self) -> u8 {
        match self.guesses_log10 {
            guesses if guesses < 3.0 => 0,
            guesses if guesses < 6.0 => 1,
            guesses if guesses < 8.0 => 2,
            guesses if guesses < 10.0 => 3,
            _ => 4,
        }
    }
}

/// Estimates a password; `words` are as guessable as the commonest password.
pub(super) fn estimate(password: &str, words: &[&str]) -> Estimate {
    let characters: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().collect());
    // A repeated text is worth little more than the text once, however many windows it fills.
    let unit = characters.get(..period(&characters)).unwrap_or_default();
    let mut sum = Estimate { guesses_log10: 0.0, warning: None, suggestions: Vec::new() };
    for window in unit.chunks(WINDOW) {
        let found = zxcvbn(&tame(window), words);
        sum.guesses_log10 += found.guesses_log10().max(0.0);
        if let Some(feedback) = found.feedback() {
            sum.warning = sum.warning.or_else(|| feedback.warning().map(|warning| warning.to_string()));
            if sum.suggestions.is_empty() {
                sum.suggestions = feedback.suggestions().iter().map(ToString::to_string).collect();
            }
        }
    }
    if sum.suggestions.is_empty() {
        sum.suggestions = vec!["Add another word or two. Uncommon words are better.".to_owned()];
    }
    sum
}

/// Whether this is, as a whole, a password that anybody would try: a common
/// one, a keyboard row, a sequence or a repetition, plain or with capitals
/// and a little punctuation around it.
pub(super) fn is_common(password: &str) -> bool {
    let falls = |text: &str| estimate(text, &[]).guesses_log10 < COMMON;
    if falls(password) {
        return true;
    }
    let bare = Zeroizing::new(password.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    // More than a quarter of punctuation is no longer decoration.
    *bare != password && bare.chars().count() * 4 >= password.chars().count() * 3 && falls(&bare)
}

/// The length of the shortest prefix whose repetition (the last time perhaps
/// cut short) makes up the whole; the whole length if it is never repeated.
fn period(characters: &[char]) -> usize {
    let length = characters.len();
    (1..=length / 2)
        .find(|period| characters.iter().zip(characters.iter().skip(*period)).all(|(one, next)| one == next))
        .unwrap_or(length)
}

/// The window with all but the first few letter-like symbols replaced by one
/// that is none. That can only raise the estimate.
fn tame(window: &[char]) -> Zeroizing<String> {
    let mut kept: Vec<char> = Vec::with_capacity(SYMBOLS);
    let mut text = Zeroizing::new(String::with_capacity(WINDOW * 4));
    for &character in window {
        let symbol = LETTER_LIKE.contains(character);
        if symbol && !kept.contains(&character) && kept.len() < SYMBOLS {
            kept.push(character);
        }
        text.push(if symbol && !kept.contains(&character) { '_' } else { character });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_anybody_would_try_is_common() {
        for password in [
            "password1234567",
            "Password1234567!",
            "P@ssw0rd12345678",
            "aaaaaaaaaaaaaaaa",
            "qwertyuiopasdfgh",
            "1234567890123456",
            "1qaz2wsx3edc4rfv",
            "abcdefghijklmnop",
            "iloveyou12345678",
            "passwordpassword",
            "***passwordpassword",
            "               ",
        ] {
            assert!(is_common(password), "{password}");
        }
        assert!(is_common(&"a".repeat(256)) && is_common(&"1234567890".repeat(20)) && is_common(&"🔐".repeat(15)));
    }

    #[test]
    fn what_people_invent_is_not_common() {
        for password in [
            "correct horse battery staple",
            "a long passphrase containing password",
            "Sunny-Meadow-Walk-0042",
            "another good passphrase 7",
            "a new password 1",
            "correct horse 1",
            "new-password-0001",
            "first password 1",
            "zk4m9qwx",
            "мой дядя самых честных правил",
        ] {
            assert!(!is_common(password), "{password}");
        }
        assert!(!is_common(&format!("{}{}", "a".repeat(60), "zk4m9qwx-oi3")));
    }

    #[test]
    fn a_text_counts_once_however_often_it_is_repeated() {
        let once = estimate("zk4m9qwx", &[]).guesses_log10;
        let often = estimate(&"zk4m9qwx".repeat(30), &[]).guesses_log10;
        assert!((once - often).abs() < f64::EPSILON);
        assert_eq!(period(&['a', 'b', 'a', 'b', 'a']), 2);
        assert_eq!(period(&['a', 'b', 'c']), 3);
    }

    #[test]
    fn given_words_weigh_nothing() {
        let plain = estimate("weatherwax-esmerelda", &[]).score();
        let own = estimate("weatherwax-esmerelda", &["weatherwax", "esmerelda"]).score();
        assert!(own < plain, "{own} {plain}");
    }

    #[test]
    fn symbols_that_could_be_letters_do_not_multiply() {
        let started = std::time::Instant::now();
        let hostile: String = "(c<[{4@6 9!1|70$5+7%2".chars().cycle().take(255).chain(['x']).collect();
        estimate(&hostile, &["ann", "lee"]);
        // Unbounded it is several seconds; the margin is for slow machines.
        assert!(started.elapsed().as_millis() < 1500, "{:?}", started.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_has_an_estimate(text in "\\PC{0,80}") {
            let found = estimate(&text, &[]);
            prop_assert!(found.score() <= 4 && found.guesses_log10.is_finite());
        }
    }
}
