//! Room for hashes that need more memory than new ones do: all of them
//! together get so much and no more, however many threads there are.

use std::sync::{Condvar, Mutex, PoisonError};

/// The room, in KiB: 512 MiB, twice what the largest hash may take.
const ROOM_KIB: usize = 512 * 1024;

/// What is left of it.
pub(super) struct Room {
    free: Mutex<usize>,
    changed: Condvar,
}

/// A part of the room, given back when dropped.
pub(super) struct Part<'a> {
    room: &'a Room,
    kib: usize,
}

impl Room {
    pub(super) const fn new() -> Self {
        Self { free: Mutex::new(ROOM_KIB), changed: Condvar::new() }
    }

    /// Waits until there is so much room.
    pub(super) fn take(&self, kib: usize) -> Part<'_> {
        // More than there is would wait for ever; bounds elsewhere forbid it.
        let kib = kib.min(ROOM_KIB);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < kib {
            free = self.changed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= kib;
        Part { room: self, kib }
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        let mut free = self.room.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free += self.kib;
        drop(free);
        self.room.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_needs_more_than_is_free_waits_for_it() {
        let (room, entered) = (Arc::new(Room::new()), Arc::new(AtomicBool::new(false)));
        let first = room.take(ROOM_KIB - 10);
        drop(room.take(10));
        let (inner, flag) = (Arc::clone(&room), Arc::clone(&entered));
        let waiter = std::thread::spawn(move || {
            let _part = inner.take(11);
            flag.store(true, Ordering::SeqCst);
        });
        std::thread::sleep(Duration::from_millis(20));
        assert!(!entered.load(Ordering::SeqCst));
        drop(first);
        waiter.join().unwrap();
        assert!(entered.load(Ordering::SeqCst));
        drop(room.take(usize::MAX));
    }
}
