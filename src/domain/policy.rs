//! Workflow policies: what a tenant wants its resets to do. Each level sets
//! only what it wants to change; the levels are merged field by field.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::email_policy::EmailPolicy;
use super::mail::MailKind;
use super::reset::{Mode, Strategy};

mod check;
pub mod target;

pub use check::{Ceilings, Flaw};

/// What one level (the server, an application, a tenant) sets; `None`
/// inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WorkflowOverrides {
    /// What a request by address mails.
    pub strategy: Option<Strategy>,
    /// Whether a completion lets the application sign the user in.
    pub immediate_login: Option<bool>,
    /// Whether users need a second factor to sign in.
    pub mfa_required: Option<bool>,
    /// Where to go after success. While no origin is registered, setting this
    /// or another target of links needs `origin:write` as well.
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
    /// Wrong codes until a reset is exhausted: at most as many as the server
    /// bears.
    pub wrong_codes_per_reset: Option<u32>,
    /// Wrong codes per account over all its resets: at most as many as the
    /// server bears.
    pub wrong_codes_per_account: Option<u32>,
    /// Seconds until a code is sent again: after the first mail, after the
    /// second, and from then on; none shorter than the server's.
    pub resend_seconds: Option<Vec<u64>>,
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
    /// Whether users need a second factor to sign in.
    pub mfa_required: bool,
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
    /// Wrong codes per reset, if fewer than the server bears.
    pub wrong_codes_per_reset: Option<u32>,
    /// Wrong codes per account, if fewer than the server bears.
    pub wrong_codes_per_account: Option<u32>,
    /// Waits until a code is sent again, if longer than the server's.
    pub resend_seconds: Vec<u64>,
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
                mfa_required: level.mfa_required.or(sum.mfa_required),
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
                wrong_codes_per_reset: level.wrong_codes_per_reset.or(sum.wrong_codes_per_reset),
                wrong_codes_per_account: level.wrong_codes_per_account.or(sum.wrong_codes_per_account),
                resend_seconds: level.resend_seconds.or(sum.resend_seconds),
            };
        }
        let minutes = |n: Option<u64>| n.map(|n| Duration::from_secs(n.saturating_mul(60)));
        Self {
            strategy: sum.strategy.unwrap_or_default(),
            immediate_login: sum.immediate_login.unwrap_or(false),
            mfa_required: sum.mfa_required.unwrap_or(false),
            custom_redirect_url: sum.custom_redirect_url,
            action_link_url: sum.action_link_url,
            custom_password_reset_link_url: sum.custom_password_reset_link_url,
            redirect_urls: sum.redirect_urls.unwrap_or_default(),
            suppress_updated_email_allowed: sum.suppress_updated_email_allowed.unwrap_or(true),
            unknown_address_mail: sum.unknown_address_mail.unwrap_or_default(),
            password_auth_enabled: sum.password_auth_enabled.unwrap_or(true),
            workos_mail_enabled: sum.workos_mail_enabled.unwrap_or(true),
            wrong_codes_per_reset: sum.wrong_codes_per_reset,
            wrong_codes_per_account: sum.wrong_codes_per_account,
            resend_seconds: sum.resend_seconds.unwrap_or_default(),
            lifetimes: [
                minutes(sum.email_link_minutes),
                minutes(sum.email_otp_minutes),
                minutes(sum.reset_link_minutes),
            ],
        }
    }

    /// The same with what the email policy says about the mails that carry
    /// resets: where their link leads, and how long they live.
    #[must_use]
    pub fn with_emails(mut self, emails: &EmailPolicy) -> Self {
        let (link, code) = (emails.of(MailKind::PasswordResetLink), emails.of(MailKind::PasswordResetCode));
        let [link_lives, code_lives, handed_over] = self.lifetimes;
        self.lifetimes = [link.lifetime().or(link_lives), code.lifetime().or(code_lives), handed_over];
        self.action_link_url = link.action_link_url.or(self.action_link_url);
        self
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

    /// The policy with every field spelled out, as a level would set it.
    #[must_use]
    pub fn to_overrides(&self) -> WorkflowOverrides {
        let minutes = |mode| Some(self.lifetime(mode).as_secs() / 60);
        WorkflowOverrides {
            strategy: Some(self.strategy),
            immediate_login: Some(self.immediate_login),
            mfa_required: Some(self.mfa_required),
            custom_redirect_url: self.custom_redirect_url.clone(),
            action_link_url: self.action_link_url.clone(),
            custom_password_reset_link_url: self.custom_password_reset_link_url.clone(),
            redirect_urls: Some(self.redirect_urls.clone()),
            suppress_updated_email_allowed: Some(self.suppress_updated_email_allowed),
            unknown_address_mail: Some(self.unknown_address_mail),
            password_auth_enabled: Some(self.password_auth_enabled),
            email_link_minutes: minutes(Mode::EmailLink),
            email_otp_minutes: minutes(Mode::EmailOtp),
            reset_link_minutes: minutes(Mode::ResetLink),
            workos_mail_enabled: Some(self.workos_mail_enabled),
            wrong_codes_per_reset: self.wrong_codes_per_reset,
            wrong_codes_per_account: self.wrong_codes_per_account,
            resend_seconds: Some(self.resend_seconds.clone()).filter(|waits| !waits.is_empty()),
        }
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
    use crate::domain::email_policy::EmailOverrides;

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
    fn the_email_policy_decides_about_the_mails_that_carry_resets() {
        let emails: EmailOverrides = serde_json::from_str(
            r#"{"PASSWORD_RESET_LINK": {"actionLinkUrl": "https://a.test/", "lifetimeMinutes": 7}}"#,
        )
        .unwrap();
        let server = WorkflowOverrides { email_otp_minutes: Some(3), ..Default::default() };
        let policy = WorkflowPolicy::merge([&server]).with_emails(&EmailPolicy::merge([&emails]));
        assert_eq!(policy.action_link_url.as_deref(), Some("https://a.test/"));
        assert_eq!(policy.lifetime(Mode::EmailLink), Duration::from_secs(420));
        assert_eq!(policy.lifetime(Mode::EmailOtp), Duration::from_secs(180));
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
