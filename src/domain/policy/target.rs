//! Pages that links may lead to: whoever sets one can take accounts over, so
//! its text must mean one thing to everybody who reads it.

use url::{Host, Url};

/// Where a policy's URL wants the tenant's name.
pub const TENANT_NAME: &str = "{tenant_name}";
/// The longest URL, in bytes.
const LONGEST: usize = 2048;
/// What stands for a tenant's name while its place is judged: no name of a
/// host, a path or a query has it by chance.
const STAND_IN: &str = "rekey-tenant-name-stand-in";

/// What is allowed beyond https anywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct TargetRules<'a> {
    /// Whether plain http to this machine is fine: in development.
    pub loopback: bool,
    /// The registered origins, for example `https://app.example.com`; no list
    /// allows every origin.
    pub origins: Option<&'a [String]>,
}

/// Judges a URL of a policy.
///
/// # Errors
/// What is wrong with it, as a code: `too_long`, `invalid_url` (not a complete
/// URL of plain, percent-encoded characters, or one with a user name),
/// `invalid_placeholder` (the tenant's name stands where it could change where
/// the link leads), `https_required`, `origin_not_registered`.
pub fn check(text: &str, rules: &TargetRules<'_>) -> Result<(), &'static str> {
    if text.len() > LONGEST {
        return Err("too_long");
    }
    let bare = text.replace(TENANT_NAME, STAND_IN);
    if !is_plain(&bare) {
        return Err("invalid_url");
    }
    let url = Url::parse(&bare).map_err(|_| "invalid_url")?;
    let host = url.host().ok_or("invalid_url")?;
    // Between `///` a reader sees no host where a parser finds the first part of the path.
    let hostless = authority(&bare).is_empty();
    let userinfo = !url.username().is_empty() || url.password().is_some() || authority(&bare).contains('@');
    if hostless || userinfo || !matches!(url.scheme(), "https" | "http") || !bare.contains("://") {
        return Err("invalid_url");
    }
    if !is_well_placed(&url, &host) {
        return Err("invalid_placeholder");
    }
    if url.scheme() == "http" && !(rules.loopback && is_here(&host)) {
        return Err("https_required");
    }
    let origin = url.origin().ascii_serialization().replace(STAND_IN, TENANT_NAME);
    match rules.origins {
        Some(origins) if !origins.contains(&origin) => Err("origin_not_registered"),
        Some(_) | None => Ok(()),
    }
}

/// Nothing but the characters of RFC 3986, each `%` with its two digits: no
/// white space, backslash or letter that readers see differently.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let encoded = |at: usize| bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => encoded(at),
        byte => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(byte),
    })
}

fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// The tenant's name may be the first label of a host that has two more, a
/// part of the path or of the query; never the domain itself or its port.
fn is_well_placed(url: &Url, host: &Host<&str>) -> bool {
    if url.fragment().is_some_and(|fragment| fragment.contains(STAND_IN)) {
        return false;
    }
    let Host::Domain(domain) = host else { return true };
    if !domain.contains(STAND_IN) {
        return true;
    }
    let rest = domain.strip_prefix(STAND_IN).and_then(|rest| rest.strip_prefix('.'));
    rest.is_some_and(|rest| rest.contains('.') && !rest.contains(STAND_IN))
}

fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(domain) => *domain == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> &'static str {
        check(text, &TargetRules::default()).err().unwrap_or("fine")
    }

    #[test]
    fn a_target_is_a_complete_https_url() {
        for fine in ["https://app.test/reset", "https://app.test:8443/r?x=%20y#/done", "https://[2001:db8::1]/r"] {
            assert_eq!(told(fine), "fine", "{fine}");
        }
        for bad in [
            "",
            "/reset",
            "//app.test/reset",
            "app.test",
            "https:app.test",
            "https:///app.test/",
            "javascript:alert(1)",
            "https://user@app.test/",
            "https://user:pw@app.test/",
            "https://@app.test/",
            "https://app.test\\@evil.test/",
            "https://app.test/ r",
            "https://app.test/%zz",
            "https://app.test/%",
            "https://äpp.test/",
            "https://app.test/{tenant}",
            "https://app.test/\n",
            "ftp://app.test/",
        ] {
            assert_eq!(told(bad), "invalid_url", "{bad}");
        }
        assert_eq!(told("http://app.test/"), "https_required");
        assert_eq!(told("http://127.0.0.1:3000/"), "https_required");
        assert_eq!(told(&format!("https://app.test/{}", "a".repeat(2048))), "too_long");
        let development = TargetRules { loopback: true, origins: None };
        for here in ["http://127.0.0.1:3000/r", "http://localhost/r", "http://[::1]:3000/"] {
            assert_eq!(check(here, &development), Ok(()), "{here}");
        }
        assert_eq!(check("http://app.test/", &development), Err("https_required"));
    }

    #[test]
    fn the_name_of_a_tenant_never_is_the_domain() {
        for fine in [
            "https://{tenant_name}.app.test/reset",
            "https://app.test/{tenant_name}/reset",
            "https://app.test/reset?t={tenant_name}",
        ] {
            assert_eq!(told(fine), "fine", "{fine}");
        }
        for bad in [
            "https://{tenant_name}/reset",
            "https://{tenant_name}.test/reset",
            "https://www.{tenant_name}.app.test/",
            "https://x{tenant_name}.app.test/",
            "https://{tenant_name}.{tenant_name}.app.test/",
            "https://app.test/#{tenant_name}",
        ] {
            assert_eq!(told(bad), "invalid_placeholder", "{bad}");
        }
        assert_eq!(told("{tenant_name}://app.test/"), "invalid_url");
        assert_eq!(told("https://app.test:{tenant_name}/"), "invalid_url");
    }

    #[test]
    fn only_registered_origins_count_when_there_is_a_list() {
        let origins = ["https://app.test".to_owned(), "https://{tenant_name}.app.test".to_owned()];
        let rules = TargetRules { loopback: false, origins: Some(&origins) };
        for fine in ["https://app.test/a", "https://app.test:443/a", "https://{tenant_name}.app.test/a"] {
            assert_eq!(check(fine, &rules), Ok(()), "{fine}");
        }
        for other in ["https://app.test:444/", "https://app.test.evil.test/", "https://x.app.test/"] {
            assert_eq!(check(other, &rules), Err("origin_not_registered"), "{other}");
        }
    }

    proptest! {
        #[test]
        fn whatever_passes_leads_to_the_host_that_everybody_reads(text in "https://[a-z@:\\\\/.{}_%]{1,40}") {
            if check(&text, &TargetRules::default()).is_ok() {
                let host = authority(&text.replace(TENANT_NAME, STAND_IN)).split(':').next().unwrap().to_owned();
                let url = Url::parse(&text.replace(TENANT_NAME, STAND_IN)).unwrap();
                let parsed = url.host_str().unwrap().to_owned();
                prop_assert_eq!(parsed, host);
            }
        }
    }
}
