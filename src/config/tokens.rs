//! `tokens`: how long the tokens live that are not stored.

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The section `tokens`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// Access token of a service account, in minutes.
    pub client_access_minutes: u64,
    /// Access token of a signed-in user, in minutes.
    pub session_access_minutes: u64,
    /// Refresh token, in days.
    pub refresh_days: u64,
}

impl TokenSettings {
    /// Notes what is wrong with the section. Access tokens stay short because
    /// nothing calls them back.
    pub fn check(&self, problems: &mut Problems) {
        problems.within("tokens.client_access_minutes", self.client_access_minutes, 1..=60);
        problems.within("tokens.session_access_minutes", self.session_access_minutes, 1..=60);
        problems.within("tokens.refresh_days", self.refresh_days, 1..=365);
    }
}
