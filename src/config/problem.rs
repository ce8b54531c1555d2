//! What is wrong with a configuration: everything at once, each with the
//! setting to change.

use std::fmt;
use std::ops::RangeInclusive;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting, for example `server.bind`; empty when it is about a file.
    pub key: String,
    /// What is wrong and what to do, in plain words, without secret values.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            f.write_str(&self.text)
        } else {
            write!(f, "{} ({}): {}", self.key, env_name(&self.key), self.text)
        }
    }
}

/// The environment variable of a setting: `server.bind` is
/// `REKEY__SERVER__BIND`.
#[must_use]
pub fn env_name(key: &str) -> String {
    format!("REKEY__{}", key.replace('.', "__").to_uppercase())
}

/// A list of problems under construction.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Notes a problem with one setting.
    pub fn add(&mut self, key: impl Into<String>, text: impl Into<String>) {
        self.0.push(Problem { key: key.into(), text: text.into() });
    }

    /// Notes a problem unless `fine`.
    pub fn require(&mut self, fine: bool, key: &str, text: impl Into<String>) {
        if !fine {
            self.add(key, text);
        }
    }

    /// Notes a problem when a number leaves its bounds.
    pub fn within(&mut self, key: &str, value: impl Into<u64>, bounds: RangeInclusive<u64>) {
        let value = value.into();
        let (low, high) = (bounds.start(), bounds.end());
        self.require(bounds.contains(&value), key, format!("{value} is not between {low} and {high}"));
    }

    /// The value if there is no problem, otherwise all problems.
    ///
    /// # Errors
    /// When at least one problem was noted, or there is no value.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, ConfigError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(ConfigError(self.0)),
        }
    }
}

/// A configuration that cannot be used. `Display` lists every problem on its
/// own line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<Problem>);

impl ConfigError {
    /// Everything that is wrong.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl std::error::Error for ConfigError {}
