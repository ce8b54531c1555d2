//! `…/messages`: the outbox, what the providers said, and which addresses get
//! no mail for a while.

pub(super) mod list;
pub(super) mod one;
pub(super) mod suppressions;

use crate::domain::email_address::mask;
use crate::store::message_records::MessageRecord;
use crate::store::messages::MessageState;

/// The states that one can look for, as the page names them.
const STATES: [(MessageState, &str); 5] = [
    (MessageState::Queued, "Waiting"),
    (MessageState::Dead, "Failed"),
    (MessageState::Suppressed, "Held back"),
    (MessageState::Sent, "Sent"),
    (MessageState::Dropped, "No longer needed"),
];

/// Where a message goes; masked when it is about nobody who is known here.
fn recipient(record: &MessageRecord) -> Option<String> {
    let to = record.to.as_deref()?;
    Some(if record.message.user.is_some() { to.to_owned() } else { mask(to) })
}

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
