//! Where a call may go.
//!
//! A URL is looked at twice. [`Guard::target`] reads the text, to say early
//! and clearly what can never be called; [`Guard::judge`] looks at the
//! addresses that its host stands for right before the connection, and that
//! is the check that protects: however a host is spelled, and whatever its
//! name resolved to before, only the address counts.

use std::net::IpAddr;

use thiserror::Error;
use url::{Host, Url};

use super::ranges;
use crate::domain::access::Network;

/// Longer URLs are nobody's endpoint.
const LONGEST_URL: usize = 2048;

/// The only port below 1024 that a public host may be called at: the others
/// belong to services that do not speak HTTPS.
const HTTPS: u16 = 443;

/// Ports from 1024 on that belong to databases and the like.
const NOT_FOR_HTTP: [u16; 6] = [2049, 3306, 5432, 6379, 11211, 27017];

/// Why a URL is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// Not an absolute URL with a host, or too long.
    #[error("is not a complete URL of at most {LONGEST_URL} characters")]
    Malformed,
    /// Neither `https` nor `http`.
    #[error("has to begin with https://")]
    Scheme,
    /// `user:password@`.
    #[error("must not contain a user name or password")]
    UserInfo,
    /// `http` to an address that no setting allows.
    #[error("has to begin with https://; plain http goes only to networks that outbound.allowed_networks names")]
    Plain,
    /// A port for something else.
    #[error("names a port that is not for HTTPS; use 443, or one from 1024 on that no database uses")]
    Port,
    /// An address that is not public.
    #[error("leads to an address that is not public")]
    Address,
}

impl Refused {
    /// The stable name of the refusal, for whoever registered the URL.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed | Self::Scheme | Self::UserInfo => "invalid_url",
            Self::Plain => "https_required",
            Self::Port => "forbidden_port",
            Self::Address => "forbidden_address",
        }
    }
}

/// Which targets are fine beyond the public internet. The default is none.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<Network>,
}

/// A URL that may be called if its addresses are fine.
#[derive(Debug, Clone)]
pub struct Target {
    url: Url,
    host: Host,
    port: u16,
}

impl Guard {
    /// With the networks that the operator opened: any port there, and plain
    /// `http` too.
    #[must_use]
    pub const fn new(allowed: Vec<Network>) -> Self {
        Self { allowed }
    }

    /// Reads a URL.
    ///
    /// # Errors
    /// Why it could not be called whatever its name resolves to.
    pub fn target(&self, text: &str) -> Result<Target, Refused> {
        if text.len() > LONGEST_URL {
            return Err(Refused::Malformed);
        }
        // Parsers of URLs drop or mend these, so that what was typed and what is
        // called would be two things.
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(Refused::Malformed);
        }
        let url = Url::parse(text).map_err(|_| Refused::Malformed)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Refused::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        let host = url.host().ok_or(Refused::Malformed)?.to_owned();
        let port = url.port_or_known_default().ok_or(Refused::Malformed)?;
        let target = Target { url, host, port };
        match target.literal() {
            Some(address) => self.judge(&target, &[address])?,
            None if self.allowed.is_empty() => target.is_fit_for_everybody()?,
            None => {}
        }
        Ok(target)
    }

    /// Looks at every address that the host of a target stands for. One that
    /// is refused refuses all: a name that points to both sides of the fence
    /// has no honest use.
    ///
    /// # Errors
    /// Why it is not called. No address at all is refused as well.
    pub fn judge(&self, target: &Target, addresses: &[IpAddr]) -> Result<(), Refused> {
        if addresses.is_empty() {
            return Err(Refused::Address);
        }
        addresses.iter().try_for_each(|address| self.judge_one(target, *address))
    }

    fn judge_one(&self, target: &Target, address: IpAddr) -> Result<(), Refused> {
        let destination = ranges::destination(address);
        if ranges::is_metadata(destination) {
            return Err(Refused::Address);
        }
        if self.allowed.iter().any(|network| network.contains(destination)) {
            return Ok(());
        }
        if !ranges::is_public(destination) {
            return Err(Refused::Address);
        }
        target.is_fit_for_everybody()
    }
}

impl Target {
    /// The URL; what stands before the path is checked.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The host; IPv6 without brackets.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether the connection is to be protected by TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address that stands in the URL instead of a name.
    #[must_use]
    pub const fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
            Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
            Host::Domain(_) => None,
        }
    }

    /// What holds for everything outside the networks that the operator opened.
    fn is_fit_for_everybody(&self) -> Result<(), Refused> {
        if !self.is_https() {
            return Err(Refused::Plain);
        }
        let usual = self.port == HTTPS || (self.port >= 1024 && !NOT_FOR_HTTP.contains(&self.port));
        if usual { Ok(()) } else { Err(Refused::Port) }
    }
}

#[cfg(test)]
mod tests;
