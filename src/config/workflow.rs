//! `workflow`: the level of policy below every application and tenant.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::problem::Problems;
use super::value::{optional, show_optional};
use crate::domain::policy::{UnknownAddressMail, WorkflowOverrides};
use crate::domain::reset::{Mode, Strategy};

/// The section `workflow`: the same fields as in the API, named in
/// `snake_case` like every setting.
#[derive(Debug, Clone, Default)]
pub struct WorkflowSettings(pub WorkflowOverrides);

#[derive(Serialize, Deserialize)]
#[serde(remote = "WorkflowOverrides", deny_unknown_fields)]
struct SettingNames {
    strategy: Option<Strategy>,
    immediate_login: Option<bool>,
    mfa_required: Option<bool>,
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    custom_redirect_url: Option<String>,
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    action_link_url: Option<String>,
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    custom_password_reset_link_url: Option<String>,
    redirect_urls: Option<Vec<String>>,
    suppress_updated_email_allowed: Option<bool>,
    unknown_address_mail: Option<UnknownAddressMail>,
    password_auth_enabled: Option<bool>,
    email_link_minutes: Option<u64>,
    email_otp_minutes: Option<u64>,
    reset_link_minutes: Option<u64>,
    workos_mail_enabled: Option<bool>,
    // The server's own numbers stand in the section `limits`.
    #[serde(skip)]
    wrong_codes_per_reset: Option<u32>,
    #[serde(skip)]
    wrong_codes_per_account: Option<u32>,
    #[serde(skip)]
    resend_seconds: Option<Vec<u64>>,
}

impl Serialize for WorkflowSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SettingNames::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for WorkflowSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SettingNames::deserialize(deserializer).map(Self)
    }
}

impl WorkflowSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        let lifetimes = [
            ("workflow.email_link_minutes", Mode::EmailLink, self.0.email_link_minutes),
            ("workflow.email_otp_minutes", Mode::EmailOtp, self.0.email_otp_minutes),
            ("workflow.reset_link_minutes", Mode::ResetLink, self.0.reset_link_minutes),
        ];
        for (key, mode, minutes) in lifetimes {
            let (shortest, longest) = mode.lifetime_bounds();
            if let Some(minutes) = minutes {
                problems.within(key, minutes, shortest.as_secs() / 60..=longest.as_secs() / 60);
            }
        }
        let targets = [
            ("workflow.custom_redirect_url", &self.0.custom_redirect_url),
            ("workflow.action_link_url", &self.0.action_link_url),
            ("workflow.custom_password_reset_link_url", &self.0.custom_password_reset_link_url),
        ];
        let redirects = self.0.redirect_urls.iter().flatten().map(|url| ("workflow.redirect_urls", url));
        for (key, url) in targets.into_iter().filter_map(|(key, url)| Some((key, url.as_ref()?))).chain(redirects) {
            let absolute = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            problems.require(absolute, key, format!("{url} is not a complete http or https URL"));
        }
    }
}
