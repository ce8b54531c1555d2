//! Somebody else's identity provider: keys, tokens, and a web server on this
//! machine that publishes the keys, or fails to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::app::TestApp;

/// What the provider calls itself.
pub const ISSUER: &str = "https://id.example.test";
/// What it calls rekey.
pub const AUDIENCE: &str = "rekey-shop";

/// A key that signs.
pub struct Key {
    /// Its name.
    pub kid: String,
    key: EncodingKey,
}

impl Key {
    /// A new one.
    pub fn new(kid: &str) -> Self {
        let pair = rcgen::KeyPair::generate().unwrap();
        Self { kid: kid.to_owned(), key: EncodingKey::from_ec_der(&pair.serialize_der()) }
    }

    /// Its published half.
    pub fn jwk(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.key, Algorithm::ES256).unwrap()).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// Signs claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &self.key).unwrap()
    }
}

/// Signs claims with a key that everybody knows.
pub fn sign_symmetric(kid: &str, secret: &[u8], claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
}

/// The claims of a token that holds, for a subject.
pub fn claims(app: &TestApp, subject: &str) -> Value {
    let now = app.now().as_seconds();
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 300})
}

/// What the web server does.
#[derive(Clone)]
enum Mood {
    Answers(String),
    Hangs,
}

/// The web server.
pub struct IdentityProvider {
    address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    connected: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl IdentityProvider {
    /// Starts one that publishes these keys.
    pub async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mood = Arc::new(Mutex::new(Mood::Hangs));
        let connected = Arc::new(AtomicUsize::new(0));
        let (shared, counter) = (Arc::clone(&mood), Arc::clone(&connected));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let mood = shared.lock().unwrap().clone();
                tokio::spawn(serve(stream, mood));
            }
        });
        let provider = Self { address, mood, connected, task };
        provider.publishes(keys);
        provider
    }

    /// Where the keys are.
    pub fn jwks_url(&self) -> String {
        format!("http://{}/keys?secret-of-the-url=1", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How often somebody has connected.
    pub fn connections(&self) -> usize {
        self.connected.load(Ordering::SeqCst)
    }

    /// From now on publishes these keys.
    pub fn publishes(&self, keys: &[&Key]) {
        let body = json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}).to_string();
        self.answers(&format!(
            "200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
    }

    /// From now on answers with this status line, these headers and this body.
    pub fn answers(&self, rest: &str) {
        *self.mood.lock().unwrap() = Mood::Answers(format!("HTTP/1.1 {rest}"));
    }

    /// From now on fails.
    pub fn fails(&self) {
        self.answers("500 Internal Server Error\r\ncontent-length: 0\r\n\r\n");
    }

    /// From now on accepts connections and says nothing.
    pub fn hangs(&self) {
        *self.mood.lock().unwrap() = Mood::Hangs;
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, mood: Mood) {
    let (mut request, mut chunk) = (Vec::new(), [0; 1024]);
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => request.extend_from_slice(&chunk[..read]),
            _ => return,
        }
    }
    match mood {
        Mood::Answers(answer) => {
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Mood::Hangs => tokio::time::sleep(Duration::from_secs(60)).await,
    }
}
