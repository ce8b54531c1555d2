//! Refusals because there is too much to do, or nothing to do it with: told in
//! the log with their cause, and not once per request of a flood.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing is told after something was.
const PAUSE: Duration = Duration::from_secs(5);

static BUSY: Mutex<Shed> = Mutex::new(Shed::new());
static BROKEN: Mutex<Shed> = Mutex::new(Shed::new());

/// When something was last told, and how often not since.
struct Shed {
    told: Option<Instant>,
    untold: u64,
}

impl Shed {
    const fn new() -> Self {
        Self { told: None, untold: 0 }
    }

    /// How many went untold before this one, when this one is to be told.
    fn admit(&mut self, now: Instant) -> Option<u64> {
        if self.told.is_some_and(|told| now.saturating_duration_since(told) < PAUSE) {
            self.untold = self.untold.saturating_add(1);
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.untold))
    }
}

/// Tells of a request that was turned away. Without a cause it was one too
/// many; with one, what it needs has failed.
pub(super) fn tell(cause: Option<&str>) {
    let shed = if cause.is_some() { &BROKEN } else { &BUSY };
    let admitted = shed.lock().unwrap_or_else(PoisonError::into_inner).admit(Instant::now());
    if let Some(others) = admitted {
        let cause = cause.unwrap_or("too much is under way, and the queue is full");
        tracing::warn!(cause, others, "a request was turned away for later");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_once_in_a_while_and_counted() {
        let (mut shed, begin) = (Shed::new(), Instant::now());
        assert_eq!(shed.admit(begin), Some(0));
        for second in 0..50 {
            assert_eq!(shed.admit(begin + Duration::from_millis(second * 100)), None);
        }
        assert_eq!(shed.admit(begin + PAUSE), Some(50));
        assert_eq!(shed.admit(begin + PAUSE * 3), Some(0));
    }
}
