//! What a level may set: bounds that a tenant cannot leave.

use crate::domain::password::PasswordOverrides;
use crate::domain::reset::Mode;

use super::WorkflowOverrides;
use super::target::{self, TargetRules};

/// The most redirect URLs of one level.
const REDIRECTS: usize = 100;
/// The most waits between mails that are told apart.
const WAITS: usize = 10;
/// The longest wait until a code is sent again, in seconds.
const LONGEST_WAIT: u64 = 3600;
/// The most context words of one level.
const WORDS: usize = 200;
/// The longest context word, in characters.
const WORD: usize = 64;

/// A value that may not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The field, as on the wire.
    pub field: String,
    /// What is wrong, as a code.
    pub code: &'static str,
    /// The bounds, where there are some.
    pub attributes: Vec<(&'static str, String)>,
}

impl Flaw {
    /// One without bounds.
    #[must_use]
    pub fn new(field: &str, code: &'static str) -> Self {
        Self { field: field.to_owned(), code, attributes: Vec::new() }
    }

    fn outside(field: &str, (least, most): (u64, u64)) -> Self {
        let attributes = vec![("minimum", least.to_string()), ("maximum", most.to_string())];
        Self { field: field.to_owned(), code: "out_of_range", attributes }
    }
}

/// The server's own numbers: no level below it is laxer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceilings {
    /// Wrong codes per reset at most.
    pub wrong_codes_per_reset: u32,
    /// Wrong codes per account at most.
    pub wrong_codes_per_account: u32,
    /// The shortest waits until a code is sent again, in seconds; the last one
    /// counts for all that follow.
    pub resend_seconds: Vec<u64>,
}

impl WorkflowOverrides {
    /// Everything that a level may not set like this.
    #[must_use]
    pub fn flaws(&self, ceilings: &Ceilings, targets: &TargetRules<'_>) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let minutes = |mode: Mode| {
            let (shortest, longest) = mode.lifetime_bounds();
            (shortest.as_secs() / 60, longest.as_secs() / 60)
        };
        let numbers = [
            ("emailLinkMinutes", self.email_link_minutes, minutes(Mode::EmailLink)),
            ("emailOtpMinutes", self.email_otp_minutes, minutes(Mode::EmailOtp)),
            ("resetLinkMinutes", self.reset_link_minutes, minutes(Mode::ResetLink)),
            ("wrongCodesPerReset", self.wrong_codes_per_reset.map(u64::from), upto(ceilings.wrong_codes_per_reset)),
            (
                "wrongCodesPerAccount",
                self.wrong_codes_per_account.map(u64::from),
                upto(ceilings.wrong_codes_per_account),
            ),
        ];
        for (field, number, (least, most)) in numbers {
            if number.is_some_and(|number| !(least..=most).contains(&number)) {
                flaws.push(Flaw::outside(field, (least, most)));
            }
        }
        if let Some(waits) = &self.resend_seconds {
            flaws.extend(waits_flaw(waits, &ceilings.resend_seconds));
        }
        self.url_flaws(targets, &mut flaws);
        flaws
    }

    fn url_flaws(&self, targets: &TargetRules<'_>, flaws: &mut Vec<Flaw>) {
        let single = [
            ("customRedirectUrl", &self.custom_redirect_url),
            ("actionLinkUrl", &self.action_link_url),
            ("customPasswordResetLinkUrl", &self.custom_password_reset_link_url),
        ];
        let single = single.into_iter().filter_map(|(field, url)| Some((field, url.as_ref()?)));
        let redirects = self.redirect_urls.iter().flatten().map(|url| ("redirectUrls", url));
        for (field, url) in single.chain(redirects) {
            if let Err(code) = target::check(url, targets) {
                flaws.push(Flaw::new(field, code));
            }
        }
        if self.redirect_urls.as_ref().is_some_and(|urls| urls.len() > REDIRECTS) {
            flaws.push(Flaw::new("redirectUrls", "too_many"));
        }
    }
}

fn upto(most: u32) -> (u64, u64) {
    (1, u64::from(most))
}

/// Waits that are none, too many, shorter than the server's or endless.
fn waits_flaw(waits: &[u64], shortest: &[u64]) -> Option<Flaw> {
    const FIELD: &str = "resendSeconds";
    if waits.is_empty() {
        return Some(Flaw::new(FIELD, "empty"));
    }
    if waits.len() > WAITS {
        return Some(Flaw::new(FIELD, "too_many"));
    }
    let least = |position: usize| shortest.get(position).or(shortest.last()).copied().unwrap_or(0);
    // The last wait also counts where the server tells more of them apart.
    let steps = waits.len().max(shortest.len());
    (0..steps)
        .filter_map(|position| Some((waits.get(position).or(waits.last())?, least(position))))
        .find(|(wait, least)| !(*least..=LONGEST_WAIT).contains(wait))
        .map(|(_, least)| Flaw::outside(FIELD, (least, LONGEST_WAIT)))
}

impl PasswordOverrides {
    /// Everything that a level may not set like this. `can_look_up` says
    /// whether the server has anything to look breached passwords up in.
    #[must_use]
    pub fn flaws(&self, can_look_up: bool) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let length = self.minimum_length.map(|length| u64::try_from(length).unwrap_or(u64::MAX));
        let numbers = [
            ("minimumLength", length, (8, 64)),
            ("minimumStrengthScore", self.minimum_strength_score.map(u64::from), (0, 4)),
            ("historyLength", self.history_length.map(u64::from), (0, 24)),
        ];
        for (field, number, (least, most)) in numbers {
            if number.is_some_and(|number| !(least..=most).contains(&number)) {
                flaws.push(Flaw::outside(field, (least, most)));
            }
        }
        if let Some(words) = &self.context_words {
            if words.len() > WORDS {
                flaws.push(Flaw::new("contextWords", "too_many"));
            }
            if words.iter().any(|word| word.trim().is_empty()) {
                flaws.push(Flaw::new("contextWords", "empty"));
            }
            if words.iter().any(|word| word.chars().count() > WORD) {
                flaws.push(Flaw::new("contextWords", "too_long"));
            }
            if words.iter().any(|word| word.chars().any(char::is_control)) {
                flaws.push(Flaw::new("contextWords", "invalid_characters"));
            }
        }
        if self.breached_pwd_detection_enabled == Some(true) && !can_look_up {
            flaws.push(Flaw::new("breachedPwdDetectionEnabled", "not_available"));
        }
        flaws
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ceilings() -> Ceilings {
        Ceilings { wrong_codes_per_reset: 5, wrong_codes_per_account: 10, resend_seconds: vec![60, 120, 240] }
    }

    fn codes(overrides: &WorkflowOverrides) -> Vec<String> {
        let flaws = overrides.flaws(&ceilings(), &TargetRules::default());
        flaws.iter().map(|flaw| format!("{} {}", flaw.field, flaw.code)).collect()
    }

    #[test]
    fn no_level_is_laxer_than_the_server() {
        let strict = WorkflowOverrides {
            wrong_codes_per_reset: Some(3),
            wrong_codes_per_account: Some(10),
            resend_seconds: Some(vec![60, 300]),
            email_link_minutes: Some(5),
            email_otp_minutes: Some(10),
            reset_link_minutes: Some(1440),
            ..Default::default()
        };
        assert_eq!(codes(&strict), Vec::<String>::new());
        let lax = WorkflowOverrides {
            wrong_codes_per_reset: Some(6),
            wrong_codes_per_account: Some(0),
            resend_seconds: Some(vec![60, 120]),
            email_link_minutes: Some(4),
            email_otp_minutes: Some(11),
            reset_link_minutes: Some(1441),
            ..Default::default()
        };
        let out = ["emailLinkMinutes", "emailOtpMinutes", "resetLinkMinutes", "wrongCodesPerReset"];
        let out = out.into_iter().chain(["wrongCodesPerAccount", "resendSeconds"]);
        assert_eq!(codes(&lax), out.map(|field| format!("{field} out_of_range")).collect::<Vec<_>>());
        for (waits, code) in [(vec![], "empty"), (vec![300; 11], "too_many"), (vec![3601], "out_of_range")] {
            let overrides = WorkflowOverrides { resend_seconds: Some(waits), ..Default::default() };
            assert_eq!(codes(&overrides), [format!("resendSeconds {code}")]);
        }
    }

    #[test]
    fn what_a_password_policy_sets_has_bounds() {
        let good = PasswordOverrides {
            minimum_length: Some(8),
            minimum_strength_score: Some(4),
            history_length: Some(24),
            context_words: Some(vec!["rekey".into()]),
            breached_pwd_detection_enabled: Some(true),
            ..Default::default()
        };
        assert_eq!(good.flaws(true), []);
        assert_eq!(good.flaws(false), [Flaw::new("breachedPwdDetectionEnabled", "not_available")]);
        let bad = PasswordOverrides {
            minimum_length: Some(65),
            minimum_strength_score: Some(5),
            history_length: Some(25),
            context_words: Some(vec![" ".into(), "x".repeat(65), "a\0b".into()]),
            ..Default::default()
        };
        let flaws = bad.flaws(true);
        let fields: Vec<_> = flaws.iter().map(|flaw| (flaw.field.as_str(), flaw.code)).collect();
        assert_eq!(
            fields,
            [
                ("minimumLength", "out_of_range"),
                ("minimumStrengthScore", "out_of_range"),
                ("historyLength", "out_of_range"),
                ("contextWords", "empty"),
                ("contextWords", "too_long"),
                ("contextWords", "invalid_characters"),
            ]
        );
    }
}
