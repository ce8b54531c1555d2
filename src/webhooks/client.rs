//! One HTTP call to a URL that somebody else chose.
//!
//! The parts of a general client that could be turned against us are not
//! there: no redirects, proxies, cookies, kept connections or compression. A
//! call resolves the name once, judges every address, and connects to one of
//! those addresses; nothing asks for the name a second time.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::guard::{Guard, Refused, Target};
use super::resolve::{Resolve, SystemResolver};
use super::tls::Tls;

/// How long a call may take, from the name to the last byte.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long one address may take to accept the connection; so a dead one does
/// not use up the time of the others.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// How many addresses of a name are tried.
const MOST_ADDRESSES: usize = 4;

/// How much of an answer is read; the rest is left.
pub const MOST_READ: usize = 64 * 1024;

/// Who calls.
const NAME: &str = concat!("rekey/", env!("CARGO_PKG_VERSION"));

/// What came back, whatever it says: a redirect or an error is an answer too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The content, at most [`MOST_READ`] bytes of it.
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub is_complete: bool,
}

impl Answer {
    /// Whether the status is one of success.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// Why there is no answer. Never repeats the URL, which may hold a secret.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The URL may not be called.
    #[error("the URL {0}")]
    Refused(#[from] Refused),
    /// The request cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(String),
    /// The name has no address.
    #[error("the name cannot be resolved")]
    Resolve,
    /// Nobody accepts the connection.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The other side is not who it should be.
    #[error("no TLS: {0}")]
    Tls(String),
    /// It does not speak HTTP, or stopped in the middle.
    #[error("no answer: {0}")]
    Http(String),
    /// Not done in time.
    #[error("no complete answer in time")]
    TimedOut,
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// Makes calls. One per process.
pub struct GuardedClient {
    guard: Guard,
    resolver: Box<dyn Resolve>,
    tls: Tls,
    patience: Duration,
    most_read: usize,
}

impl GuardedClient {
    /// With a guard, a resolver and a PEM file of authorities to trust beside
    /// the machine's.
    #[must_use]
    pub fn new(guard: Guard, resolver: impl Resolve + 'static, ca_file: Option<PathBuf>) -> Self {
        Self { guard, resolver: Box::new(resolver), tls: Tls::new(ca_file), patience: PATIENCE, most_read: MOST_READ }
    }

    /// The same with another time limit.
    #[must_use]
    pub const fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same, reading more of an answer or less, in bytes.
    #[must_use]
    pub const fn reading_at_most(mut self, most: usize) -> Self {
        self.most_read = most;
        self
    }

    /// What decides where calls may go, for checking a URL when it is registered.
    #[must_use]
    pub const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// A URL in the one spelling that is called: names in lower case and in
    /// ASCII, without the port that its scheme means anyway.
    ///
    /// # Errors
    /// Why it could not be called whatever its name resolves to.
    pub fn normalize(&self, url: &str) -> Result<String, Refused> {
        Ok(self.guard.target(url)?.url().to_string())
    }

    /// Looks whether a URL may be called as things are now: what is written in
    /// it, and where its name leads. Nothing is sent, and nothing that is found
    /// out here is relied upon later.
    ///
    /// # Errors
    /// `Refused`, and `Resolve` when the name has no address at the moment.
    pub async fn check(&self, url: &str) -> Result<(), ClientError> {
        let target = self.guard.target(url)?;
        if target.literal().is_none() {
            // Special by name (RFC 6761 § 6.3), whether or not the resolver knows it.
            let here = target.url().domain().is_some_and(names_this_machine);
            let addresses = if here { vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] } else { self.resolve(&target).await? };
            self.guard.judge(&target, &addresses)?;
        }
        Ok(())
    }

    /// Fetches.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Answer, ClientError> {
        self.call(Method::GET, url, headers, Vec::new()).await
    }

    /// Sends a body.
    ///
    /// # Errors
    /// Why there is no answer; the body may have arrived all the same.
    pub async fn post(&self, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer, ClientError> {
        self.call(Method::POST, url, headers, body).await
    }

    async fn call(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ClientError> {
        let target = self.guard.target(url)?;
        let request = request(method, &target, headers, body)?;
        timeout(self.patience, self.exchange(&target, request)).await.unwrap_or(Err(ClientError::TimedOut))
    }

    async fn exchange(&self, target: &Target, request: Request<Full<Bytes>>) -> Result<Answer, ClientError> {
        let addresses = match target.literal() {
            Some(address) => vec![address],
            None => self.resolve(target).await?,
        };
        self.guard.judge(target, &addresses)?;
        let stream = connect(&addresses, target.port()).await?;
        if target.is_https() {
            converse(self.tls.secure(stream, target.host()).await?, request, self.most_read).await
        } else {
            converse(stream, request, self.most_read).await
        }
    }

    async fn resolve(&self, target: &Target) -> Result<Vec<IpAddr>, ClientError> {
        let name = target.url().host_str().unwrap_or_default();
        let addresses = self.resolver.resolve(name).await.map_err(|_| ClientError::Resolve)?;
        if addresses.is_empty() { Err(ClientError::Resolve) } else { Ok(addresses) }
    }
}

/// Calls nothing but the public internet.
impl Default for GuardedClient {
    fn default() -> Self {
        Self::new(Guard::default(), SystemResolver, None)
    }
}

impl std::fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GuardedClient").field("guard", &self.guard).finish_non_exhaustive()
    }
}

fn names_this_machine(domain: &str) -> bool {
    let name = domain.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

fn request(
    method: Method,
    target: &Target,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Request<Full<Bytes>>, ClientError> {
    let url = target.url();
    let wrong = |error: &dyn std::fmt::Display| ClientError::Request(error.to_string());
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, host)
        .header(USER_AGENT, NAME)
        .header(ACCEPT, "*/*")
        .header(CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| wrong(&error))?;
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| wrong(&error))?;
        request.headers_mut().insert(name, HeaderValue::from_str(value).map_err(|error| wrong(&error))?);
    }
    Ok(request)
}

/// Connects to the first of the judged addresses that answers.
async fn connect(addresses: &[IpAddr], port: u16) -> Result<TcpStream, ClientError> {
    let mut why = String::new();
    for address in addresses.iter().take(MOST_ADDRESSES) {
        match timeout(CONNECT_PATIENCE, TcpStream::connect(SocketAddr::new(*address, port))).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true).map_err(|error| ClientError::Connect(error.to_string()))?;
                return Ok(stream);
            }
            Ok(Err(error)) => why = error.to_string(),
            Err(_) => "nobody answers".clone_into(&mut why),
        }
    }
    Err(ClientError::Connect(why))
}

/// One request and its answer. The connection is driven here and not in a
/// task of its own, so that it ends with the call.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Answer, ClientError> {
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MOST_READ)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| failure(&error))?;
    let answer = async move {
        let response = sender.send_request(request).await.map_err(|error| failure(&error))?;
        read(response, most).await
    };
    drive(answer, connection).await
}

async fn drive<T>(answer: impl Future<Output = T>, connection: impl Future) -> T {
    match select(pin!(answer), pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        // All is read from the socket; what is left waits for the reader.
        Either::Right((_, answer)) => answer.await,
    }
}

async fn read(response: Response<Incoming>, most: usize) -> Result<Answer, ClientError> {
    let status = response.status().as_u16();
    let mut incoming = response.into_body();
    let mut body = Vec::new();
    while let Some(frame) = incoming.frame().await {
        let Ok(data) = frame.map_err(|error| failure(&error))?.into_data() else { continue };
        let room = most - body.len();
        body.extend_from_slice(data.get(..room).unwrap_or(&data));
        if data.len() > room {
            return Ok(Answer { status, body, is_complete: false });
        }
    }
    Ok(Answer { status, body, is_complete: true })
}

fn failure(error: &hyper::Error) -> ClientError {
    ClientError::Http(error.to_string())
}

#[cfg(test)]
mod tests;
