//! Letting requests go first.
//!
//! Background work shares the processors and the database with the requests.
//! While they crowd for a commit it runs in short turns and rests in between,
//! the longer the more it has done: its share of the time is the same whatever
//! it does, so that how fast requests are answered does not depend on what
//! they lead to. As soon as they do not crowd, it takes what it needs. It must
//! not be slowed down by priority instead: whoever holds the write lock must be
//! quick to let it go.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::workflows::Engine;

/// So many requests at once are a crowd.
const CROWD: usize = 4;
/// How long steps may begin in one turn.
const TURN: Duration = Duration::from_millis(10);
/// After a turn background work rests so many times as long as the turn took.
const REST: u32 = 4;
/// The longest turn that is rested for: what stalls must not stop everything.
const LONGEST: Duration = Duration::from_millis(50);
/// How long a step waits before it looks again.
const LOOK: Duration = Duration::from_millis(1);

/// The turns of background work; one for all that a worker does.
#[derive(Debug)]
pub struct Pace(Mutex<Turn>);

#[derive(Debug)]
struct Turn {
    /// Steps under way. A turn lasts from the first to the last of them.
    under_way: usize,
    begun: Instant,
    rested: Instant,
}

impl Default for Pace {
    fn default() -> Self {
        let now = Instant::now();
        Self(Mutex::new(Turn { under_way: 0, begun: now, rested: now }))
    }
}

/// A step under way, until it is dropped.
struct Step<'a>(&'a Pace);

impl Drop for Step<'_> {
    fn drop(&mut self) {
        self.0.turn().end(Instant::now());
    }
}

impl Pace {
    /// Does a step of background work: at once, or while requests crowd, in the
    /// next turn.
    pub async fn step<T>(&self, engine: &Engine, work: impl Future<Output = T>) -> T {
        while engine.requests.unanswered() >= CROWD && !self.turn().allows(Instant::now()) {
            tokio::time::sleep(LOOK).await;
        }
        self.next_step(work).await
    }

    /// Does what must not wait because it goes on with something that was begun.
    pub async fn next_step<T>(&self, work: impl Future<Output = T>) -> T {
        self.turn().begin(Instant::now());
        let _step = Step(self);
        work.await
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    fn allows(&self, now: Instant) -> bool {
        if self.under_way > 0 { now < self.begun + TURN } else { now >= self.rested }
    }

    fn begin(&mut self, now: Instant) {
        if self.under_way == 0 {
            self.begun = now;
        }
        self.under_way += 1;
    }

    fn end(&mut self, now: Instant) {
        self.under_way -= 1;
        if self.under_way == 0 {
            let took = now.saturating_duration_since(self.begun).min(LONGEST);
            self.rested = self.rested.max(now) + took * REST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_for_a_short_while_and_then_rest_in_proportion() {
        let begun = Instant::now();
        let mut turn = Turn { under_way: 0, begun, rested: begun };
        assert!(turn.allows(begun));
        turn.begin(begun);
        assert!(turn.allows(begun + TURN.mul_f64(0.99)), "others join");
        turn.begin(begun + TURN / 2);
        assert!(!turn.allows(begun + TURN), "not for ever");
        turn.end(begun + TURN);
        assert!(!turn.allows(begun + TURN), "one is still under way");
        let ended = begun + TURN * 2;
        turn.end(ended);
        assert!(!turn.allows(ended + (TURN * 2 * REST).mul_f64(0.99)));
        assert!(turn.allows(ended + TURN * 2 * REST));
    }

    #[test]
    fn what_stalls_is_not_rested_for_without_end() {
        let begun = Instant::now();
        let mut turn = Turn { under_way: 0, begun, rested: begun };
        turn.begin(begun);
        let ended = begun + Duration::from_secs(60);
        turn.end(ended);
        assert!(turn.allows(ended + LONGEST * REST));
    }
}
