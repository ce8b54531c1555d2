//! What may be said of the client that asked: a masked network and a browser
//! family. Never a raw header, because a mail that an anonymous caller can
//! trigger must not carry the caller's words.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Where a request came from, as far as mails and events may tell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RequestedFrom {
    /// `198.51.100.0/24` or `2001:db8:1::/48`; absent when unknown.
    pub network: Option<String>,
    /// One of a closed set of names, for example `Firefox`; absent when unknown.
    pub browser: Option<String>,
}

impl RequestedFrom {
    /// Masks an address and reduces a `User-Agent` to a family.
    #[must_use]
    pub fn new(ip: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        Self { network: ip.map(masked_network), browser: user_agent.and_then(browser_family).map(str::to_owned) }
    }
}

/// The /24 of an IPv4 address, the /48 of an IPv6 address.
#[must_use]
pub fn masked_network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// What throttles count as one client: an IPv4 address, or the /64 of an IPv6
/// address (one subscriber's line).
#[must_use]
pub fn client_key(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// The family of a browser, from a closed list; the order matters, because
/// browsers name each other.
fn browser_family(user_agent: &str) -> Option<&'static str> {
    const FAMILIES: [(&str, &str); 8] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    FAMILIES.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, family)| *family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_line_is_one_client_and_a_mapped_address_is_its_ipv4() {
        let key = |text: &str| client_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn a_user_agent_is_reduced_to_a_known_family() {
        let from = RequestedFrom::new("192.0.2.77".parse().ok(), Some("Mozilla/5.0 evil.test Firefox/140.0"));
        assert_eq!(from, RequestedFrom { network: Some("192.0.2.0/24".into()), browser: Some("Firefox".into()) });
        assert_eq!(RequestedFrom::new(None, Some("<a href=//evil.test>")), RequestedFrom::default());
    }
}
