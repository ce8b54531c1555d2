//! The machine's own clock, for names and dates that decide nothing.

use crate::domain::clock::Timestamp;

/// The machine's time, for the dates in a key file and the names of requests.
/// Nothing is decided by it.
#[must_use]
pub fn machine_time() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "a command that opens no database has no other clock")]
    let now = std::time::SystemTime::now();
    let since_epoch = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
