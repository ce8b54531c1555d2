//! `server`: where it listens and under which name it is reached.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use url::Url;

use super::network::Network;
use super::problem::Problems;

/// The section `server`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port to listen on.
    pub bind: SocketAddr,
    /// Origin that browsers see, for example `https://id.example.com`: no
    /// path and no slash at the end. Never empty once loaded.
    pub public_url: String,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Threads that answer requests; 0 means one per core.
    pub workers: usize,
    /// Seconds that requests in flight get after SIGTERM.
    pub shutdown_seconds: u64,
}

impl ServerSettings {
    /// Fills in what follows from other settings: an unset public URL is the
    /// address it listens on.
    pub fn complete(&mut self) {
        if self.public_url.is_empty() {
            self.public_url = format!("http://{}", self.bind);
        }
        if let Some(origin) = origin(&self.public_url) {
            self.public_url = origin;
        }
    }

    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        problems.require(
            origin(&self.public_url).is_some(),
            "server.public_url",
            "has to be a scheme and a host without a path, for example https://id.example.com",
        );
        problems.within("server.workers", self.workers as u64, 0..=1024);
        problems.within("server.shutdown_seconds", self.shutdown_seconds, 0..=600);
    }
}

/// The one spelling of a URL that is nothing but scheme, host and port.
fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    (bare && anonymous).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn a_public_url_is_an_origin_in_one_spelling() {
        assert_eq!(origin("https://ID.example.com:443/").as_deref(), Some("https://id.example.com"));
        assert_eq!(origin("http://127.0.0.1:8080").as_deref(), Some("http://127.0.0.1:8080"));
        for bad in
            ["id.example.com", "ftp://x.test", "https://x.test/reset", "https://x.test?a", "https://a@x.test", ""]
        {
            assert_eq!(origin(bad), None, "{bad}");
        }
    }
}
