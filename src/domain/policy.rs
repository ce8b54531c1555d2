//! Workflow policies: what a tenant wants its resets to do. Each level sets
//! only what it wants to change; the levels are merged field by field.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::reset::{Mode, Strategy};

/// What one level (the server, an application, a tenant) sets; `None`
/// inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WorkflowOverrides {
    /// What a request by address mails.
    pub strategy: Option<Strategy>,
    /// Whether a completion lets the application sign the user in.
    pub immediate_login: Option<bool>,
    /// Where to go after success.
    pub custom_redirect_url: Option<String>,
    /// Target of an emailed link, instead of the hosted page.
    pub action_link_url: Option<String>,
    /// Target of a handed-over link, instead of the hosted page.
    pub custom_password_reset_link_url: Option<String>,
    /// The redirect URLs a request may name, compared exactly.
    pub redirect_urls: Option<Vec<String>>,
    /// Whether a caller may leave out the "password updated" mail.
    pub suppress_updated_email_allowed: Option<bool>,
    /// What an unknown address gets by mail.
    pub unknown_address_mail: Option<UnknownAddressMail>,
    /// Whether users of the tenant have passwords at all.
    pub password_auth_enabled: Option<bool>,
    /// Lifetime of an emailed link, in minutes.
    pub email_link_minutes: Option<u64>,
    /// Lifetime of a code, in minutes.
    pub email_otp_minutes: Option<u64>,
    /// Lifetime of a handed-over link, in minutes.
    pub reset_link_minutes: Option<u64>,
    /// Whether WorkOS create sends the mail itself.
    pub workos_mail_enabled: Option<bool>,
}

/// What an unknown address gets by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UnknownAddressMail {
    /// Nothing.
    #[default]
    Silent,
    /// A notice that there is no account.
    NoAccountNotice,
}

/// The effective policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowPolicy {
    /// What a request by address mails.
    pub strategy: Strategy,
    /// Whether a completion lets the application sign the user in.
    pub immediate_login: bool,
    /// Where to go after success.
    pub custom_redirect_url: Option<String>,
    /// Target of an emailed link; the hosted page when absent.
    pub action_link_url: Option<String>,
    /// Target of a handed-over link; the hosted page when absent.
    pub custom_password_reset_link_url: Option<String>,
    /// The redirect URLs a request may name, compared exactly.
    pub redirect_urls: Vec<String>,
    /// Whether a caller may leave out the "password updated" mail.
    pub suppress_updated_email_allowed: bool,
    /// What an unknown address gets by mail.
    pub unknown_address_mail: UnknownAddressMail,
    /// Whether users of the tenant have passwords at all.
    pub password_auth_enabled: bool,
    /// Whether WorkOS create sends the mail itself.
    pub workos_mail_enabled: bool,
    lifetimes: [Option<Duration>; 3],
}

impl WorkflowPolicy {
    /// Merges the levels, the most specific one last.
    #[must_use]
    pub fn merge<'a>(levels: impl IntoIterator<Item = &'a WorkflowOverrides>) -> Self {
        let mut sum = WorkflowOverrides::default();
        for level in levels {
            let level = level.clone();
            sum = WorkflowOverrides {
                strategy: level.strategy.or(sum.strategy),
                immediate_login: level.immediate_login.or(sum.immediate_login),
                custom_redirect_url: level.custom_redirect_url.or(sum.custom_redirect_url),
                action_link_url: level.action_link_url.or(sum.action_link_url),
                custom_password_reset_link_url: level
                    .custom_password_reset_link_url
                    .or(sum.custom_password_reset_link_url),
                redirect_urls: level.redirect_urls.or(sum.redirect_urls),
                suppress_updated_email_allowed: level
                    .suppress_updated_email_allowed
                    .or(sum.suppress_updated_email_allowed),
                unknown_address_mail: level.unknown_address_mail.or(sum.unknown_address_mail),
                password_auth_enabled: level.password_auth_enabled.or(sum.password_auth_enabled),
                email_link_minutes: level.email_link_minutes.or(sum.email_link_minutes),
                email_otp_minutes: level.email_otp_minutes.or(sum.email_otp_minutes),
                reset_link_minutes: level.reset_link_minutes.or(sum.reset_link_minutes),
                workos_mail_enabled: level.workos_mail_enabled.or(sum.workos_mail_enabled),
            };
        }
        let minutes = |n: Option<u64>| n.map(|n| Duration::from_secs(n.saturating_mul(60)));
        Self {
            strategy: sum.strategy.unwrap_or_default(),
            immediate_login: sum.immediate_login.unwrap_or(false),
            custom_redirect_url: sum.custom_redirect_url,
            action_link_url: sum.action_link_url,
            custom_password_reset_link_url: sum.custom_password_reset_link_url,
            redirect_urls: sum.redirect_urls.unwrap_or_default(),
            suppress_updated_email_allowed: sum.suppress_updated_email_allowed.unwrap_or(true),
            unknown_address_mail: sum.unknown_address_mail.unwrap_or_default(),
            password_auth_enabled: sum.password_auth_enabled.unwrap_or(true),
            workos_mail_enabled: sum.workos_mail_enabled.unwrap_or(true),
            lifetimes: [
                minutes(sum.email_link_minutes),
                minutes(sum.email_otp_minutes),
                minutes(sum.reset_link_minutes),
            ],
        }
    }

    /// How long a new reset of this mode lives.
    #[must_use]
    pub fn lifetime(&self, mode: Mode) -> Duration {
        let [link, otp, handed_over] = self.lifetimes;
        mode.lifetime(match mode {
            Mode::EmailLink => link,
            Mode::EmailOtp => otp,
            Mode::ResetLink => handed_over,
        })
    }

    /// Whether a request may name this redirect URL: exactly a registered one.
    #[must_use]
    pub fn allows_redirect(&self, url: &str) -> bool {
        self.redirect_urls.iter().any(|registered| registered == url)
    }
}

impl Default for WorkflowPolicy {
    fn default() -> Self {
        Self::merge([])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_level_that_speaks_wins_field_by_field() {
        let server =
            WorkflowOverrides { strategy: Some(Strategy::Otp), immediate_login: Some(true), ..Default::default() };
        let application = WorkflowOverrides { email_link_minutes: Some(6), ..Default::default() };
        let tenant = WorkflowOverrides { immediate_login: Some(false), ..Default::default() };
        let policy = WorkflowPolicy::merge([&server, &application, &tenant]);
        assert_eq!(policy.strategy, Strategy::Otp);
        assert!(!policy.immediate_login);
        assert_eq!(policy.lifetime(Mode::EmailLink), Duration::from_secs(360));
        assert_eq!(policy.lifetime(Mode::ResetLink), Mode::ResetLink.default_lifetime());
    }

    #[test]
    fn a_redirect_url_is_compared_exactly() {
        let policy = WorkflowPolicy::merge([&WorkflowOverrides {
            redirect_urls: Some(vec!["https://good.test/done".into()]),
            ..Default::default()
        }]);
        assert!(policy.allows_redirect("https://good.test/done"));
        for bad in
            ["https://good.test/done/", "https://good.test/done?x", "https://good.test@evil.test", "//evil.test", ""]
        {
            assert!(!policy.allows_redirect(bad));
        }
    }
}
