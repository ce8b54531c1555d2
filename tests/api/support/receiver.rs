//! A webhook receiver on a real socket: it keeps what came and answers as a
//! script tells it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rekey::domain::secret::hex;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How one request is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// With a status.
    Status(u16),
    /// With success and this JSON.
    Json(&'static str),
    /// With a redirect to a path of this receiver.
    Redirect(&'static str),
    /// With more content than anybody should read.
    Endless,
    /// With success, after a while.
    Late(Duration),
    /// Not at all.
    Never,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// The first line.
    pub line: String,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The raw body.
    pub body: Vec<u8>,
}

impl Request {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The time in the signature, in milliseconds.
    pub fn signed_at(&self) -> i64 {
        let header = &self.headers["workos-signature"];
        header.strip_prefix("t=").unwrap().split_once(", v1=").unwrap().0.parse().unwrap()
    }

    /// Whether the signature is right, worked out as receivers do.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let header = &self.headers["workos-signature"];
        let (time, signature) = header.strip_prefix("t=").unwrap().split_once(", v1=").unwrap();
        let signed = [time.as_bytes(), b".", &self.body].concat();
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(signed);
        hex(&mac.finalize().into_bytes()) == signature
    }
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Request>>,
    script: Mutex<VecDeque<Reply>>,
    otherwise: Mutex<Option<Reply>>,
}

/// A running receiver; it ends when dropped.
pub struct Receiver {
    port: u16,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Receiver {
    /// One that acknowledges everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { serve(stream, &state).await });
            }
        });
        Self { port, state, accepting }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook?from=rekey", self.port)
    }

    /// Answers the next requests so, and all others with success.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.script.lock().unwrap().extend(replies);
    }

    /// Answers every request so that no script answers.
    pub fn always(&self, reply: Reply) {
        *self.state.otherwise.lock().unwrap() = Some(reply);
    }

    /// What has come so far.
    pub fn received(&self) -> Vec<Request> {
        self.state.received.lock().unwrap().clone()
    }

    /// The ids of the events that have come, in the order in which they came.
    pub fn event_ids(&self) -> Vec<String> {
        self.received().iter().map(|request| request.json()["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The kinds of the events that have come, sorted.
    pub fn kinds(&self) -> Vec<String> {
        let requests = self.received();
        let mut kinds: Vec<_> =
            requests.iter().map(|request| request.json()["event"].as_str().unwrap().to_owned()).collect();
        kinds.sort_unstable();
        kinds
    }
}

async fn serve(stream: TcpStream, state: &State) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    state.received.lock().unwrap().push(Request { line: line.trim_end().to_owned(), headers, body });
    let scripted = state.script.lock().unwrap().pop_front();
    let reply = scripted.or_else(|| state.otherwise.lock().unwrap().clone()).unwrap_or(Reply::Status(204));
    match reply {
        Reply::Status(status) => answer(&mut stream, &format!("{status} X"), "").await,
        Reply::Json(body) => {
            let (length, kind) = (body.len(), "content-type: application/json");
            let text =
                format!("HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(text.as_bytes()).await.ok()
        }
        Reply::Redirect(path) => answer(&mut stream, "302 Found", &format!("location: {path}\r\n")).await,
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.ok()?;
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
            Some(())
        }
        Reply::Late(by) => {
            tokio::time::sleep(by).await;
            answer(&mut stream, "204 X", "").await
        }
        Reply::Never => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Some(())
        }
    }
}

async fn answer(stream: &mut BufReader<TcpStream>, status: &str, headers: &str) -> Option<()> {
    let text = format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(text.as_bytes()).await.ok()
}
