//! What the overview counts: how resets and mails of the last hours or days
//! went.

use std::time::Duration;

use crate::credentials::HasherStats;
use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::store::messages;
use crate::store::overview::{self, Span, Tally};
use crate::workflows::{Engine, Outcome};

/// How far back to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Range {
    /// 24 hours, by the hour.
    #[default]
    Day,
    /// 7 days, by six hours.
    Week,
    /// 30 days, by the day.
    Month,
}

impl Range {
    /// Every range, shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its name in an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.as_str() == text)
    }

    /// The pieces that end with the one in which `now` lies.
    #[must_use]
    pub fn span(self, now: Timestamp) -> Span {
        const HOUR: i64 = 60 * 60 * 1000;
        let (piece, pieces) = match self {
            Self::Day => (HOUR, 24),
            Self::Week => (6 * HOUR, 28),
            Self::Month => (24 * HOUR, 30),
        };
        let end = (now.as_millis().div_euclid(piece) + 1) * piece;
        Span { from: Timestamp::from_millis(end - piece * pieces), piece, pieces }
    }
}

/// What was counted.
#[derive(Debug)]
pub struct Overview {
    /// The stretch of time.
    pub span: Span,
    /// Resets that began, by what became of them.
    pub resets: Vec<Tally>,
    /// Those of them whose form for a new password was shown here. A reset that
    /// an application finishes on pages of its own never opens ours.
    pub opened: Vec<Tally>,
    /// Mails with a link or a code.
    pub reset_mails: Vec<Tally>,
    /// All mails.
    pub mails: Vec<Tally>,
    /// Mails of the whole installation that wait, and since when the oldest does.
    pub backlog: (u64, Option<Timestamp>),
    /// The hash threads of this instance.
    pub hashing: HasherStats,
    /// When it was counted.
    pub now: Timestamp,
}

impl Overview {
    /// How many of these names there were.
    #[must_use]
    pub fn total(tallies: &[Tally], names: &[&str]) -> i64 {
        tallies.iter().filter(|tally| names.contains(&tally.name.as_str())).map(|tally| tally.number).sum()
    }

    /// How many of these names there were, piece by piece; of all names when
    /// none is given.
    #[must_use]
    pub fn by_piece(&self, tallies: &[Tally], names: &[&str]) -> Vec<i64> {
        let wanted = |tally: &&Tally| names.is_empty() || names.contains(&tally.name.as_str());
        let of = |piece| tallies.iter().filter(wanted).filter(|tally| tally.piece == piece).map(|t| t.number).sum();
        (0..self.span.pieces).map(of).collect()
    }

    /// How long the oldest waiting mail has waited.
    #[must_use]
    pub fn oldest_wait(&self) -> Duration {
        self.backlog.1.map_or(Duration::ZERO, |since| self.now.since(since))
    }
}

impl Engine {
    /// Counts what the overview shows.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn overview(&self, scope: &Scope, range: Range) -> Outcome<Overview> {
        let (now, reader) = (self.now().await?, self.database.read());
        let span = range.span(now);
        Ok(Overview {
            span,
            resets: overview::resets(reader, scope, span).await?,
            opened: overview::opened(reader, scope, span).await?,
            reset_mails: overview::reset_mails(reader, scope, span).await?,
            mails: overview::mails(reader, scope, span).await?,
            backlog: messages::backlog(reader).await?,
            hashing: self.hasher.stats(),
            now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_ends_with_the_piece_of_now() {
        const HOUR: i64 = 3_600_000;
        for range in Range::ALL {
            let now = Timestamp::from_millis(1_767_225_600_000 + 17 * HOUR + 5);
            let span = range.span(now);
            let last = span.from.as_millis() + span.piece * (span.pieces - 1);
            assert!(last <= now.as_millis() && now.as_millis() < last + span.piece, "{range:?}");
            assert_eq!(Range::parse(range.as_str()), Some(range));
        }
        assert_eq!(Range::parse("1y"), None);
    }
}
