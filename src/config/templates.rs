//! `templates`: a folder that replaces what is built in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::problem::Problems;
use super::value::{optional, show_optional};

/// The section `templates`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateSettings {
    /// Folder with templates, pages and locales; only the built-in ones when
    /// absent.
    #[serde(deserialize_with = "optional", serialize_with = "show_optional")]
    pub folder: Option<PathBuf>,
}

impl TemplateSettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        let exists = self.folder.as_ref().is_none_or(|folder| folder.is_dir());
        problems.require(exists, "templates.folder", "is not a folder");
    }
}
