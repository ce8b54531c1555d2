//! `outbound`: where calls may go whose targets customers name.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::value::{optional, show_optional};
use crate::domain::access::Network;

/// The section `outbound`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboundSettings {
    /// Networks beyond the public internet that may be called, at any port
    /// and without TLS.
    pub allowed_networks: Vec<Network>,
    /// PEM file with authorities to trust beside the system's.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub ca_file: Option<PathBuf>,
}

impl OutboundSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        let everything = [Network::all_of(Ipv4Addr::UNSPECIFIED.into()), Network::all_of(Ipv6Addr::UNSPECIFIED.into())];
        for network in &self.allowed_networks {
            problems.require(
                !everything.contains(network),
                "outbound.allowed_networks",
                format!("{network} is every network there is; name the ones that endpoints are in"),
            );
        }
        let exists = self.ca_file.as_ref().is_none_or(|file| file.is_file());
        problems.require(exists, "outbound.ca_file", "is not a file");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(networks: &[&str], ca_file: Option<&str>) -> Vec<String> {
        let allowed_networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        let settings = OutboundSettings { allowed_networks, ca_file: ca_file.map(PathBuf::from) };
        let mut problems = Problems::default();
        settings.check(&mut problems);
        problems.finish(None::<()>).unwrap_err().problems().iter().map(|problem| problem.key.clone()).collect()
    }

    #[test]
    fn a_setting_that_would_open_everything_is_refused() {
        assert!(told(&["10.0.0.0/8", "::1", "0.0.0.0/1"], None).is_empty());
        assert_eq!(told(&["10.0.0.0/8", "0.0.0.0/0", "::/0"], None), ["outbound.allowed_networks"; 2]);
        assert_eq!(told(&[], Some("/nowhere/ca.pem")), ["outbound.ca_file"]);
    }
}
