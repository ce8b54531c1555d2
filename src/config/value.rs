//! Kinds of values that settings share, and how each may be shown.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::domain::secret::Secret;

/// What stands where a secret would.
pub const MASK: &str = "********";

/// A URL that may hold a password. `Debug` and `Serialize` show it masked.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Takes the text as it is; the section that holds it checks it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The URL itself, to connect with.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The parts of the URL; `None` when it is none.
    #[must_use]
    pub fn parse(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }

    /// The password between `:` and `@`, percent-decoded.
    #[must_use]
    pub fn password(&self) -> Option<Secret> {
        self.parse()?.password().map(|password| Secret::new(decode(password)))
    }

    /// The user before `:` or `@`, percent-decoded.
    #[must_use]
    pub fn username(&self) -> Option<String> {
        Some(decode(self.parse()?.username())).filter(|name| !name.is_empty())
    }

    /// The URL with its password hidden; all of it when it cannot be taken
    /// apart for certain.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = || format!("(hidden, {} characters)", self.0.chars().count());
        let Some(mut url) = self.parse() else {
            return if self.0.is_empty() { String::new() } else { hidden() };
        };
        let plain = url.password().is_none() && url.username().is_empty();
        if plain && self.0.contains('@') {
            // A raw `/` or `#` in a password ends the host early.
            return hidden();
        }
        let secret_query = url.query_pairs().any(|(name, _)| is_secret_name(&name));
        if url.password().is_none() && !secret_query {
            return self.0.clone();
        }
        if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
            return hidden();
        }
        if secret_query {
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let shown = pairs.iter().map(|(name, value)| (name, if is_secret_name(name) { MASK } else { value }));
            url.query_pairs_mut().clear().extend_pairs(shown);
        }
        url.to_string()
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("password") || name.contains("secret") || name.contains("token")
}

/// Percent-decoding of one part of a URL.
fn decode(part: &str) -> String {
    // As one form value, with `+` kept literal as it is in this part of a URL.
    let pair = format!("v={}", part.replace('+', "%2B").replace('&', "%26"));
    serde_urlencoded::from_str::<Vec<(String, String)>>(&pair)
        .ok()
        .and_then(|pairs| pairs.into_iter().next())
        .map_or_else(|| part.to_owned(), |(_, value)| value)
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretUrl({})", self.masked())
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

/// Reads a text whose emptiness means "not set".
pub fn optional<'de, D: Deserializer<'de>, T: From<String>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(if text.is_empty() { None } else { Some(T::from(text)) })
}

/// Reads a secret whose emptiness means "not set".
pub fn optional_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Some(Secret::deserialize(deserializer)?).filter(|secret| !secret.expose().is_empty()))
}

/// Writes "not set" as the empty text, as it is read.
pub fn show_optional<S: Serializer, T: AsRef<std::ffi::OsStr>>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.as_ref().map_or_else(Default::default, |text| text.as_ref().to_string_lossy()))
}

/// Writes a secret as a mask, and "not set" as the empty text.
pub fn mask_secret<S: Serializer>(value: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if value.is_some() { MASK } else { "" })
}

/// Whether a secret is one that everybody knows or anybody guesses.
#[must_use]
pub fn is_weak(secret: &Secret) -> bool {
    const KNOWN: [&str; 12] = [
        "changeme",
        "change-me",
        "change_me",
        "password",
        "postgres",
        "postgresql",
        "rekey",
        "secret",
        "default",
        "example",
        "12345678",
        "development",
    ];
    let text = secret.expose().to_lowercase();
    text.len() < 8 || KNOWN.contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        let shown = |text: &str| SecretUrl::new(text).masked();
        assert_eq!(shown("postgres://ada:hunter2@db:5432/rekey"), "postgres://ada:********@db:5432/rekey");
        assert_eq!(
            shown("postgres://db/rekey?user=ada&password=hunter2"),
            "postgres://db/rekey?user=ada&password=********"
        );
        assert_eq!(shown("sqlite://data/rekey.db"), "sqlite://data/rekey.db");
        assert_eq!(shown("smtp://ada@mail.test:587"), "smtp://ada@mail.test:587");
        for odd in ["postgres://ada:hun/ter2@db/rekey", "postgres://ada:12/hunter2@db/rekey", "hunter2"] {
            assert!(!shown(odd).contains("ter2"), "{}", shown(odd));
            assert!(!format!("{:?}", SecretUrl::new(odd)).contains("ter2"));
        }
    }

    #[test]
    fn user_and_password_of_a_url_are_decoded() {
        let url = SecretUrl::new("smtp://ada%40mail.test:a+b%2Fc%26d@mail.test");
        assert_eq!(url.username().as_deref(), Some("ada@mail.test"));
        assert_eq!(url.password().unwrap().expose(), "a+b/c&d");
    }

    #[test]
    fn a_known_or_short_secret_is_weak() {
        assert!(is_weak(&Secret::new("ChangeMe")) && is_weak(&Secret::new("s3cr3t")));
        assert!(!is_weak(&Secret::new("quiet-otter-46-lamps")));
    }
}
