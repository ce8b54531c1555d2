//! A network address range, for grants that hold only for some sources.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// A range such as `192.0.2.0/24` or `2001:db8::/32`; an address alone is a
/// range of one. An IPv4-mapped IPv6 address counts as its IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

/// A text that is not an address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an address range of the form 192.0.2.0/24")]
pub struct InvalidNetwork;

impl Network {
    /// Whether an address is inside.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.base.is_ipv4() && masked(address, self.prefix) == masked(self.base, self.prefix)
    }

    /// All addresses of the family that this one is of.
    #[must_use]
    pub const fn all_of(address: IpAddr) -> Self {
        let base = match address {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        Self { base, prefix: 0 }
    }

    /// Whether the whole range is inside `wider`.
    #[must_use]
    pub fn is_within(&self, wider: &Self) -> bool {
        self.prefix >= wider.prefix && wider.contains(self.base)
    }
}

/// The leading `prefix` bits of an address, the rest zero.
fn masked(address: IpAddr, prefix: u8) -> u128 {
    let (bits, width) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32_u8),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    let host_bits = u32::from(width).saturating_sub(u32::from(prefix));
    bits.checked_shr(host_bits).and_then(|bits| bits.checked_shl(host_bits)).unwrap_or(0)
}

/// How many bits an address of this family has.
const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    /// Refuses a range whose address has bits beyond its prefix: it is more
    /// likely a mistake than a wish, and here a mistake opens a door.
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, prefix) = match text.split_once('/') {
            None => (text, None),
            Some((address, prefix)) => (address, Some(prefix)),
        };
        let base: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        if base.to_canonical() != base {
            return Err(InvalidNetwork);
        }
        let prefix = match prefix {
            None => width(base),
            Some(digits) if digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| InvalidNetwork)?
            }
            Some(_) => return Err(InvalidNetwork),
        };
        if prefix > width(base) || masked(base, prefix) != masked(base, width(base)) {
            return Err(InvalidNetwork);
        }
        Ok(Self { base, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

impl serde::Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Network {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        let range = network("192.0.2.0/24");
        assert!(range.contains("192.0.2.255".parse().unwrap()));
        assert!(range.contains("::ffff:192.0.2.9".parse().unwrap()));
        assert!(!range.contains("192.0.3.0".parse().unwrap()));
        assert!(!range.contains("2001:db8::1".parse().unwrap()));
        assert!(network("0.0.0.0/0").contains("203.0.113.1".parse().unwrap()));
        assert!(!network("0.0.0.0/0").contains("::1".parse().unwrap()));
        assert!(network("2001:db8::/32").contains("2001:db8:ffff::1".parse().unwrap()));
        assert!(!network("2001:db8::1").contains("2001:db8::2".parse().unwrap()));
    }

    #[test]
    fn a_range_inside_a_range() {
        assert!(network("192.0.2.128/25").is_within(&network("192.0.2.0/24")));
        assert!(!network("192.0.2.0/24").is_within(&network("192.0.2.128/25")));
        assert!(!network("::/0").is_within(&network("0.0.0.0/0")));
    }

    #[test]
    fn only_a_clean_range_is_read() {
        for bad in
            ["", "/", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/+4", "192.0.2.0/", "::ffff:192.0.2.0/120", "a/8"]
        {
            assert!(bad.parse::<Network>().is_err(), "{bad:?}");
        }
        assert_eq!(network("192.0.2.1").to_string(), "192.0.2.1/32");
    }
}
