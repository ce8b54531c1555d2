//! Password rules and their violations as texts that every language has.

use std::time::Duration;

use serde_json::{Value, json};
use zxcvbn::feedback::Warning;

use crate::domain::locale::Locale;
use crate::domain::password::{PasswordRules, Violation};
use crate::locales::Locales;
use crate::locales::helpers::Said;

/// The rules that a person should know beforehand: each with its text, and for
/// those that can be checked while one types with the `check` of the script.
pub(super) fn rules(rules: &PasswordRules) -> Vec<Value> {
    let said = |key| Said::new(key);
    let length = said("rule-length").with("count", rules.minimum_length);
    let history = said("rule-history").with("count", rules.history_length);
    [
        (true, Some("length"), length),
        (rules.lowercase_char_required, Some("lowercase"), said("rule-lowercase")),
        (rules.uppercase_char_required, Some("uppercase"), said("rule-uppercase")),
        (rules.digit_required, Some("digit"), said("rule-digit")),
        (rules.special_char_required, Some("special"), said("rule-special")),
        (rules.blocklist_enabled, None, said("rule-common")),
        (rules.breached_pwd_detection_enabled, None, said("rule-breached")),
        (rules.minimum_strength_score > 0, None, said("rule-strength")),
        (rules.history_length > 0, None, history),
    ]
    .into_iter()
    .filter(|(applies, ..)| *applies)
    .map(|(_, check, text)| json!({ "check": check, "text": text }))
    .collect()
}

/// What is wrong with a password, and what to do about it.
pub(super) fn violation(violation: &Violation) -> Said {
    Said::new(match violation {
        Violation::Empty => "violation-empty",
        Violation::TooShort { minimum } => return Said::new("violation-too-short").with("count", *minimum),
        Violation::TooLong => "violation-too-long",
        Violation::ControlCharacter => "violation-control",
        Violation::LowercaseRequired => "violation-lowercase",
        Violation::UppercaseRequired => "violation-uppercase",
        Violation::DigitRequired => "violation-digit",
        Violation::SpecialRequired => "violation-special",
        Violation::Common => "violation-common",
        Violation::Identity => "violation-identity",
        Violation::TooWeak { warning, .. } => weakness(warning.as_deref()),
        Violation::Breached => "violation-breached",
        Violation::Reused => "violation-reused",
    })
}

/// The text for what the estimate warns of. The estimate speaks English, so
/// its sentence only chooses one of ours.
fn weakness(warning: Option<&str>) -> &'static str {
    let is_one = |warnings: &[Warning]| warnings.iter().any(|one| Some(one.to_string().as_str()) == warning);
    if is_one(&[Warning::RecentYearsAreEasyToGuess, Warning::DatesAreOftenEasyToGuess]) {
        "violation-weak-date"
    } else if is_one(&[
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess,
        Warning::CommonNamesAndSurnamesAreEasyToGuess,
    ]) {
        "violation-weak-name"
    } else if is_one(&[Warning::StraightRowsOfKeysAreEasyToGuess, Warning::ShortKeyboardPatternsAreEasyToGuess]) {
        "violation-weak-keyboard"
    } else if is_one(&[
        Warning::RepeatsLikeAaaAreEasyToGuess,
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        Warning::SequencesLikeAbcAreEasyToGuess,
    ]) {
        "violation-weak-repeat"
    } else if is_one(&[
        Warning::ThisIsATop10Password,
        Warning::ThisIsATop100Password,
        Warning::ThisIsACommonPassword,
        Warning::ThisIsSimilarToACommonlyUsedPassword,
    ]) {
        "violation-weak-common"
    } else {
        "violation-weak"
    }
}

/// A number of seconds as people say it.
pub(super) fn wait(locales: &Locales, locale: Locale, seconds: u64) -> String {
    locales.duration(locale, Duration::from_secs(seconds)).unwrap_or_else(|_| seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::password::PasswordPolicy;

    #[test]
    fn the_default_rules_are_length_and_no_common_password() {
        let said = rules(&PasswordPolicy::merge([]).to_wire());
        assert_eq!(said[0], json!({ "check": "length", "text": { "key": "rule-length", "args": { "count": 15 } } }));
        assert!(said.len() == 2 && said[1]["check"].is_null(), "{said:?}");
    }

    #[test]
    fn a_weak_password_is_told_why() {
        let weak =
            |warning: &str| violation(&Violation::TooWeak { warning: Some(warning.into()), suggestions: Vec::new() });
        assert_eq!(weak(&Warning::DatesAreOftenEasyToGuess.to_string()), Said::new("violation-weak-date"));
        assert_eq!(weak("Something else"), Said::new("violation-weak"));
        let found = zxcvbn::zxcvbn("qwertyuiop", &[]);
        let warning = found.feedback().and_then(zxcvbn::feedback::Feedback::warning).unwrap().to_string();
        assert!(weak(&warning) != Said::new("violation-weak"), "{warning}");
    }
}
