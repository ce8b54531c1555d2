//! SMTP to one provider, over a pool of connections.
//!
//! The pool is our own and not lettre's, for three reasons: each step of the
//! conversation is known by name when it fails, a refused recipient does not
//! cost the connection, and `TCP_NODELAY` is set (but for `smtps`, where lettre
//! opens the socket itself). lettre writes the final dot apart from the content,
//! so with Nagle's algorithm on, every mail waits for the other side's delayed
//! acknowledgement (40 ms on Linux); only more connections help there.

mod connection;
mod settings;
mod token;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use thiserror::Error;
use tokio::sync::Semaphore;

use self::connection::Connection;
pub use self::settings::{AuthMechanism, InvalidSmtpUrl, SmtpSettings, Tls};
pub use self::token::{AccessToken, Fetching, TokenEndpoint, TokenSource};
use super::message::OutgoingMessage;
use super::transport::{Accepted, FailureKind, SendError, Stage};

/// An idle connection is closed after this: before common providers do it.
const MAX_IDLE: Duration = Duration::from_secs(45);
/// A connection is replaced after this many messages; some providers insist.
const MAX_MESSAGES: u32 = 100;

/// Settings that cannot be used.
#[derive(Debug, Error)]
pub enum SmtpSetupError {
    /// The file of additional authorities cannot be read.
    #[error("cannot read the authorities in {}: {source}", path.display())]
    ExtraCa {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It holds no certificate.
    #[error("{} holds no PEM certificate", .0.display())]
    NoCertificate(std::path::PathBuf),
    /// TLS cannot be set up.
    #[error("TLS for SMTP cannot be set up: {0}")]
    Tls(String),
}

/// A provider and the connections to it.
pub struct SmtpTransport {
    target: Target,
    /// One permit per connection that may be open.
    permits: Semaphore,
    /// Oldest first; the newest is taken first, so that a quiet pool shrinks.
    idle: Mutex<VecDeque<Connection>>,
}

/// What a new connection needs to know.
struct Target {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
    account: Option<Account>,
}

/// How to sign in.
enum Account {
    /// Always with the same.
    Fixed(Credentials, &'static [Mechanism]),
    /// With a token of the moment.
    Token(String, TokenSource),
}

impl Account {
    async fn credentials(&self) -> Result<(Credentials, &'static [Mechanism]), SendError> {
        match self {
            Self::Fixed(credentials, mechanisms) => Ok((credentials.clone(), mechanisms)),
            Self::Token(username, source) => {
                let token = source.get().await?;
                Ok((Credentials::new(username.clone(), token.expose().to_owned()), &[Mechanism::Xoauth2]))
            }
        }
    }
}

impl SmtpTransport {
    /// Prepares a provider; connects to nothing yet.
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpSetupError> {
        Self::with_tokens(settings, None)
    }

    /// The same, signing in with tokens from somewhere instead of a password.
    pub fn with_tokens(settings: SmtpSettings, tokens: Option<TokenSource>) -> Result<Self, SmtpSetupError> {
        let tls = match settings.tls {
            Tls::Required | Tls::Implicit => Some(tls_parameters(&settings)?),
            Tls::None => None,
        };
        let mechanisms: &'static [Mechanism] = match settings.auth {
            AuthMechanism::Password => &[Mechanism::Plain, Mechanism::Login],
            AuthMechanism::Xoauth2 => &[Mechanism::Xoauth2],
        };
        let account = match (settings.username.clone(), tokens, settings.password.as_ref()) {
            (Some(username), Some(tokens), _) => Some(Account::Token(username, tokens)),
            (Some(username), None, Some(password)) => {
                Some(Account::Fixed(Credentials::new(username, password.expose().to_owned()), mechanisms))
            }
            _ => None,
        };
        let permits = Semaphore::new(settings.pool_size.max(1));
        Ok(Self { target: Target { settings, tls, account }, permits, idle: Mutex::default() })
    }

    /// How it reaches the provider.
    pub(super) const fn settings(&self) -> &SmtpSettings {
        &self.target.settings
    }

    /// Hands one message to the provider.
    ///
    /// A connection from the pool may have died unnoticed; when it breaks
    /// before the provider has heard of the recipient, a new one is tried at once.
    pub async fn send(&self, message: &OutgoingMessage) -> Result<Accepted, SendError> {
        let waited = tokio::time::timeout(self.target.settings.timeout, self.permits.acquire()).await;
        let Ok(Ok(_permit)) = waited else {
            return Err(SendError::new(FailureKind::Temporary, Stage::Connect, "every connection is busy"));
        };
        if let Some(connection) = self.take_idle() {
            let (result, is_worth_another) = self.deliver(connection, message).await;
            if !is_worth_another {
                return result;
            }
        }
        let connection = self.open().await?;
        self.deliver(connection, message).await.0
    }

    /// Opens a connection; once more with another token, when the provider does
    /// not take one that was kept.
    async fn open(&self) -> Result<Connection, SendError> {
        match (Connection::open(&self.target).await, &self.target.account) {
            (Err(error), Some(Account::Token(_, source)))
                if error.stage == Stage::Auth && error.code.is_some() && source.forget() =>
            {
                Connection::open(&self.target).await
            }
            (opened, _) => opened,
        }
    }

    /// Connects, secures the connection and signs in, on a connection of its own.
    pub async fn check(&self) -> Result<Accepted, SendError> {
        let connection = self.open().await?;
        let secured = match self.target.settings.tls {
            Tls::Required => "STARTTLS",
            Tls::Implicit => "TLS",
            Tls::None => "without TLS",
        };
        let signed_in = if self.target.account.is_some() { "signed in" } else { "without signing in" };
        let answer = format!("{} answers, {secured}, {signed_in}", connection.server_name());
        connection.quit().await;
        Ok(Accepted::new(&answer))
    }

    /// Delivers, and keeps the connection if it is still good. Also says
    /// whether the failure is of the connection and not of the message.
    async fn deliver(
        &self,
        mut connection: Connection,
        message: &OutgoingMessage,
    ) -> (Result<Accepted, SendError>, bool) {
        let result = connection.deliver(message).await;
        let broke_early = connection.is_broken() && matches!(&result, Err(SendError { stage: Stage::Sender, .. }));
        if !connection.is_broken() {
            if connection.messages < MAX_MESSAGES {
                self.put_idle(connection);
            } else {
                connection.quit().await;
            }
        }
        (result, broke_early)
    }

    fn take_idle(&self) -> Option<Connection> {
        let now = Instant::now();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| now.duration_since(connection.used_at) < MAX_IDLE);
        idle.pop_back()
    }

    fn put_idle(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push_back(connection);
    }
}

impl std::fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmtpTransport({}:{})", self.target.settings.host, self.target.settings.port)
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, SmtpSetupError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.extra_ca_file {
        let pem = std::fs::read(path).map_err(|source| SmtpSetupError::ExtraCa { path: path.clone(), source })?;
        if !pem.windows(17).any(|window| window == b"BEGIN CERTIFICATE") {
            return Err(SmtpSetupError::NoCertificate(path.clone()));
        }
        let certificate = Certificate::from_pem(&pem).map_err(|error| SmtpSetupError::Tls(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| SmtpSetupError::Tls(error.to_string()))
}
