//! A real server, and clients that misbehave on the wire.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use actix_web::rt::time::{sleep, timeout};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{all, kit, ops};
use crate::http::server::{ServerSettings, http_server_on};

/// Starts a server with little patience for heads; gives its address.
fn serve() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let settings = ServerSettings {
        workers: Some(1),
        header_timeout: Duration::from_secs(1),
        disconnect_timeout: Duration::from_millis(500),
        keep_alive: Duration::from_secs(3),
        ..ServerSettings::on(address)
    };
    let server = http_server_on(listener, &settings, &kit("https://rekey.example"), all(ops(true))).unwrap();
    actix_web::rt::spawn(server);
    address
}

async fn say(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// Everything until the server hangs up.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is as good as an end.
    let _ = timeout(Duration::from_secs(25), stream.read_to_end(&mut bytes)).await.expect("the server hangs up");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn exchange(request: &str) -> String {
    let mut stream = TcpStream::connect(serve()).await.unwrap();
    say(&mut stream, request).await;
    rest(&mut stream).await
}

#[actix_web::test]
async fn a_panic_is_an_answer_and_the_process_lives() {
    let address = serve();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        say(&mut stream, "GET /api/v1/boom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        assert!(answer.contains("\"code\":\"internal_error\"") && !answer.contains("hunter2"), "{answer}");
        assert!(answer.contains("x-request-id: req_") && answer.contains("cache-control: no-store"), "{answer}");
    }
}

#[actix_web::test]
async fn smuggled_and_malformed_requests_are_refused() {
    let post = "POST /api/v1/probe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    for rest_of_head in [
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ] {
        let answer = exchange(&format!("{post}{rest_of_head}")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{rest_of_head}: {answer}");
    }
}

/// A refusal that no handler gave, as far as a caller can tell: JSON, no
/// member `error`, a ticket, our headers.
fn assert_in_our_words(answer: &str, status: u16, says: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    for line in ["content-type: application/json", "cache-control: no-store", "x-request-id: req_", "connection: close"]
    {
        assert!(head.to_lowercase().contains(line), "{line}: {answer}");
    }
    let body: serde_json::Value = serde_json::from_str(body).expect(answer);
    assert!(body["message"].as_str().unwrap().contains(says), "{answer}");
    assert!(body["error"].is_null() && head.contains(body["ticket"].as_str().unwrap()), "{answer}");
}

#[actix_web::test]
async fn what_never_becomes_a_request_is_refused_in_our_words() {
    assert_in_our_words(&exchange("nonsense\r\n\r\n").await, 400, "not an HTTP request");
    let endless = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}", "a".repeat(300_000));
    assert_in_our_words(&exchange(&endless).await, 431, "too large");
    let slow = exchange("POST /user_management/users HTTP/1.1\r\nHost").await;
    assert_in_our_words(&slow, 400, "too long to arrive");
}

#[actix_web::test]
async fn a_request_that_cannot_be_read_after_one_that_could_is_refused_in_our_words() {
    let mut stream = TcpStream::connect(serve()).await.unwrap();
    say(&mut stream, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut some = vec![0; 4096];
    let length = stream.read(&mut some).await.unwrap();
    assert!(some[..length].starts_with(b"HTTP/1.1 200"));
    say(&mut stream, "GET nonsense\r\n\r\n").await;
    assert_in_our_words(&rest(&mut stream).await, 400, "not an HTTP request");
}

#[actix_web::test]
async fn a_chunked_body_has_the_same_limit_and_does_not_go_on_for_ever() {
    let mut stream = TcpStream::connect(serve()).await.unwrap();
    let head = "POST /api/v1/probe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    say(&mut stream, head).await;
    let chunk = format!("1000\r\n{}\r\n", "[".repeat(4096));
    let (mut reader, mut writer) = stream.split();
    let endless = async {
        while writer.write_all(chunk.as_bytes()).await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let mut answer = vec![0; 12];
    let answered = async {
        reader.read_exact(&mut answer).await.unwrap();
        std::future::pending::<()>().await;
    };
    let cut = async {
        tokio::select! { () = endless => {}, () = answered => {} }
    };
    timeout(Duration::from_secs(10), cut).await.expect("the server hangs up");
    assert_eq!(String::from_utf8(answer).unwrap(), "HTTP/1.1 413");
}

#[actix_web::test]
async fn a_body_that_drips_is_answered_400_and_cut() {
    let mut stream = TcpStream::connect(serve()).await.unwrap();
    let head =
        "POST /api/v1/probe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    say(&mut stream, head).await;
    let started = Instant::now();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("took too long"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(15));
}

#[actix_web::test]
async fn a_head_that_drips_is_cut_the_first_time_and_the_second() {
    let address = serve();
    let mut first = TcpStream::connect(address).await.unwrap();
    say(&mut first, "GET /health/live HT").await;
    let started = Instant::now();
    rest(&mut first).await;
    assert!(started.elapsed() < Duration::from_secs(4));

    let mut second = TcpStream::connect(address).await.unwrap();
    say(&mut second, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut some = [0; 12];
    second.read_exact(&mut some).await.unwrap();
    assert_eq!(&some, b"HTTP/1.1 200");
    say(&mut second, "GET /health/live HT").await;
    let started = Instant::now();
    rest(&mut second).await;
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[actix_web::test]
async fn an_idle_connection_is_kept_for_its_time_and_not_cut_as_a_slow_one() {
    let mut stream = TcpStream::connect(serve()).await.unwrap();
    for _ in 0..2 {
        say(&mut stream, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let mut some = vec![0; 4096];
        let length = timeout(Duration::from_secs(2), stream.read(&mut some)).await.unwrap().unwrap();
        assert!(some[..length].starts_with(b"HTTP/1.1 200"));
        sleep(Duration::from_millis(1500)).await;
    }
}

#[actix_web::test]
async fn a_client_that_takes_nothing_of_its_answer_is_cut() {
    let mut stream = TcpStream::connect(serve()).await.unwrap();
    say(&mut stream, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    sleep(Duration::from_secs(3)).await;
    let answer = rest(&mut stream).await;
    assert!(answer.len() < 32 * 1024 * 1024, "{}", answer.len());
}
