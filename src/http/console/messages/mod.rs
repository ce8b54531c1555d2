//! `…/messages`: the outbox, what the providers said, and which addresses get
//! no mail for a while.

pub(super) mod list;
pub(super) mod one;
pub(super) mod suppressions;

use crate::store::messages::MessageState;

/// The states that one can look for, as the page names them.
const STATES: [(MessageState, &str); 5] = [
    (MessageState::Queued, "Waiting"),
    (MessageState::Dead, "Failed"),
    (MessageState::Suppressed, "Held back"),
    (MessageState::Sent, "Sent"),
    (MessageState::Dropped, "No longer needed"),
];

/// The state as a badge says it, and whether it is good.
fn badge(state: MessageState) -> (&'static str, &'static str) {
    match state {
        MessageState::Queued => ("waiting", ""),
        MessageState::Sent => ("taken by the mail server", "good"),
        MessageState::Dead => ("failed", "bad"),
        MessageState::Dropped => ("no longer needed", ""),
        MessageState::Suppressed => ("held back: the address gets no mail", "bad"),
    }
}
