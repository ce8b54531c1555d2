//! What the shell itself needs to work: time, randomness and the proxies in
//! front of it.

use std::sync::Arc;

use crate::domain::clock::Timestamp;
use crate::domain::entropy::{Entropy, SystemEntropy};
use crate::http::extract::client::TrustedProxies;
use crate::locales::Locales;

/// App data of the shell; one per process, shared by all workers.
#[derive(Clone)]
pub struct HttpKit {
    /// Randomness for request ids.
    pub entropy: Arc<dyn Entropy>,
    /// The time for request ids; nothing is decided by it.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// The origin that links and documents name, without a trailing slash.
    /// Never taken from `Host`.
    pub public_url: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: TrustedProxies,
    /// What pages say, errors included.
    pub locales: Arc<Locales>,
}

impl HttpKit {
    /// A kit with the operating system's randomness, no trusted proxy
    /// and the built-in texts.
    #[must_use]
    pub fn new(public_url: &str, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            entropy: Arc::new(SystemEntropy),
            clock: Arc::new(clock),
            public_url: public_url.trim_end_matches('/').to_owned(),
            trusted_proxies: TrustedProxies::default(),
            locales: Locales::built_in(),
        }
    }

    /// The same with proxies whose `X-Forwarded-For` is believed.
    #[must_use]
    pub fn trusting(self, trusted_proxies: TrustedProxies) -> Self {
        Self { trusted_proxies, ..self }
    }

    /// The same with these texts.
    #[must_use]
    pub fn speaking(self, locales: Arc<Locales>) -> Self {
        Self { locales, ..self }
    }

    /// Whether browsers are told to come back over TLS only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }
}
