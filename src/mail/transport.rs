//! Handing a message over: to a provider, to memory, or to a folder.

use std::fmt;

use super::file::FileTransport;
use super::mailbox::MailboxTransport;
use super::message::OutgoingMessage;
use super::smtp::SmtpTransport;
use super::text::bounded_answer;

/// A way to hand messages over.
#[derive(Debug)]
pub enum Transport {
    /// To a provider, over SMTP.
    Smtp(Box<SmtpTransport>),
    /// To memory, for development.
    Mailbox(MailboxTransport),
    /// To a folder, for development and tests.
    File(FileTransport),
}

impl Transport {
    /// Hands one message over.
    pub async fn send(&self, message: &OutgoingMessage) -> Result<Accepted, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Mailbox(mailbox) => Ok(mailbox.keep(message)),
            Self::File(file) => file.write(message).await,
        }
    }

    /// Goes as far as possible without sending anything: for SMTP connects,
    /// secures the connection and signs in; for a folder writes to it.
    pub async fn check(&self) -> Result<Accepted, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.check().await,
            Self::Mailbox(_) => Ok(Accepted::new("kept in memory")),
            Self::File(file) => file.check().await,
        }
    }

    /// How many messages it can carry at the same time, at least 1.
    #[must_use]
    pub fn side_by_side(&self) -> usize {
        match self {
            Self::Smtp(smtp) => smtp.settings().pool_size.max(1),
            Self::Mailbox(_) | Self::File(_) => usize::MAX,
        }
    }

    /// The name of its kind, as in configuration and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Smtp(_) => "smtp",
            Self::Mailbox(_) => "mailbox",
            Self::File(_) => "file",
        }
    }
}

/// The other side took responsibility for the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its own words, one line of at most 300 characters; may hold an address.
    pub answer: String,
}

impl Accepted {
    pub(super) fn new(answer: &str) -> Self {
        Self { answer: bounded_answer(answer) }
    }
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// This message will never be accepted here.
    Permanent,
    /// Later, or elsewhere, it may be.
    Temporary,
}

/// How far the conversation had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Finding and reaching the other side, its greeting included.
    Connect,
    /// Securing the connection.
    Tls,
    /// Signing in.
    Auth,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Handing the content over.
    Content,
}

impl Stage {
    /// Its name, for rows, logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Content => "content",
        }
    }
}

/// A message that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// Whether trying again can help.
    pub kind: FailureKind,
    /// How far it had come.
    pub stage: Stage,
    /// The provider's own words, or what went wrong on the way: one line of at
    /// most 300 characters; may hold an address, never a secret.
    pub answer: String,
    /// The three digits of the provider's answer, if it gave one.
    pub code: Option<u16>,
}

impl SendError {
    pub(super) fn new(kind: FailureKind, stage: Stage, answer: &str) -> Self {
        Self { kind, stage, answer: bounded_answer(answer), code: None }
    }

    pub(super) const fn with_code(mut self, code: u16) -> Self {
        self.code = Some(code);
        self
    }

    /// Whether the provider refused this very address for good, so that it
    /// should not be tried again for a while.
    #[must_use]
    pub fn refuses_recipient(&self) -> bool {
        self.kind == FailureKind::Permanent && self.stage == Stage::Recipient && self.code.is_some()
    }

    /// Whether no other provider need be asked: the address is refused, and not
    /// by a rule about us (RFC 3463 § 3.8, `X.7.X`) that another one may not have.
    #[must_use]
    pub fn is_verdict_on_address(&self) -> bool {
        let words = self.answer.split(' ').nth(1).unwrap_or_default();
        self.refuses_recipient() && !words.starts_with("5.7.")
    }

    /// Whether the provider is unwell, whatever is sent: it cannot be reached or
    /// is not who it should be, lets us not in, says nothing, or takes leave.
    #[must_use]
    pub const fn is_of_the_provider(&self) -> bool {
        matches!(self.stage, Stage::Connect | Stage::Tls | Stage::Auth)
            || match self.code {
                None => matches!(self.kind, FailureKind::Temporary),
                Some(code) => code == 421,
            }
    }

    /// Whether it failed for what this very message says or where it goes, so
    /// that others to the same mailbox may fare better.
    #[must_use]
    pub const fn is_of_the_message(&self) -> bool {
        !self.is_of_the_provider() && !matches!(self.stage, Stage::Sender)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            FailureKind::Permanent => "refused for good",
            FailureKind::Temporary => "failed for now",
        };
        write!(f, "{kind} at {}: {}", self.stage.as_str(), self.answer)
    }
}

impl std::error::Error for SendError {}
