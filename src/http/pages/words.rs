//! Password rules and their violations in plain words.

use crate::domain::password::{PasswordRules, Violation};

/// The rules that a person should know beforehand.
pub(super) fn rules(rules: &PasswordRules) -> Vec<String> {
    let always = format!("At least {} characters", rules.minimum_length);
    let wanted = [
        (rules.lowercase_char_required, "A lower-case letter"),
        (rules.uppercase_char_required, "An upper-case letter"),
        (rules.digit_required, "A digit"),
        (rules.special_char_required, "A space, punctuation mark or other special character"),
        (rules.blocklist_enabled, "Not a common password, and not your name or email address"),
        (rules.breached_pwd_detection_enabled, "Not a password known from a data breach"),
        (rules.minimum_strength_score > 0, "Hard to guess: a few unrelated words work well"),
    ];
    let history = match rules.history_length {
        0 => None,
        1 => Some("Not the password you have now".to_owned()),
        n => Some(format!("Not one of your last {n} passwords")),
    };
    let wanted = wanted.into_iter().filter(|(applies, _)| *applies).map(|(_, words)| words.to_owned());
    std::iter::once(always).chain(wanted).chain(history).collect()
}

/// What is wrong with a password, and what to do about it.
pub(super) fn violation(violation: &Violation) -> String {
    match violation {
        Violation::Empty => "Enter a new password.",
        Violation::TooShort { minimum } => {
            return format!("Too short: use at least {minimum} characters. Spaces count.");
        }
        Violation::TooLong => "Too long: use at most 256 characters.",
        Violation::ControlCharacter => "It holds a character that cannot be typed everywhere, such as a tab.",
        Violation::LowercaseRequired => "Add a lower-case letter.",
        Violation::UppercaseRequired => "Add an upper-case letter.",
        Violation::DigitRequired => "Add a digit.",
        Violation::SpecialRequired => "Add a space, punctuation mark or other special character.",
        Violation::Common => "This is among the first passwords that anybody would try. Choose another one.",
        Violation::Identity => "This is your own name or address. Choose something that others do not know.",
        Violation::TooWeak { warning, suggestions } => {
            let said = warning.iter().chain(suggestions).map(|text| sentence(text)).collect::<Vec<_>>().join(" ");
            return format!("Too easy to guess. {said}").trim_end().to_owned();
        }
        Violation::Breached => "This password is known from a data breach elsewhere. Choose another one.",
        Violation::Reused => "You have used this password before. Choose another one.",
    }
    .to_owned()
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// A number of seconds as people say it.
pub(super) fn wait(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        2..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::password::PasswordPolicy;

    #[test]
    fn the_default_rules_are_length_and_no_common_password() {
        let said = rules(&PasswordPolicy::merge([]).to_wire());
        assert_eq!(said[0], "At least 15 characters");
        assert!(said.len() <= 2, "{said:?}");
    }

    #[test]
    fn a_weak_password_is_told_why() {
        let weak = Violation::TooWeak {
            warning: Some("Dates are easy to guess".into()),
            suggestions: vec!["Add words.".into()],
        };
        assert_eq!(violation(&weak), "Too easy to guess. Dates are easy to guess. Add words.");
        let mute = Violation::TooWeak { warning: None, suggestions: Vec::new() };
        assert_eq!(violation(&mute), "Too easy to guess.");
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!((wait(1), wait(60), wait(121)), ("1 second".into(), "60 seconds".into(), "3 minutes".into()));
    }
}
