//! The URLs that links lead to. Their origin comes from the configuration or a
//! policy, never from a request.

use url::Url;

use crate::domain::reset::proof;
use crate::domain::reset::{Mode, Reset};
use crate::domain::secret::Secret;
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Failure, Noun, Outcome};

/// Where a policy's URL wants the tenant's name.
const TENANT_NAME: &str = "{tenant_name}";

impl Engine {
    /// Derives a reset's link token anew. `None` when the mode has none.
    ///
    /// # Errors
    /// `NotFound(PasswordReset)` when the key that made it was revoked: the
    /// reset is as good as gone.
    pub fn link_token(&self, reset: &Reset) -> Outcome<Option<Secret>> {
        let Some(purpose) = reset.mode.link_purpose() else { return Ok(None) };
        let key = self.keys.find(&reset.key_id).ok_or(Failure::NotFound(Noun::PasswordReset))?;
        Ok(Some(proof::link_token(key, purpose, reset.application, reset.id, &reset.nonce)))
    }

    /// The URL that carries a link token: the policy's page for the mode, if it
    /// is on a registered origin, or the hosted one.
    #[must_use]
    pub fn link_url(&self, tenancy: &Tenancy, mode: Mode, token: &Secret) -> Secret {
        let page = match mode {
            Mode::ResetLink => tenancy.workflow.custom_password_reset_link_url.as_deref(),
            Mode::EmailLink | Mode::EmailOtp => tenancy.workflow.action_link_url.as_deref(),
        };
        let hosted = format!("{}/reset-password", self.public_url);
        let page = page.and_then(|page| tenancy.page(page)).unwrap_or(hosted);
        Secret::new(with_parameter(&page, "token", token.expose()))
    }

    /// The URL that a mail carries a link token in: the registered page that
    /// its caller named, if it did and it is still registered.
    #[must_use]
    pub fn mailed_link(&self, tenancy: &Tenancy, mode: Mode, page: Option<&str>, token: &Secret) -> Secret {
        match page.filter(|page| self.is_registered_page(tenancy, page)) {
            Some(page) => Secret::new(with_parameter(page, "token", token.expose())),
            None => self.link_url(tenancy, mode, token),
        }
    }

    /// Whether a caller may have links lead to this page: exactly a registered
    /// redirect URL, the policy's page for emailed links, or the hosted one.
    #[must_use]
    pub fn is_registered_page(&self, tenancy: &Tenancy, page: &str) -> bool {
        tenancy.workflow.allows_redirect(page)
            || tenancy.workflow.action_link_url.as_deref() == Some(page) && tenancy.may_lead_to(page)
            || page.strip_prefix(&self.public_url) == Some("/reset-password")
    }

    /// Where to go after success, with the caller's `state` appended: the URL
    /// that its caller named, if it is still registered, or the policy's.
    #[must_use]
    pub fn redirect_after(&self, tenancy: &Tenancy, reset: &Reset) -> Option<String> {
        let named = reset.redirect_url.as_deref().filter(|named| tenancy.workflow.allows_redirect(named));
        let target = match named {
            Some(named) => for_tenant(named, &tenancy.tenant.name)?,
            None => tenancy.page(tenancy.workflow.custom_redirect_url.as_deref()?)?,
        };
        Some(match &reset.state {
            Some(state) => with_parameter(&target, "state", state),
            None => target,
        })
    }
}

/// A policy's URL for one tenant: `{tenant_name}` becomes the tenant's name,
/// as a label of the host or encoded for a segment of the path. `None` when
/// the name cannot stand there: it must never lead to another place than the
/// one that the policy names.
#[must_use]
pub fn for_tenant(page: &str, name: &str) -> Option<String> {
    if !page.contains(TENANT_NAME) {
        return Some(page.to_owned());
    }
    let host = page.find("://").map_or(0, |at| at + 3);
    let path = page.get(host..)?.find(['/', '?', '#', '\\']).map_or(page.len(), |at| host + at);
    let (before, after) = page.split_at_checked(path)?;
    if before.contains(TENANT_NAME) && !is_label(name) || after.contains(TENANT_NAME) && matches!(name, "." | "..") {
        return None;
    }
    Some(before.replace(TENANT_NAME, name) + &after.replace(TENANT_NAME, &encoded(name)))
}

/// Whether a name is a label of a host as it stands (RFC 1123, section 2.1).
fn is_label(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
fn encoded(name: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let one = |byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(one).collect()
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
    fn a_tenant_name_stays_inside_its_segment_of_the_path() {
        let page = "https://a.test/{tenant_name}/r?t={tenant_name}";
        assert_eq!(for_tenant(page, "north").unwrap(), "https://a.test/north/r?t=north");
        assert_eq!(for_tenant(page, "a/../b?c#d e%é").unwrap().matches("a%2F..%2Fb%3Fc%23d%20e%25%C3%A9").count(), 2);
        for refused in [".", ".."] {
            assert_eq!(for_tenant(page, refused), None, "{refused}");
        }
        assert_eq!(for_tenant("https://a.test/r", "..").unwrap(), "https://a.test/r");
    }

    #[test]
    fn a_tenant_name_is_a_host_label_only_when_it_is_one() {
        let page = "https://{tenant_name}.a.test/r";
        assert_eq!(for_tenant(page, "north-1").unwrap(), "https://north-1.a.test/r");
        assert_eq!(for_tenant("https://{tenant_name}.a.test", "x").unwrap(), "https://x.a.test");
        for refused in ["", "evil.test/", "evil.test", "a@b", "a b", "-a", "a-", "é", "a:1", &"a".repeat(64)] {
            assert_eq!(for_tenant(page, refused), None, "{refused}");
        }
    }

    #[test]
    fn a_parameter_goes_behind_others_and_before_a_fragment() {
        assert_eq!(with_parameter("https://a.test/r", "token", "x"), "https://a.test/r?token=x");
        assert_eq!(with_parameter("https://a.test/r?b=1", "token", "x"), "https://a.test/r?b=1&token=x");
        assert_eq!(with_parameter("https://a.test/#/r", "state", "a&b=c"), "https://a.test/?state=a%26b%3Dc#/r");
    }
}
