//! Times and durations as people of a language write them. Their forms are
//! texts like all others (`common.ftl`), so that a folder can replace them.

use std::time::Duration;

use time::OffsetDateTime;

use super::{Locales, LocalesError};
use crate::domain::clock::Timestamp;
use crate::domain::locale::Locale;

impl Locales {
    /// A moment in UTC, to the minute: `1 January 2026, 09:30 UTC`.
    ///
    /// # Errors
    /// As [`Locales::text`].
    pub fn moment(&self, locale: Locale, at: Timestamp) -> Result<String, LocalesError> {
        let at = OffsetDateTime::from_unix_timestamp(at.as_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let two_digits = |n: u8| format!("{n:02}");
        let args = [
            ("day", at.day().into()),
            ("month", u8::from(at.month()).into()),
            // A text, for a number would be grouped where a language does that.
            ("year", at.year().to_string().into()),
            ("hour", two_digits(at.hour()).into()),
            ("minute", two_digits(at.minute()).into()),
        ];
        self.text(locale, "moment", &args)
    }

    /// A duration in the one unit in which people say it, rounded up, at least
    /// a second: `60 seconds`, `30 minutes`, `24 hours`, `3 days`.
    ///
    /// # Errors
    /// As [`Locales::text`].
    pub fn duration(&self, locale: Locale, long: Duration) -> Result<String, LocalesError> {
        let (key, count) = in_one_unit(long);
        self.text(locale, key, &[("count", count.into())])
    }
}

fn in_one_unit(long: Duration) -> (&'static str, u64) {
    let seconds = (long.as_secs() + u64::from(long.subsec_nanos() > 0)).max(1);
    match seconds {
        ..120 => ("duration-seconds", seconds),
        120..7200 => ("duration-minutes", seconds.div_ceil(60)),
        7200..172_800 => ("duration-hours", seconds.div_ceil(3600)),
        _ => ("duration-days", seconds.div_ceil(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_said_in_one_unit_and_never_too_short() {
        for (millis, said) in [
            (0, ("duration-seconds", 1)),
            (59_001, ("duration-seconds", 60)),
            (119_000, ("duration-seconds", 119)),
            (121_000, ("duration-minutes", 3)),
            (1_800_000, ("duration-minutes", 30)),
            (86_400_000, ("duration-hours", 24)),
            (172_800_000, ("duration-days", 2)),
        ] {
            assert_eq!(in_one_unit(Duration::from_millis(millis)), said);
        }
    }
}
