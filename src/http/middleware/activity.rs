//! Whether a connection is working for us right now.
//!
//! The guarded socket lets a silent client be while a handler works, and
//! cuts it while nothing of ours is owed. One per connection.

use std::cell::Cell;
use std::rc::Rc;

/// Counts the requests that a connection has in the handlers, and ever had.
#[derive(Debug, Clone, Default)]
pub struct Activity(Rc<Cell<Counts>>);

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    running: u32,
    begun: u64,
}

/// A request in the handlers; ends when dropped.
#[derive(Debug)]
pub struct Busy(Activity);

impl Activity {
    /// A request goes in.
    #[must_use]
    pub fn begin(&self) -> Busy {
        let Counts { running, begun } = self.0.get();
        self.0.set(Counts { running: running + 1, begun: begun + 1 });
        Busy(self.clone())
    }

    /// Whether a request is in.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.get().running > 0
    }

    /// How many requests have gone in so far.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.0.get().begun
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let Self(Activity(counts)) = self;
        let Counts { running, begun } = counts.get();
        counts.set(Counts { running: running.saturating_sub(1), begun });
    }
}
