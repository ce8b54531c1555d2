//! Telling operators what happens: logs and metrics, never a secret and never
//! an address in clear.

pub mod fields;
pub mod logs;
pub mod metrics;
pub mod redact;

pub use metrics::Metrics;
