//! One connection to a provider and one conversation on it.

use std::future::Future;
use std::time::{Duration, Instant};

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{Error, response::Severity};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Target, Tls};
use crate::mail::message::OutgoingMessage;
use crate::mail::transport::{Accepted, FailureKind, SendError, Stage};

/// How much longer than other answers the one to the content may take.
const CONTENT_PATIENCE: u32 = 4;

/// An open connection, secured and signed in as asked.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    patience: Duration,
    broken: bool,
    /// Messages it has carried.
    pub(super) messages: u32,
    /// When it was last used.
    pub(super) used_at: Instant,
}

impl Connection {
    /// Connects, secures and signs in. Whatever fails here says nothing about
    /// a message, so it is always a failure for now.
    pub(super) async fn open(target: &Target) -> Result<Self, SendError> {
        let settings = &target.settings;
        let patience = settings.timeout;
        let hello = ClientId::default();
        let mut smtp = if let (Tls::Implicit, Some(tls)) = (settings.tls, &target.tls) {
            let address = (settings.host.as_str(), settings.port);
            let opening = AsyncSmtpConnection::connect_tokio1(address, Some(patience), &hello, Some(tls.clone()), None);
            within(patience, Stage::Tls, opening).await?
        } else {
            let stream = connect(&settings.host, settings.port, patience).await?;
            let opening = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
            within(patience, Stage::Connect, opening).await?
        };
        if let (Tls::Required, Some(tls)) = (settings.tls, &target.tls) {
            within(patience, Stage::Tls, smtp.starttls(tls.clone(), &hello)).await?;
        }
        if let Some(account) = &target.account {
            let (credentials, mechanisms) = account.credentials().await?;
            within(patience, Stage::Auth, smtp.auth(mechanisms, &credentials)).await?;
        }
        Ok(Self { smtp, patience, broken: false, messages: 0, used_at: Instant::now() })
    }

    /// Delivers one message to its one recipient.
    pub(super) async fn deliver(&mut self, message: &OutgoingMessage) -> Result<Accepted, SendError> {
        let envelope = &message.envelope;
        let mut parameters = Vec::new();
        if envelope.from().into_iter().chain(envelope.to()).any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                let answer = "the provider does not take addresses with letters beyond ASCII";
                return Err(SendError::new(FailureKind::Permanent, Stage::Recipient, answer));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let patience = self.patience;
        let answer = timeout(patience, self.smtp.command(Mail::new(envelope.from().cloned(), parameters))).await;
        self.judge(Stage::Sender, answer).await?;
        for recipient in envelope.to() {
            let answer = timeout(patience, self.smtp.command(Rcpt::new(recipient.clone(), Vec::new()))).await;
            self.judge(Stage::Recipient, answer).await?;
        }
        let answer = timeout(patience, self.smtp.command(Data)).await;
        self.judge(Stage::Content, answer).await?;
        // lettre ends the last line itself; with ours it would add an empty one.
        let content = message.raw().strip_suffix(b"\r\n").unwrap_or(message.raw());
        let answer = timeout(patience * CONTENT_PATIENCE, self.smtp.message(content)).await;
        let accepted = self.judge(Stage::Content, answer).await?;
        self.messages += 1;
        self.used_at = Instant::now();
        Ok(Accepted::new(&words(&accepted)))
    }

    /// Whether it may not be used again.
    pub(super) const fn is_broken(&self) -> bool {
        self.broken
    }

    /// What the server calls itself.
    pub(super) fn server_name(&self) -> &str {
        self.smtp.server_info().name()
    }

    /// Takes leave; nothing depends on the answer.
    pub(super) async fn quit(mut self) {
        let _ = timeout(self.patience, self.smtp.quit()).await;
    }

    /// Turns an answer into a verdict. After a refusal the conversation is
    /// reset, so that the connection can carry the next message.
    async fn judge(&mut self, stage: Stage, answer: Answer) -> Result<Response, SendError> {
        let error = match answer {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => error,
            Err(_) => {
                self.broken = true;
                return Err(timed_out(stage));
            }
        };
        let is_farewell = error.status().is_none_or(|code| code.to_string() == "421");
        self.broken = is_farewell || !matches!(timeout(self.patience, self.smtp.command(Rset)).await, Ok(Ok(_)));
        self.used_at = Instant::now();
        Err(failure(stage, &error))
    }
}

type Answer = Result<Result<Response, Error>, tokio::time::error::Elapsed>;

/// Connects to the first address that answers, with Nagle's algorithm off.
async fn connect(host: &str, port: u16, patience: Duration) -> Result<TcpStream, SendError> {
    let failed = |answer: &str| SendError::new(FailureKind::Temporary, Stage::Connect, answer);
    match timeout(patience, TcpStream::connect((host, port))).await {
        Ok(Ok(stream)) => {
            stream.set_nodelay(true).map_err(|error| failed(&error.to_string()))?;
            Ok(stream)
        }
        Ok(Err(error)) => Err(failed(&error.to_string())),
        Err(_) => Err(timed_out(Stage::Connect)),
    }
}

async fn within<T>(
    patience: Duration,
    stage: Stage,
    step: impl Future<Output = Result<T, Error>>,
) -> Result<T, SendError> {
    match timeout(patience, step).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failure(stage, &error)),
        Err(_) => Err(timed_out(stage)),
    }
}

fn timed_out(stage: Stage) -> SendError {
    SendError::new(FailureKind::Temporary, stage, "no answer in time")
}

/// Only a 5xx about the recipient or the content is about this message. One
/// before that is about us, our sender or our account: somebody can mend it.
fn failure(stage: Stage, error: &Error) -> SendError {
    let is_about_the_message = matches!(stage, Stage::Recipient | Stage::Content);
    let is_final = error.status().is_some_and(|code| code.severity == Severity::PermanentNegativeCompletion);
    let kind = if is_final && is_about_the_message { FailureKind::Permanent } else { FailureKind::Temporary };
    let reason = std::error::Error::source(error).map(ToString::to_string);
    let answer = match (error.status(), reason) {
        (Some(code), Some(reason)) => format!("{code} {reason}"),
        (Some(code), None) => code.to_string(),
        (None, _) => error.to_string(),
    };
    let error_of = SendError::new(kind, stage, &answer);
    match error.status().and_then(|code| code.to_string().parse().ok()) {
        Some(code) => error_of.with_code(code),
        None => error_of,
    }
}

fn words(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), lines.join(" "))
}
