//! A small SMTP server on a real socket. It records the bytes on the wire as
//! they came, and does what a script tells it to do wrong.

#[path = "smtp_moods.rs"]
mod moods;
#[path = "smtp_received.rs"]
mod received;

pub use moods::{Fault, Mood, Security, Step};
pub use received::Received;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// What became of a step.
enum Turn {
    Goes,
    Says(&'static str),
    HangsUp,
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Received>>,
    arrived: Notify,
    script: Mutex<VecDeque<Fault>>,
    password: Mutex<Option<String>>,
    token: Mutex<Option<String>>,
    mood: Mutex<Option<Mood>>,
    delay: Mutex<Duration>,
    stalls: AtomicUsize,
    closing: Notify,
    connections: AtomicUsize,
}

impl State {
    async fn stall<T>(&self) -> T {
        self.stalls.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }

    /// What the mood of the moment does to a step; waits as long as an answer
    /// takes here.
    async fn turn(&self, step: Step) -> Turn {
        let (mood, delay) = (*self.mood.lock().unwrap(), *self.delay.lock().unwrap());
        if !delay.is_zero() && step != Step::Taken {
            tokio::time::sleep(delay).await;
        }
        match mood {
            Some(Mood::Stalls(at)) if at == step => self.stall().await,
            Some(Mood::HangsUp(at)) if at == step => Turn::HangsUp,
            Some(Mood::Says(at, answer)) if at == step => Turn::Says(answer),
            _ => Turn::Goes,
        }
    }
}

/// A running server; it ends when dropped.
pub struct SmtpServer {
    address: SocketAddr,
    security: Security,
    state: Arc<State>,
    task: JoinHandle<()>,
    ca: tempfile::TempDir,
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpServer {
    /// Starts one without TLS on a free port.
    pub async fn start() -> Self {
        Self::start_with(Security::Plain).await
    }

    /// Starts one on a free port of 127.0.0.1, with a certificate for
    /// `localhost` by an authority of its own.
    #[expect(clippy::disallowed_methods, reason = "a test server ends with the test")]
    pub async fn start_with(security: Security) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let ca = tempfile::tempdir().unwrap();
        let acceptor = acceptor(ca.path());
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
                let (state, acceptor) = (Arc::clone(&shared), acceptor.clone());
                tokio::spawn(async move {
                    let mut talk = Talk::new(state, number);
                    if security == Security::Implicit {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        talk.secure = true;
                        let _ = talk.run(stream, security, true).await;
                        return;
                    }
                    let Ok(End::StartTls(stream)) = talk.run(stream, security, true).await else { return };
                    if let Ok(stream) = acceptor.accept(stream).await {
                        talk.secure = true;
                        let _ = talk.run(stream, security, false).await;
                    }
                });
            }
        });
        Self { address, security, state, task, ca }
    }

    /// Where it listens, with the scheme that fits.
    pub fn url(&self) -> String {
        let port = self.address.port();
        match self.security {
            Security::Plain => format!("smtp://127.0.0.1:{port}"),
            Security::StartTls => format!("smtp://localhost:{port}?tls=starttls"),
            Security::Implicit => format!("smtps://localhost:{port}"),
        }
    }

    /// The PEM file of its authority.
    pub fn ca_file(&self) -> PathBuf {
        self.ca.path().join("ca.pem")
    }

    /// The next mails go wrong like this, one fault each.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.script.lock().unwrap().extend(faults);
    }

    /// Wants a sign-in with this password from now on.
    pub fn require_password(&self, password: &str) {
        *self.state.password.lock().unwrap() = Some(password.to_owned());
    }

    /// Wants a sign-in with this access token from now on.
    pub fn require_token(&self, token: &str) {
        *self.state.token.lock().unwrap() = Some(token.to_owned());
    }

    /// Is like this from now on.
    pub fn is(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = Some(mood);
    }

    /// Takes so long for every answer from now on.
    pub fn takes(&self, delay: Duration) {
        *self.state.delay.lock().unwrap() = delay;
    }

    /// Closes the connections that wait for their next mail.
    pub fn hang_up(&self) {
        self.state.closing.notify_waiters();
    }

    /// How often it has stalled so far because of its mood.
    pub fn stalls(&self) -> usize {
        self.state.stalls.load(Ordering::SeqCst)
    }

    /// Forgets the mails that were taken.
    pub fn forget(&self) {
        self.state.received.lock().unwrap().clear();
    }

    /// Every mail that was taken so far.
    pub fn messages(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Waits until `count` mails were taken.
    ///
    /// # Panics
    /// When that takes longer than `limit`.
    pub async fn wait_for(&self, count: usize, limit: Duration) -> Vec<Received> {
        let arrival = async {
            loop {
                let arrived = self.state.arrived.notified();
                if self.messages().len() >= count {
                    return self.messages();
                }
                arrived.await;
            }
        };
        let Ok(messages) = tokio::time::timeout(limit, arrival).await else {
            panic!("{} of {count} mails arrived in {limit:?}", self.messages().len());
        };
        messages
    }
}

fn acceptor(folder: &Path) -> TlsAcceptor {
    let ca_key = rcgen::KeyPair::generate().unwrap();
    let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca_certificate = ca.self_signed(&ca_key).unwrap();
    std::fs::write(folder.join("ca.pem"), ca_certificate.pem()).unwrap();
    let issuer = rcgen::Issuer::new(ca, ca_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// How a conversation ended.
enum End<S> {
    Over,
    StartTls(S),
}

/// One conversation.
struct Talk {
    state: Arc<State>,
    connection: usize,
    secure: bool,
    signed_in_as: Option<String>,
    from: String,
    to: Vec<String>,
    fault: Fault,
}

impl Talk {
    fn new(state: Arc<State>, connection: usize) -> Self {
        Self {
            state,
            connection,
            secure: false,
            signed_in_as: None,
            from: String::new(),
            to: Vec::new(),
            fault: Fault::None,
        }
    }

    async fn run<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: S,
        security: Security,
        greet: bool,
    ) -> std::io::Result<End<S>> {
        let mut stream = BufReader::new(stream);
        if greet {
            let greeting = match self.state.turn(Step::Greeting).await {
                Turn::Goes => "220 test.invalid ESMTP",
                Turn::Says(answer) => answer,
                Turn::HangsUp => return Ok(End::Over),
            };
            stream.write_all(format!("{greeting}\r\n").as_bytes()).await?;
        }
        let mut line = String::new();
        loop {
            line.clear();
            stream.flush().await?;
            let read = tokio::select! {
                read = stream.read_line(&mut line) => read?,
                () = self.state.closing.notified() => 0,
            };
            if read == 0 {
                return Ok(End::Over);
            }
            let verb = line.split([' ', ':', '\r']).next().unwrap_or_default().to_ascii_uppercase();
            let turn = match Step::of(&verb) {
                Some(step) => self.state.turn(step).await,
                None => Turn::Goes,
            };
            match turn {
                Turn::Goes => {}
                Turn::HangsUp => return Ok(End::Over),
                Turn::Says(answer) => {
                    stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
                    continue;
                }
            }
            let answer = match verb.as_str() {
                "EHLO" => self.greeting(security),
                "STARTTLS" => {
                    stream.write_all(b"220 go on\r\n").await?;
                    stream.flush().await?;
                    return Ok(End::StartTls(stream.into_inner()));
                }
                "AUTH" => self.sign_in(&line),
                "MAIL" => self.sender(&line),
                "RCPT" if self.fault == Fault::Stall => std::future::pending().await,
                "RCPT" => self.recipient(&line),
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    stream.flush().await?;
                    match self.content(&mut stream).await? {
                        Some(answer) => answer,
                        None => return Ok(End::Over),
                    }
                }
                "RSET" | "NOOP" => "250 ok".to_owned(),
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    stream.flush().await?;
                    return Ok(End::Over);
                }
                _ => "502 what?".to_owned(),
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            if verb == "DATA" && self.fault == Fault::HangUpAfterwards {
                stream.flush().await?;
                return Ok(End::Over);
            }
        }
    }

    fn greeting(&self, security: Security) -> String {
        let starttls = if security == Security::StartTls && !self.secure { "250-STARTTLS\r\n" } else { "" };
        format!("250-test.invalid\r\n{starttls}250-AUTH PLAIN LOGIN XOAUTH2\r\n250 8BITMIME")
    }

    fn sign_in(&mut self, line: &str) -> String {
        use base64::Engine as _;
        let token = line.trim().rsplit(' ').next().unwrap_or_default();
        let decoded = base64::engine::general_purpose::STANDARD.decode(token).unwrap_or_default();
        let text = String::from_utf8(decoded).unwrap_or_default();
        if line.to_uppercase().starts_with("AUTH XOAUTH2") {
            let mut parts = text.split('\u{1}');
            let user = parts.next().unwrap_or_default().strip_prefix("user=").unwrap_or_default();
            let token = parts.next().unwrap_or_default().strip_prefix("auth=Bearer ").unwrap_or_default();
            if self.state.token.lock().unwrap().as_deref() == Some(token) {
                self.signed_in_as = Some(user.to_owned());
                return "235 welcome".to_owned();
            }
            return "535 5.7.8 the token is not good".to_owned();
        }
        let mut parts = text.split('\0').skip(1);
        let (user, password) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if self.state.password.lock().unwrap().as_deref() == Some(password) {
            self.signed_in_as = Some(user.to_owned());
            return "235 welcome".to_owned();
        }
        "535 5.7.8 wrong user or password".to_owned()
    }

    fn sender(&mut self, line: &str) -> String {
        self.fault = self.state.script.lock().unwrap().pop_front().unwrap_or(Fault::None);
        self.from = between_brackets(line);
        self.to.clear();
        let closed = self.state.password.lock().unwrap().is_some() || self.state.token.lock().unwrap().is_some();
        if closed && self.signed_in_as.is_none() {
            return "530 5.7.0 sign in first".to_owned();
        }
        if let Fault::Sender(answer) = self.fault { answer.to_owned() } else { "250 ok".to_owned() }
    }

    fn recipient(&mut self, line: &str) -> String {
        if let Fault::Recipient(answer) = self.fault {
            return answer.to_owned();
        }
        self.to.push(between_brackets(line));
        "250 ok".to_owned()
    }

    /// Whether the mood ends the content in the middle.
    async fn is_cut_off(&self) -> bool {
        let mood = *self.state.mood.lock().unwrap();
        match mood {
            Some(Mood::Stalls(Step::MidContent)) => self.state.stall().await,
            Some(Mood::HangsUp(Step::MidContent)) => true,
            _ => false,
        }
    }

    /// Reads up to the line that holds nothing but a dot; only CRLF ends a line.
    async fn content<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
    ) -> std::io::Result<Option<String>> {
        let mut wire = Vec::new();
        while !wire.ends_with(b"\r\n.\r\n") {
            if stream.read_until(b'\n', &mut wire).await? == 0 || self.fault == Fault::DropDuringData {
                return Ok(None);
            }
            if wire.len() > 10 && !wire.ends_with(b"\r\n.\r\n") && self.is_cut_off().await {
                return Ok(None);
            }
        }
        if let Fault::Content(answer) = self.fault {
            return Ok(Some(answer.to_owned()));
        }
        match self.state.turn(Step::Content).await {
            Turn::Goes => {}
            Turn::HangsUp => return Ok(None),
            Turn::Says(answer) => return Ok(Some(answer.to_owned())),
        }
        let received = Received {
            from: self.from.clone(),
            to: self.to.clone(),
            wire,
            connection: self.connection,
            secure: self.secure,
            signed_in_as: self.signed_in_as.clone(),
        };
        let number = {
            let mut all = self.state.received.lock().unwrap();
            all.push(received);
            all.len()
        };
        self.state.arrived.notify_waiters();
        match self.state.turn(Step::Taken).await {
            Turn::Goes => {}
            Turn::HangsUp => return Ok(None),
            Turn::Says(answer) => return Ok(Some(answer.to_owned())),
        }
        Ok(Some(format!("250 2.0.0 taken as {number}")))
    }
}

fn between_brackets(line: &str) -> String {
    let start = line.find('<').map_or(0, |at| at + 1);
    let end = line.find('>').unwrap_or(line.len());
    line[start..end].to_owned()
}
