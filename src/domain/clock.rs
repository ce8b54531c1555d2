//! Time as a value. Rules take a [`Timestamp`]; only the edge of the house
//! asks what time it is (in production the database, see `store::time`).

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// ISO 8601 in UTC with exactly three decimals and `Z`.
const ISO_MILLIS: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A day.
const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]");

/// The last millisecond of the year 9999.
const LATEST: i64 = 253_402_300_799_999;

/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Reads a time as callers write it (RFC 3339 with any offset, or a date,
    /// which means its first millisecond in UTC), to the millisecond. Only the
    /// years 1970 to 9999 are times here.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let moment = match Date::parse(text, DAY) {
            Ok(day) => day.midnight().assume_utc(),
            Err(_) => OffsetDateTime::parse(text, &Rfc3339).ok()?,
        };
        let millis = i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
        (0..=LATEST).contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Milliseconds since the Unix epoch; a time before it counts as the epoch.
    #[must_use]
    pub const fn as_millis_unsigned(self) -> u64 {
        if self.0 < 0 { 0 } else { self.0.unsigned_abs() }
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Milliseconds of a duration, saturating: no setting comes near the limit.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).map_err(|_| fmt::Error)?;
        f.write_str(&moment.format(ISO_MILLIS).map_err(|_| fmt::Error)?)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether something with this expiry is over at `now`. An expiry that is
/// missing or unreadable refuses: it counts as over.
#[must_use]
pub fn is_over(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_none_or(|expiry| now >= expiry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_iso_8601_with_three_decimals() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(1_700_000_000_007).to_string(), "2023-11-14T22:13:20.007Z");
    }

    #[test]
    fn times_are_read_as_callers_write_them() {
        let read = |text: &str| Timestamp::parse(text).map(Timestamp::as_millis);
        assert_eq!(read("2023-11-14T22:13:20.007Z"), Some(1_700_000_000_007));
        assert_eq!(read("2023-11-14T23:13:20.0079+01:00"), Some(1_700_000_000_007));
        assert_eq!(read("1970-01-02"), Some(86_400_000));
        for refused in
            ["", "yesterday", "1969-12-31", "2023-11-14T22:13:20", "2023-13-01", "1700000000", "+10000-01-01"]
        {
            assert_eq!(read(refused), None, "{refused}");
        }
    }

    #[test]
    fn an_expiry_is_over_from_its_own_millisecond_on() {
        let expiry = Timestamp::from_millis(1000);
        assert!(!is_over(Some(expiry), Timestamp::from_millis(999)));
        assert!(is_over(Some(expiry), expiry));
        assert!(is_over(None, Timestamp::from_millis(0)));
    }
}
