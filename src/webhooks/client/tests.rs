//! Calls over real sockets on this machine.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener as Listener, TcpStream as Stream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::webhooks::resolve::Resolving;

/// A server on this machine: its port, and how many have connected.
struct Server {
    port: u16,
    connected: Arc<AtomicUsize>,
}

impl Server {
    fn start(serve: impl Fn(Stream) + Send + Sync + 'static) -> Self {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connected = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connected);
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                counter.fetch_add(1, Ordering::SeqCst);
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(stream));
            }
        });
        Self { port, connected }
    }

    /// Answers every request with the same bytes.
    fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut stream| {
            read_request(&mut stream);
            let _ = stream.write_all(&answer);
        })
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn connections(&self) -> usize {
        self.connected.load(Ordering::SeqCst)
    }
}

/// The head and body of a request, as far as its `content-length` says.
fn read_request(stream: &mut impl Read) -> String {
    let (mut text, mut chunk) = (String::new(), [0; 4096]);
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        match stream.read(&mut chunk) {
            Ok(read) if read > 0 => text.push_str(&String::from_utf8_lossy(&chunk[..read])),
            _ => return text,
        }
    }
}

fn to_loopback() -> GuardedClient {
    let guard = Guard::new(vec!["127.0.0.1".parse().unwrap()]);
    GuardedClient::new(guard, SystemResolver, None).patient_for(Duration::from_millis(700))
}

/// Gives another answer each time it is asked.
struct Rebinding(Mutex<VecDeque<Vec<IpAddr>>>, Arc<AtomicUsize>);

impl Resolve for Rebinding {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let next = self.0.lock().unwrap().pop_front();
        Box::pin(async move { next.ok_or_else(|| io::Error::other("no such name")) })
    }
}

fn rebinding(answers: &[&[&str]], allowed: &[&str]) -> (GuardedClient, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answers = answers.iter().map(|list| list.iter().map(|address| address.parse().unwrap()).collect()).collect();
    let guard = Guard::new(allowed.iter().map(|network| network.parse().unwrap()).collect());
    let client = GuardedClient::new(guard, Rebinding(Mutex::new(answers), Arc::clone(&asked)), None);
    (client.patient_for(Duration::from_millis(700)), asked)
}

#[tokio::test]
async fn a_call_says_what_it_was_told_to_and_who_calls() {
    let seen = Arc::new(Mutex::new(String::new()));
    let keep = Arc::clone(&seen);
    let server = Server::start(move |mut stream| {
        *keep.lock().unwrap() = read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nset-cookie: a=b\r\n\r\nok");
    });
    let headers = [("content-type", "application/json"), ("webhook-id", "event_1")];
    let answer = to_loopback().post(&server.url("/in?a=b%20c"), &headers, b"{}".to_vec()).await.unwrap();
    assert_eq!(answer, Answer { status: 201, body: b"ok".to_vec(), is_complete: true });
    let request = seen.lock().unwrap().clone();
    assert!(request.starts_with("POST /in?a=b%20c HTTP/1.1\r\n") && request.ends_with("\r\n\r\n{}"), "{request}");
    let host = format!("host: 127.0.0.1:{}", server.port);
    for line in [&host, "content-type: application/json", "webhook-id: event_1", "connection: close"] {
        assert!(request.contains(&format!("{line}\r\n")), "{line} in {request}");
    }
    assert!(request.contains("user-agent: rekey/") && !request.contains("cookie"));
}

#[tokio::test]
async fn without_the_setting_nobody_is_even_connected_to() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let client = GuardedClient::new(Guard::default(), SystemResolver, None);
    for host in ["127.0.0.1", "localhost", "2130706433"] {
        let refused = client.get(&format!("https://{host}:{}/", server.port), &[]).await;
        assert!(matches!(refused, Err(ClientError::Refused(Refused::Address))), "{host}: {refused:?}");
    }
    assert!(matches!(client.get(&server.url("/"), &[]).await, Err(ClientError::Refused(Refused::Address))));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let target = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", target.url("/"));
    let server = Server::answering(redirect);
    let answer = to_loopback().get(&server.url("/"), &[]).await.unwrap();
    assert_eq!((answer.status, answer.is_success(), target.connections()), (302, false, 0));
}

#[tokio::test]
async fn the_checked_address_is_the_one_connected_to() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    let url = format!("http://hooks.test:{}/", server.port);
    // Would be refused if the name were asked for again.
    let (client, asked) = rebinding(&[&["127.0.0.1"], &["10.0.0.1"]], &["127.0.0.1"]);
    assert_eq!(client.get(&url, &[]).await.unwrap().body, b"hi");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(matches!(client.get(&url, &[]).await, Err(ClientError::Refused(Refused::Address))));
    assert!(matches!(client.get(&url, &[]).await, Err(ClientError::Resolve)));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_name_with_one_bad_address_is_not_connected_to_at_all() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    for answer in [&["127.0.0.1", "10.0.0.1"], &["::1", "127.0.0.1"]] {
        let (client, _) = rebinding(&[answer], &["127.0.0.1"]);
        let refused = client.get(&format!("http://hooks.test:{}/", server.port), &[]).await;
        assert!(matches!(refused, Err(ClientError::Refused(Refused::Address))), "{refused:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_refuses() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    // Nobody listens at 127.0.0.2 on that port.
    let (client, _) = rebinding(&[&["127.0.0.2", "127.0.0.1"]], &["127.0.0.0/8"]);
    assert_eq!(client.get(&format!("http://hooks.test:{}/", server.port), &[]).await.unwrap().status, 204);
}

#[tokio::test]
async fn whoever_stalls_or_drips_is_given_up_in_time() {
    let drips = |head: &'static [u8], drop: &'static [u8]| {
        Server::start(move |mut stream| {
            read_request(&mut stream);
            let _ = stream.write_all(head);
            while stream.write_all(drop).is_ok() {
                thread::sleep(Duration::from_millis(50));
            }
        })
    };
    let servers = [
        drips(b"", b""),
        drips(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n", b"a"),
        drips(b"HTTP/1.1 200 OK\r\nx-long: ", b"a"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ];
    for server in servers {
        let begun = Instant::now();
        let answer = to_loopback().get(&server.url("/"), &[]).await;
        assert!(matches!(answer, Err(ClientError::TimedOut)), "{answer:?}");
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn an_endless_answer_is_read_to_its_limit_only() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let server = Server::start(move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'a'; 8192]).is_ok() {
            counter.fetch_add(8192, Ordering::SeqCst);
        }
        let _ = stream.shutdown(Shutdown::Both);
    });
    let answer = to_loopback().get(&server.url("/"), &[]).await.unwrap();
    assert_eq!((answer.body.len(), answer.is_complete), (MOST_READ, false));
    // What the sockets hold beyond it is the operating system's.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let after = sent.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(sent.load(Ordering::SeqCst), after, "the other side can still send");
}

#[tokio::test]
async fn what_is_not_http_or_too_much_of_it_is_no_answer() {
    let flood = "x-y: z\r\n".repeat(5000);
    let endings: [Vec<u8>; 4] = [
        b"SSH-2.0-OpenSSH_9\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort".to_vec(),
        format!("HTTP/1.1 200 OK\r\n{flood}\r\n").into_bytes(),
        Vec::new(),
    ];
    for ending in endings {
        let answer = to_loopback().get(&Server::answering(ending).url("/"), &[]).await;
        assert!(matches!(answer, Err(ClientError::Http(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn headers_cannot_be_broken_out_of() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    for header in [("a\r\nb", "c"), ("a", "b\r\nc: d"), ("", "x")] {
        let refused = to_loopback().get(&server.url("/"), &[header]).await;
        assert!(matches!(refused, Err(ClientError::Request(_))), "{refused:?}");
    }
    assert_eq!(server.connections(), 0);
}

/// A TLS server whose certificate is for `name`, and the file with its authority.
fn tls_server(name: &str) -> (Server, tempfile::NamedTempFile) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(made.cert.pem().as_bytes()).unwrap();
    let key = rustls_pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let server = Server::start(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        if read_request(&mut stream).is_empty() {
            return;
        }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecure");
        stream.conn.send_close_notify();
        let _ = stream.flush();
    });
    (server, file)
}

#[tokio::test]
async fn the_other_side_has_to_prove_that_it_is_the_host() {
    let (server, authority) = tls_server("hooks.test");
    let call = async |name: &str, trusts: bool| {
        let guard = Guard::new(vec!["127.0.0.1".parse().unwrap()]);
        let answers = VecDeque::from([vec!["127.0.0.1".parse().unwrap()]]);
        let resolver = Rebinding(Mutex::new(answers), Arc::default());
        let client = GuardedClient::new(guard, resolver, trusts.then(|| authority.path().to_owned()));
        client.get(&format!("https://{name}:{}/", server.port), &[]).await
    };
    assert_eq!(call("hooks.test", true).await.unwrap().body, b"secure");
    assert_eq!(call("hooks.test.", true).await.unwrap().body, b"secure");
    for (name, trusts) in [("other.test", true), ("hooks.test", false)] {
        let refused = call(name, trusts).await;
        assert!(matches!(refused, Err(ClientError::Tls(_))), "{name}: {refused:?}");
    }
}
