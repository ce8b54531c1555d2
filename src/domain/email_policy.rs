//! Email policies: for each kind of mail, where it leads, how long what it
//! carries lives, who it is from, and which transports it is offered to. Each
//! level sets only what it wants to change; the levels are merged field by
//! field.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::email_address::EmailAddress;
use super::line;
use super::mail::MailKind;

/// The most transports of a chain.
const LONGEST_CHAIN: usize = 5;
/// The longest sender name, in characters.
const LONGEST_NAME: usize = 78;
/// The longest URL, in characters.
const LONGEST_URL: usize = 2048;
/// The longest lifetime that may be asked for, in minutes; each mode has its
/// own bounds below that.
const LONGEST_LIFETIME: u64 = 24 * 60;

/// What one level says about one kind of mail; `None` inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EmailFields {
    /// Target of the link in it, instead of the hosted page; while no origin
    /// is registered, setting it needs `origin:write` as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_link_url: Option<String>,
    /// How long what it carries lives, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_minutes: Option<u64>,
    /// Sender name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    /// Sender address; one that the operator allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_address: Option<String>,
    /// Where answers go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Names of the transports that it is offered to, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transports: Option<Vec<String>>,
}

impl EmailFields {
    /// What cannot be said about this kind: the field, and a code. Whether an
    /// address or a transport may be used is not known here.
    #[must_use]
    pub fn faults(&self, kind: MailKind) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        let mut require = |fine: bool, field, code| {
            if !fine {
                faults.push((field, code));
            }
        };
        let has_link = kind == MailKind::PasswordResetLink;
        let is_url = |url: &String| (1..=LONGEST_URL).contains(&url.chars().count()) && !url.contains(char::is_control);
        require(self.action_link_url.is_none() || has_link, "actionLinkUrl", "not_for_this_kind");
        require(self.action_link_url.as_ref().is_none_or(is_url), "actionLinkUrl", "invalid_value");
        let lives = kind.carries_secret();
        require(self.lifetime_minutes.is_none() || lives, "lifetimeMinutes", "not_for_this_kind");
        let in_bounds = |minutes| (1..=LONGEST_LIFETIME).contains(&minutes);
        require(self.lifetime_minutes.is_none_or(in_bounds), "lifetimeMinutes", "out_of_range");
        let is_name = |name: &String| name.chars().count() <= LONGEST_NAME && !name.contains(line::is_unfit);
        require(self.from_name.as_ref().is_none_or(is_name), "fromName", "invalid_value");
        let is_address = |text: &String| EmailAddress::parse(text).is_ok();
        require(self.from_address.as_ref().is_none_or(is_address), "fromAddress", "invalid_email");
        require(self.reply_to.as_ref().is_none_or(is_address), "replyTo", "invalid_email");
        let is_chain = |chain: &Vec<String>| {
            let doubled = chain.iter().enumerate().any(|(place, name)| chain.iter().take(place).any(|own| own == name));
            (1..=LONGEST_CHAIN).contains(&chain.len()) && !doubled
        };
        require(self.transports.as_ref().is_none_or(is_chain), "transports", "invalid_value");
        faults
    }

    /// This, with what a more specific level says.
    fn overridden_by(&self, level: &Self) -> Self {
        Self {
            action_link_url: level.action_link_url.clone().or_else(|| self.action_link_url.clone()),
            lifetime_minutes: level.lifetime_minutes.or(self.lifetime_minutes),
            from_name: level.from_name.clone().or_else(|| self.from_name.clone()),
            from_address: level.from_address.clone().or_else(|| self.from_address.clone()),
            reply_to: level.reply_to.clone().or_else(|| self.reply_to.clone()),
            transports: level.transports.clone().or_else(|| self.transports.clone()),
        }
    }

    /// How long what it carries lives, if anything is said.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.lifetime_minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)))
    }
}

/// What one level (an application, a tenant) says, by kind of mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<String, EmailFields>)]
pub struct EmailOverrides(pub BTreeMap<MailKind, EmailFields>);

/// The effective policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EmailPolicy(BTreeMap<MailKind, EmailFields>);

impl EmailPolicy {
    /// Merges the levels, the most specific one last.
    #[must_use]
    pub fn merge<'a>(levels: impl IntoIterator<Item = &'a EmailOverrides>) -> Self {
        let mut sum: BTreeMap<MailKind, EmailFields> = BTreeMap::new();
        for (kind, level) in levels.into_iter().flat_map(|level| &level.0) {
            let below = sum.entry(*kind).or_default();
            *below = below.overridden_by(level);
        }
        Self(sum)
    }

    /// What is said about a kind of mail.
    #[must_use]
    pub fn of(&self, kind: MailKind) -> EmailFields {
        self.0.get(&kind).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(json: &str) -> EmailOverrides {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_most_specific_level_that_speaks_wins_field_by_field_and_kind_by_kind() {
        let application = level(
            r#"{"PASSWORD_RESET_LINK": {"fromName": "Shop", "transports": ["a", "b"], "lifetimeMinutes": 15},
                "PASSWORD_UPDATED": {"fromName": "Alarm"}}"#,
        );
        let tenant = level(r#"{"PASSWORD_RESET_LINK": {"fromName": "North", "replyTo": "help@north.test"}}"#);
        let policy = EmailPolicy::merge([&application, &tenant]);
        let link = policy.of(MailKind::PasswordResetLink);
        assert_eq!((link.from_name.as_deref(), link.reply_to.as_deref()), (Some("North"), Some("help@north.test")));
        assert_eq!(link.transports.as_deref(), Some(&["a".to_owned(), "b".to_owned()][..]));
        assert_eq!(link.lifetime(), Some(Duration::from_secs(900)));
        assert_eq!(policy.of(MailKind::PasswordUpdated).from_name.as_deref(), Some("Alarm"));
        assert_eq!(policy.of(MailKind::NoAccount), EmailFields::default());
    }

    #[test]
    fn what_a_level_does_not_say_is_not_stored() {
        let text = r#"{"NO_ACCOUNT":{"fromName":"Shop"}}"#;
        assert_eq!(serde_json::to_string(&level(text)).unwrap(), text);
        assert!(serde_json::from_str::<EmailOverrides>(r#"{"NO_SUCH_KIND": {}}"#).is_err());
        assert!(serde_json::from_str::<EmailOverrides>(r#"{"TEST": {"from": "x"}}"#).is_err());
    }

    #[test]
    fn every_fault_is_named() {
        let fields = EmailFields {
            action_link_url: Some("https://a.test/\n".into()),
            lifetime_minutes: Some(0),
            from_name: Some("a\r\nBcc: b".into()),
            from_address: Some("a@b@c".into()),
            reply_to: Some("nobody".into()),
            transports: Some(vec!["a".into(), "a".into()]),
        };
        let fields_of = |kind| fields.faults(kind).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        let named = ["actionLinkUrl", "lifetimeMinutes", "fromName", "fromAddress", "replyTo", "transports"];
        assert_eq!(fields_of(MailKind::PasswordResetLink), named);
        assert!(fields.faults(MailKind::NoAccount).contains(&("lifetimeMinutes", "not_for_this_kind")));
        assert!(EmailFields::default().faults(MailKind::Test).is_empty());
    }
}
