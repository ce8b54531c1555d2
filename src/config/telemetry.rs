//! `telemetry`: what is told to operators, and in which form.

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The section `telemetry`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// How logs are written.
    pub log_format: LogFormat,
    /// What is logged, in the notation of `RUST_LOG`, which replaces it.
    pub log_filter: String,
    /// Whether `/metrics` answers.
    pub metrics_enabled: bool,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line, for machines.
    Json,
    /// One compact line each, for people.
    Text,
}

impl TelemetrySettings {
    /// Notes what is wrong with the section.
    pub fn check(&self, problems: &mut Problems) {
        let readable = tracing_subscriber::EnvFilter::try_new(&self.log_filter).is_ok();
        problems.require(
            readable,
            "telemetry.log_filter",
            "(or RUST_LOG) is no log filter; an example: info,rekey=debug",
        );
    }
}
