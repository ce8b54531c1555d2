//! `breach`: where passwords known from data breaches are looked up.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::problem::Problems;
use super::value::{optional, show_optional};

/// The section `breach`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreachSettings {
    /// Sorted file of SHA-1 hashes, or of the beginnings of some.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub file: Option<PathBuf>,
    /// Endpoint that is asked by the first five digits.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub url: Option<String>,
    /// How long to wait for it, in milliseconds.
    pub timeout_ms: u64,
}

impl BreachSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        let both = self.file.is_some() && self.url.is_some();
        problems.require(!both, "breach.url", "cannot be set beside breach.file");
        let exists = self.file.as_ref().is_none_or(|file| file.is_file());
        problems.require(exists, "breach.file", "is not a file");
        let readable = self.url.as_ref().is_none_or(|url| {
            Url::parse(url).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none()
            })
        });
        problems.require(readable, "breach.url", "has to be a complete http or https URL without a query");
        problems.within("breach.timeout_ms", self.timeout_ms, 100..=10_000);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: Option<&str>, url: Option<&str>, timeout_ms: u64) -> Vec<String> {
        let settings = BreachSettings { file: file.map(PathBuf::from), url: url.map(str::to_owned), timeout_ms };
        let mut problems = Problems::default();
        settings.check(&mut problems);
        let Err(error) = problems.finish(Some(())) else { return Vec::new() };
        error.problems().iter().map(|problem| problem.key.clone()).collect()
    }

    #[test]
    fn one_place_is_asked_and_it_has_to_be_there() {
        assert!(told(None, None, 2000).is_empty());
        assert!(told(None, Some("https://breaches.test/range"), 2000).is_empty());
        assert_eq!(
            told(Some("/nowhere"), Some("https://b.test"), 50),
            ["breach.url", "breach.file", "breach.timeout_ms"]
        );
        assert_eq!(told(None, Some("breaches.test"), 2000), ["breach.url"]);
        assert_eq!(told(None, Some("https://b.test/range?key=1"), 2000), ["breach.url"]);
    }
}
