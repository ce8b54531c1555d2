//! `database`: where everything is kept.

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::value::SecretUrl;

/// The section `database`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `sqlite://…` or `postgres://…`.
    pub url: SecretUrl,
    /// Connections that one instance opens at most.
    pub pool_size: u32,
}

/// Which database the URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// Embedded; serves one instance.
    Sqlite,
    /// Shared by any number of instances.
    Postgres,
}

impl DatabaseSettings {
    /// Which database it is; `None` for an unknown scheme.
    #[must_use]
    pub fn kind(&self) -> Option<DatabaseKind> {
        match self.url.expose().split_once(':')?.0 {
            "sqlite" => Some(DatabaseKind::Sqlite),
            "postgres" | "postgresql" => Some(DatabaseKind::Postgres),
            _ => None,
        }
    }

    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        let kind = self.kind();
        problems.require(kind.is_some(), "database.url", "has to begin with sqlite:// or postgres://");
        problems.require(
            kind != Some(DatabaseKind::Postgres) || self.url.parse().is_some(),
            "database.url",
            "is not a URL; special characters in the password have to be percent-encoded",
        );
        problems.within("database.pool_size", self.pool_size, 1..=500);
    }
}
