//! `secrets`: where the keys are.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The section `secrets`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretsSettings {
    /// The key file; see [`super::keys_file`].
    pub keys_file: PathBuf,
}

impl SecretsSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        problems.require(!self.keys_file.as_os_str().is_empty(), "secrets.keys_file", "has to name a file");
    }
}
