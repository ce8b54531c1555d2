//! A small HTTP/1.1 client: one keep-alive connection, one request at a time. It does as little
//! as possible, so that the two cores go to the server.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::Outcome;

/// An answer later than this fails the call.
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_ANSWER: usize = 1 << 20;

/// A request that is ready to be written.
#[derive(Debug, Clone)]
pub struct Request(Vec<u8>);

impl Request {
    pub fn get(path: &str) -> Self {
        Self::get_with(path, None)
    }

    /// With an API key, if there is one.
    pub fn get_with(path: &str, api_key: Option<&str>) -> Self {
        let authorization = authorization(api_key);
        Self(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}\r\n").into_bytes())
    }

    /// A JSON `POST`; with an API key, if there is one.
    pub fn post(path: &str, api_key: Option<&str>, body: &serde_json::Value) -> Self {
        Self::with_body("POST", path, api_key, body)
    }

    /// The same with another method.
    pub fn with_body(method: &str, path: &str, api_key: Option<&str>, body: &serde_json::Value) -> Self {
        let body = body.to_string();
        let (authorization, length) = (authorization(api_key), body.len());
        Self(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}Content-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            )
            .into_bytes(),
        )
    }
}

fn authorization(api_key: Option<&str>) -> String {
    api_key.map(|key| format!("Authorization: Bearer {key}\r\n")).unwrap_or_default()
}

/// The parts of an answer that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; an answer with another status than expected is an error that quotes it.
    pub fn json(&self, expected: u16) -> Outcome<serde_json::Value> {
        if self.status != expected {
            return Err(self.to_string().into());
        }
        Ok(serde_json::from_slice(&self.body)?)
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        write!(f, "{} {body}", self.status)
    }
}

/// One connection to the server under test.
pub struct Connection {
    server: SocketAddr,
    stream: Option<TcpStream>,
    read: Vec<u8>,
}

impl Connection {
    pub fn new(server: SocketAddr) -> Self {
        Self { server, stream: None, read: Vec::with_capacity(4096) }
    }

    /// Sends a request and reads its answer; connects first where needed.
    pub async fn call(&mut self, request: &Request) -> Outcome<Answer> {
        let result =
            timeout(PATIENCE, self.exchange(request)).await.unwrap_or_else(|_| Err("no answer in 30 s".into()));
        if result.is_err() {
            self.stream = None;
        }
        result
    }

    async fn exchange(&mut self, request: &Request) -> Outcome<Answer> {
        let stream = if let Some(stream) = &mut self.stream {
            stream
        } else {
            let stream = TcpStream::connect(self.server).await?;
            stream.set_nodelay(true)?;
            self.read.clear();
            self.stream.insert(stream)
        };
        stream.write_all(&request.0).await?;
        let head = loop {
            if let Some(head) = parse_head(&self.read)? {
                break head;
            }
            fill(stream, &mut self.read).await?;
        };
        let end = head.length + head.body;
        while self.read.len() < end {
            fill(stream, &mut self.read).await?;
        }
        let body = self.read.get(head.length..end).unwrap_or_default().to_vec();
        self.read.drain(..end);
        if head.closes {
            self.stream = None;
        }
        Ok(Answer { status: head.status, body })
    }
}

async fn fill(stream: &mut TcpStream, read: &mut Vec<u8>) -> Outcome<()> {
    if read.len() > LONGEST_ANSWER {
        return Err("an answer longer than 1 MiB".into());
    }
    if stream.read_buf(read).await? == 0 {
        return Err("the server closed the connection".into());
    }
    Ok(())
}

/// What the head of an answer says.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    pub status: u16,
    /// Bytes of the head, with the empty line.
    pub length: usize,
    /// Bytes of the body.
    pub body: usize,
    pub closes: bool,
}

/// The head of an answer, or none while it is incomplete.
pub fn parse_head(bytes: &[u8]) -> Outcome<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("an answer without a status")?.parse()?;
    let (mut body, mut closes) = (0, false);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            body = value.parse()?;
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err("a chunked answer; the calls measured here answer with a length".into());
        }
    }
    Ok(Some(Head { status, length: end + 4, body, closes }))
}

/// The length that the head of a request declares; zero when it declares none.
pub fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head);
    let mut fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let value = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    value.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or_default()
}
