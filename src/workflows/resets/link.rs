//! The URLs that links lead to. Their origin comes from the configuration or a
//! policy, never from a request.

use url::Url;

use crate::domain::reset::proof;
use crate::domain::reset::{Mode, Reset};
use crate::domain::secret::Secret;
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Outcome};

impl Engine {
    /// Derives a reset's link token anew. `None` when the mode has none.
    ///
    /// # Errors
    /// When the key that made it is not in the ring any more.
    pub fn link_token(&self, reset: &Reset) -> Outcome<Option<Secret>> {
        let Some(purpose) = reset.mode.link_purpose() else { return Ok(None) };
        let key = self.key(&reset.key_id)?;
        Ok(Some(proof::link_token(key, purpose, reset.application, reset.id, &reset.nonce)))
    }

    /// The URL that carries a link token: the policy's page for the mode, or
    /// the hosted one.
    #[must_use]
    pub fn link_url(&self, tenancy: &Tenancy, mode: Mode, token: &Secret) -> Secret {
        let page = match mode {
            Mode::ResetLink => tenancy.workflow.custom_password_reset_link_url.as_deref(),
            Mode::EmailLink | Mode::EmailOtp => tenancy.workflow.action_link_url.as_deref(),
        };
        let hosted = format!("{}/reset-password", self.public_url);
        let page = page.map_or(hosted, |page| page.replace("{tenant_name}", &tenancy.tenant.name));
        Secret::new(with_parameter(&page, "token", token.expose()))
    }

    /// Where to go after success, with the caller's `state` appended.
    #[must_use]
    pub fn redirect_after(&self, tenancy: &Tenancy, reset: &Reset) -> Option<String> {
        let target = reset.redirect_url.as_ref().or(tenancy.workflow.custom_redirect_url.as_ref())?;
        let target = target.replace("{tenant_name}", &tenancy.tenant.name);
        Some(match &reset.state {
            Some(state) => with_parameter(&target, "state", state),
            None => target,
        })
    }
}

/// Appends a query parameter, before a fragment if there is one.
fn with_parameter(page: &str, name: &str, value: &str) -> String {
    let Ok(mut url) = Url::parse(page) else {
        // Not an absolute URL: a policy is checked when it is set, so this is
        // a page of ours.
        let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        return format!("{page}{}{name}={encoded}", if page.contains('?') { '&' } else { '?' });
    };
    url.query_pairs_mut().append_pair(name, value);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_goes_behind_others_and_before_a_fragment() {
        assert_eq!(with_parameter("https://a.test/r", "token", "x"), "https://a.test/r?token=x");
        assert_eq!(with_parameter("https://a.test/r?b=1", "token", "x"), "https://a.test/r?b=1&token=x");
        assert_eq!(with_parameter("https://a.test/#/r", "state", "a&b=c"), "https://a.test/?state=a%26b%3Dc#/r");
    }
}
