//! What a mail server can do wrong, and how it secures its connections.

/// What goes wrong with one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// This answer to MAIL.
    Sender(&'static str),
    /// This answer to RCPT.
    Recipient(&'static str),
    /// This answer to the content.
    Content(&'static str),
    /// The connection ends in the middle of the content.
    DropDuringData,
    /// RCPT is never answered.
    Stall,
    /// The mail is taken, and the connection closed without a word.
    HangUpAfterwards,
}

/// A step of a conversation, before the server answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The connection is there.
    Greeting,
    /// EHLO.
    Hello,
    /// MAIL.
    Sender,
    /// RCPT.
    Recipient,
    /// DATA.
    Data,
    /// The content has begun.
    MidContent,
    /// The content is complete.
    Content,
    /// The mail is taken, and the client does not know it yet.
    Taken,
}

impl Step {
    /// Every step, in their order.
    pub const ALL: [Self; 8] = [
        Self::Greeting,
        Self::Hello,
        Self::Sender,
        Self::Recipient,
        Self::Data,
        Self::MidContent,
        Self::Content,
        Self::Taken,
    ];

    /// The step that a command is.
    pub fn of(verb: &str) -> Option<Self> {
        match verb {
            "EHLO" => Some(Self::Hello),
            "MAIL" => Some(Self::Sender),
            "RCPT" => Some(Self::Recipient),
            "DATA" => Some(Self::Data),
            _ => None,
        }
    }
}

/// How the server is, until it is told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Well.
    Well,
    /// It says nothing more from this step on.
    Stalls(Step),
    /// It closes the connection at this step.
    HangsUp(Step),
    /// It answers this to this step.
    Says(Step, &'static str),
}

/// How the server secures its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Plain,
    /// After STARTTLS.
    StartTls,
    /// From the first byte.
    Implicit,
}
