//! A mail server that takes everything: it counts the mails and keeps the tokens of the latest
//! links. It acknowledges the way Linux does by default (delayed ACKs), like a receiver out there.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::Outcome;

/// How many tokens are kept; older ones are forgotten.
const KEPT: usize = 1000;

/// What has arrived.
#[derive(Default)]
pub struct Inbox {
    mails: AtomicU64,
    connections: AtomicU64,
    tokens: Mutex<VecDeque<String>>,
}

impl Inbox {
    /// Mails accepted so far.
    pub fn mails(&self) -> u64 {
        self.mails.load(Ordering::Relaxed)
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// The tokens of the latest links, oldest first.
    pub fn tokens(&self) -> Vec<String> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn take(&self, mail: &str) {
        self.mails.fetch_add(1, Ordering::Relaxed);
        if let Some(token) = token_of(mail) {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            if tokens.len() == KEPT {
                tokens.pop_front();
            }
            tokens.push_back(token);
        }
    }

    /// Waits until no mail has arrived for a second, or until the patience ends. Answers how
    /// many mails came and how long the last of them took.
    pub async fn settle(&self, patience: Duration) -> (u64, Duration) {
        let (start, before) = (Instant::now(), self.mails());
        let (mut count, mut last) = (before, start);
        while start.elapsed() < patience && last.elapsed() < Duration::from_secs(1) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let now = self.mails();
            if now != count {
                (count, last) = (now, Instant::now());
            }
        }
        (count - before, last - start)
    }
}

/// A running sink; it ends when it is dropped.
pub struct Sink {
    pub address: SocketAddr,
    pub inbox: Arc<Inbox>,
    _tasks: JoinSet<()>,
}

impl Sink {
    /// One that takes `delay` for each answer.
    pub async fn start(delay: Duration) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let inbox = Arc::new(Inbox::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&inbox), delay));
        Ok(Self { address, inbox, _tasks: tasks })
    }
}

async fn accept(listener: TcpListener, inbox: Arc<Inbox>, delay: Duration) {
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        inbox.connections.fetch_add(1, Ordering::Relaxed);
        let inbox = Arc::clone(&inbox);
        sessions.spawn(async move {
            // A client that hangs up in the middle is its own affair.
            drop(session(stream, &inbox, delay).await);
        });
        while sessions.try_join_next().is_some() {}
    }
}

async fn session(stream: TcpStream, inbox: &Inbox, delay: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink ESMTP\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let verb: String = line.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                inbox.take(&data(&mut stream).await?);
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                b"250 taken\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            "HELO" | "MAIL" | "RCPT" | "RSET" | "NOOP" => b"250 ok\r\n",
            _ => b"502 not here\r\n",
        };
        stream.write_all(answer).await?;
    }
}

/// The lines of a mail up to the final dot; at most 1 MiB is kept.
async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 || line == b".\r\n" {
            return Ok(mail);
        }
        if mail.len() < 1 << 20 {
            mail.push_str(&String::from_utf8_lossy(&line));
        }
    }
}

/// The token of the first link in a mail, quoted-printable or plain.
pub fn token_of(mail: &str) -> Option<String> {
    let unfolded = mail.replace("=\r\n", "").replace("=3D", "=");
    let (_, rest) = unfolded.split_once("token=")?;
    let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!token.is_empty()).then_some(token)
}
