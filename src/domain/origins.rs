//! The origins and redirect URLs that an application registers. Whoever sets
//! where a link leads can take accounts over, so both are compared exactly.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// How many origins, and how many redirect URLs, an application may register.
pub const MOST: usize = 100;
/// The longest of them, in bytes.
const LONGEST: usize = 2048;

/// What an application has registered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origins {
    /// Origins that the targets of links may be on, such as
    /// `https://app.example.com`.
    pub origins: Vec<String>,
    /// URLs that a request may name to lead to after success.
    pub redirect_urls: Vec<String>,
}

impl Origins {
    /// Whether a URL is on one of the origins.
    #[must_use]
    pub fn hold(&self, url: &str) -> bool {
        let origin = Url::parse(url).ok().filter(|url| fault(url).is_none()).map(|url| url.origin());
        origin.is_some_and(|origin| self.origins.contains(&origin.ascii_serialization()))
    }

    /// What is wrong: the field and the code.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, &'static str)> {
        let mut faults = Vec::new();
        for (name, list) in [("origins", &self.origins), ("redirectUrls", &self.redirect_urls)] {
            if list.len() > MOST {
                faults.push((name.to_owned(), "too_long"));
            }
            for (at, text) in list.iter().enumerate() {
                let mut add = |code| faults.push((format!("{name}[{at}]"), code));
                if list.iter().take(at).any(|other| other == text) {
                    add("not_available");
                }
                match Url::parse(text).ok().filter(|_| is_plain(text)) {
                    None => add("invalid_url"),
                    Some(url) => {
                        let whole = name == "origins" && url.origin().ascii_serialization() != *text;
                        if let Some(code) = fault(&url).or(whole.then_some("invalid_origin")) {
                            add(code);
                        }
                    }
                }
            }
        }
        faults
    }
}

/// Characters that two readers could understand differently have no place here.
fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// Plain http leads to this machine alone. An application's own scheme has no
/// host and is named by its domain in reverse (RFC 8252 § 7.1).
fn fault(url: &Url) -> Option<&'static str> {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let fits = match url.scheme() {
        "https" => url.has_host(),
        "http" => loopback,
        scheme => scheme.contains('.'),
    };
    if !fits {
        Some("not_https")
    } else if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        Some("invalid_url")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(origins: &[&str], redirect_urls: &[&str]) -> Vec<(String, &'static str)> {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Origins { origins: texts(origins), redirect_urls: texts(redirect_urls) }.faults()
    }

    #[test]
    fn an_origin_is_exactly_one() {
        assert!(codes(&["https://app.example.com", "http://127.0.0.1:3000", "https://a.test:8443"], &[]).is_empty());
        for (bad, code) in [
            ("https://app.example.com/", "invalid_origin"),
            ("https://APP.example.com", "invalid_origin"),
            ("https://app.example.com:443", "invalid_origin"),
            ("https://u:p@app.example.com", "invalid_url"),
            ("http://app.example.com", "not_https"),
            ("javascript:alert(1)", "not_https"),
            ("com.example.app:/x", "invalid_origin"),
            ("//evil.test", "invalid_url"),
            ("https://good.test\\.evil.test", "invalid_url"),
            ("", "invalid_url"),
        ] {
            assert_eq!(codes(&[bad], &[]), [("origins[0]".to_owned(), code)], "{bad}");
        }
    }

    #[test]
    fn a_redirect_url_is_https_or_an_applications_own() {
        assert!(codes(&[], &["https://app.example.com/in?x=1", "com.example.app:/signed-in"]).is_empty());
        for bad in
            ["https://a.test/#x", "https://u@a.test/", "http://a.test/", "data:text/html,x", "/in", "https://é.test"]
        {
            assert_eq!(codes(&[], &[bad]).len(), 1, "{bad}");
        }
        assert_eq!(
            codes(&[], &["https://a.test/", "https://a.test/"]),
            [("redirectUrls[1]".to_owned(), "not_available")]
        );
    }

    #[test]
    fn a_url_is_held_by_its_exact_origin() {
        let origins = Origins { origins: vec!["https://good.test".into()], redirect_urls: Vec::new() };
        assert!(origins.hold("https://good.test/reset?x"));
        for bad in [
            "https://good.test.evil.test/",
            "https://good.test@evil.test/",
            "http://good.test/",
            "https://good.test:444/",
        ] {
            assert!(!origins.hold(bad), "{bad}");
        }
    }
}
