//! A circuit breaker: a provider that fails again and again is left alone for
//! a while, so that no mail waits for it.
//!
//! Closed, it lets everything pass. After some failures in a row it opens and
//! lets nothing pass until its time is over; then it is half open and lets one
//! mail pass to find out. If that succeeds it closes, otherwise it stays open
//! for twice as long, up to a limit. A pure state machine: the time is an
//! argument.

use std::time::Duration;

use crate::domain::clock::Timestamp;

/// So many failures in a row open it.
const FAILURES: u32 = 5;
/// How long it stays open the first time, and at most.
const OPEN: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(5 * 60));
/// How long a mail that finds out may take; whoever does not come back is not
/// waited for.
const PROBE: Duration = Duration::from_secs(60);

/// One breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaker {
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp, openings: u32 },
    HalfOpen { since: Timestamp, openings: u32 },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// How a breaker is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything passes.
    Closed,
    /// One mail finds out whether the provider is back.
    HalfOpen,
    /// Nothing passes.
    Open,
}

/// How many mails would pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lets {
    /// Every one.
    All,
    /// One, to find out.
    One,
    /// None.
    None,
}

impl Breaker {
    /// How many would pass now; nothing changes.
    #[must_use]
    pub fn lets(&self, now: Timestamp) -> Lets {
        match self.state {
            State::Closed { .. } => Lets::All,
            State::Open { until, .. } if now >= until => Lets::One,
            State::HalfOpen { since, .. } if now >= since + PROBE => Lets::One,
            State::Open { .. } | State::HalfOpen { .. } => Lets::None,
        }
    }

    /// Whether a mail may pass now; otherwise, from when on it is worth asking
    /// again.
    ///
    /// # Errors
    /// The time at which the next one may.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, openings } if now >= until => {
                self.state = State::HalfOpen { since: now, openings };
                Ok(())
            }
            State::HalfOpen { since, openings } if now >= since + PROBE => {
                self.state = State::HalfOpen { since: now, openings };
                Ok(())
            }
            State::Open { until, .. } => Err(until),
            State::HalfOpen { since, .. } => Err(since + PROBE),
        }
    }

    /// The provider has answered, whatever it said about the mail.
    pub const fn succeed(&mut self) {
        self.state = State::Closed { failures: 0 };
    }

    /// The provider has failed. Says whether that opened it.
    pub fn fail(&mut self, now: Timestamp) -> bool {
        let (next, opens) = match self.state {
            State::Closed { failures } if failures + 1 < FAILURES => (State::Closed { failures: failures + 1 }, false),
            State::Closed { .. } => (State::Open { until: now + OPEN.0, openings: 1 }, true),
            State::HalfOpen { openings, .. } => {
                let wait = OPEN.0.saturating_mul(1 << openings.min(16)).min(OPEN.1);
                (State::Open { until: now + wait, openings: openings.saturating_add(1) }, true)
            }
            // One that was under way when it opened: that much is known.
            open @ State::Open { .. } => (open, false),
        };
        self.state = next;
        opens
    }

    /// How it is to be shown.
    #[must_use]
    pub const fn shown(&self) -> BreakerState {
        match self.state {
            State::Closed { .. } => BreakerState::Closed,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
            State::Open { .. } => BreakerState::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn broken() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert_eq!(breaker.admit(at(0)), Ok(()));
            breaker.fail(at(0));
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES * 3 {
            for _ in 1..FAILURES {
                assert!(!breaker.fail(at(0)));
            }
            breaker.succeed();
        }
        assert_eq!((breaker.admit(at(0)), breaker.shown()), (Ok(()), BreakerState::Closed));
        let mut breaker = broken();
        assert_eq!((breaker.admit(at(9)), breaker.shown()), (Err(at(10)), BreakerState::Open));
    }

    #[test]
    fn when_its_time_is_over_one_mail_finds_out() {
        let mut breaker = broken();
        assert_eq!((breaker.admit(at(10)), breaker.shown()), (Ok(()), BreakerState::HalfOpen));
        assert_eq!(breaker.admit(at(11)), Err(at(70)), "two at once");
        breaker.succeed();
        assert_eq!((breaker.admit(at(11)), breaker.shown()), (Ok(()), BreakerState::Closed));
    }

    #[test]
    fn it_stays_open_longer_each_time_but_not_without_end() {
        let mut breaker = broken();
        let mut now = at(10);
        for seconds in [20, 40, 80, 160, 300, 300] {
            assert_eq!(breaker.admit(now), Ok(()));
            assert!(breaker.fail(now));
            let until = now + Duration::from_secs(seconds);
            assert_eq!(breaker.admit(now), Err(until));
            now = until;
        }
    }

    #[test]
    fn a_mail_that_never_comes_back_does_not_keep_it_half_open() {
        let mut breaker = broken();
        assert_eq!(breaker.admit(at(10)), Ok(()));
        assert_eq!(breaker.admit(at(69)), Err(at(70)));
        assert_eq!(breaker.admit(at(70)), Ok(()));
    }

    proptest! {
        #[test]
        fn whatever_happens_it_lets_pass_again_within_the_longest_wait(steps in proptest::collection::vec((0_u8..3, 0_i64..400), 0..60)) {
            let (mut breaker, mut now) = (Breaker::default(), 0);
            for (step, later) in steps {
                now += later;
                match step {
                    0 => drop(breaker.admit(at(now))),
                    1 => breaker.succeed(),
                    _ => drop(breaker.fail(at(now))),
                }
            }
            if let Err(when) = breaker.admit(at(now)) {
                prop_assert!(when > at(now) && when <= at(now + 300));
                prop_assert_eq!(breaker.lets(at(now)), Lets::None);
                prop_assert_eq!(breaker.lets(when), Lets::One);
                prop_assert_eq!(breaker.admit(when), Ok(()));
            }
        }
    }
}
