//! Where a request came from.
//!
//! The socket's address, unless the socket belongs to a configured proxy:
//! then the right-most hop of `X-Forwarded-For` that is not a proxy of ours.
//! Every other header of that kind is ignored, because nobody checks it.

use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, web};

use crate::http::HttpKit;
use crate::http::problem::Problem;

/// The caller's address in canonical form; `None` only where there is no
/// socket (tests).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequest for ClientAddress {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let kit = request.app_data::<web::Data<HttpKit>>();
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let client = peer.map(|peer| kit.map_or(peer, |kit| kit.trusted_proxies.client(peer, request.headers())));
        ready(Ok(Self(client)))
    }
}

/// The networks of the proxies in front of this service; empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Reads addresses and networks such as `10.0.0.0/8` and `::1`. The error
    /// is the text that is neither.
    pub fn parse<'a>(networks: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let parse = |text: &str| text.trim().parse().map_err(|()| text.to_owned());
        networks.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether this address is one of our proxies.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address.to_canonical()))
    }

    /// The client behind `peer`.
    ///
    /// From the right, each trusted hop vouches for the one before it. A hop
    /// that cannot be read ends the walk at the last one that could.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.contains(peer) {
            return peer;
        }
        let lines: Vec<&str> = headers.get_all("x-forwarded-for").map(|line| line.to_str().unwrap_or("?")).collect();
        let mut client = peer;
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let Some(address) = hop_address(hop.trim()) else { return client };
            client = address;
            if !self.contains(client) {
                return client;
            }
        }
        client
    }
}

/// An address, with or without a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let with_port = |hop: &str| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let bracketed = |hop: &str| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: IpAddr = hop.parse().ok().or_else(|| with_port(hop)).or_else(|| bracketed(hop))?;
    Some(address.to_canonical())
}

/// An address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    fn contains(self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                ours.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                ours.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| prefix.parse().map_err(|_| ()))?;
        if prefix > longest { Err(()) } else { Ok(Self { address, prefix }) }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn client(peer: &str, lines: &[(&'static str, &'static str)]) -> String {
        let proxies = TrustedProxies::parse(["10.0.0.0/8", "fd00::/8", "::1"]).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_cannot_name_its_own_address() {
        let forged = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1")];
        assert_eq!(client("203.0.113.9", &forged), "203.0.113.9");
    }

    #[test]
    fn behind_a_proxy_the_right_most_untrusted_hop_counts() {
        let xff = "x-forwarded-for";
        assert_eq!(client("10.0.0.1", &[(xff, "6.6.6.6, 198.51.100.1")]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &[(xff, "6.6.6.6"), (xff, "198.51.100.1, 10.2.3.4")]), "198.51.100.1");
        assert_eq!(client("::1", &[(xff, "[2001:db8::1]:443")]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &[(xff, "::ffff:192.0.2.1")]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &[(xff, "198.51.100.1, nonsense")]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[("x-real-ip", "198.51.100.1")]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[(xff, "10.9.9.9")]), "10.9.9.9");
    }

    #[test]
    fn a_network_is_an_address_with_a_sane_prefix() {
        for refused in ["10.0.0.0/33", "::/129", "proxy", "10.0.0.0/-1", ""] {
            assert_eq!(TrustedProxies::parse([refused]), Err(refused.to_owned()));
        }
        assert!(TrustedProxies::parse(["0.0.0.0/0"]).unwrap().contains("192.0.2.1".parse().unwrap()));
    }
}
