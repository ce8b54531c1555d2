//! A transport that keeps messages in memory, for development. Bounded: the
//! latest 200. It shows secrets to whoever can read it, so production refuses it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::message::OutgoingMessage;
use super::transport::Accepted;
use crate::domain::clock::Timestamp;

/// How many messages are kept.
pub const CAPACITY: usize = 200;

/// One kept message.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptMail {
    /// Counts from 1, never reused.
    pub number: u64,
    /// For example `PASSWORD_RESET_LINK`.
    pub kind: &'static str,
    /// With its angle brackets.
    pub message_id: String,
    /// The address in `From`.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// The `Date` of the message.
    pub date: Timestamp,
    /// The subject.
    pub subject: String,
    /// The plain text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
    /// The whole message, as it would have been sent.
    #[serde(skip)]
    pub raw: Vec<u8>,
}

impl fmt::Debug for KeptMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptMail").field("number", &self.number).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    count: u64,
    mails: VecDeque<Arc<KeptMail>>,
}

/// A handle on the kept messages; clones share them.
#[derive(Clone, Default)]
pub struct MailboxTransport(Arc<Mutex<State>>);

impl MailboxTransport {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a message; the oldest goes when there are too many.
    #[must_use]
    pub fn keep(&self, message: &OutgoingMessage) -> Accepted {
        let addressing = &message.addressing;
        let mut state = self.state();
        state.count += 1;
        let number = state.count;
        state.mails.push_back(Arc::new(KeptMail {
            number,
            kind: message.rendered.kind.as_str(),
            message_id: addressing.message_id.as_str().to_owned(),
            from: addressing.from.address.original().to_owned(),
            to: addressing.to.original().to_owned(),
            date: addressing.date,
            subject: message.rendered.subject.clone(),
            text: message.rendered.text.clone(),
            html: message.rendered.html.clone(),
            raw: message.raw().to_vec(),
        }));
        if state.mails.len() > CAPACITY {
            state.mails.pop_front();
        }
        Accepted::new(&format!("kept as number {number}"))
    }

    /// Every kept message, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<KeptMail>> {
        self.state().mails.iter().rev().cloned().collect()
    }

    /// One message by its number.
    #[must_use]
    pub fn find(&self, number: u64) -> Option<Arc<KeptMail>> {
        self.state().mails.iter().find(|mail| mail.number == number).cloned()
    }

    /// Forgets every message; numbers go on.
    pub fn clear(&self) {
        self.state().mails.clear();
    }

    /// A panic elsewhere leaves nothing half done here, so its mark is ignored.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MailboxTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailboxTransport({} kept)", self.state().mails.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::message::sample_message;

    #[test]
    fn messages_are_kept_newest_first_and_read_back() {
        let mailbox = MailboxTransport::new();
        let handle = mailbox.clone();
        for local in ["one", "two"] {
            let _ = mailbox.keep(&sample_message(local));
        }
        assert_eq!(handle.list().iter().map(|mail| mail.number).collect::<Vec<_>>(), [2, 1]);
        let mail = handle.find(1).unwrap();
        assert_eq!((mail.to.as_str(), mail.kind), ("ada@example.org", "PASSWORD_RESET_LINK"));
        assert!(mail.text.contains("https://id.example.com/reset") && mail.raw.ends_with(b"--\r\n"));
        let json = serde_json::to_value(&*mail).unwrap();
        assert_eq!(json["messageId"], "<one@example.com>");
        assert!(json.get("raw").is_none());
        handle.clear();
        assert!(mailbox.list().is_empty() && mailbox.find(1).is_none());
        assert_eq!(mailbox.keep(&sample_message("three")).answer, "kept as number 3");
        assert_eq!(mailbox.list()[0].number, 3);
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mailbox = MailboxTransport::new();
        let message = sample_message("one");
        for _ in 0..CAPACITY + 5 {
            let _ = mailbox.keep(&message);
        }
        assert_eq!(mailbox.list().len(), CAPACITY);
        assert!(mailbox.find(5).is_none() && mailbox.find(6).is_some());
    }
}
