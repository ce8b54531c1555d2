//! Clients that misbehave, against the whole program with its real patience.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::database::TestDatabase;
use crate::installation::with;

/// What came back, and how long the server held the connection.
struct Outcome {
    answer: String,
    held: Duration,
}

/// Says something, then something more again and again, until the server ends
/// it or nothing is left to say.
async fn talk(address: &str, first: &[u8], more: &[u8], pause: Duration, times: usize) -> Outcome {
    let begun = Instant::now();
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let speak = async {
        if writer.write_all(first).await.is_err() {
            return;
        }
        for _ in 0..times {
            sleep(pause).await;
            if writer.write_all(more).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    let listen = async {
        // A connection that is reset has been ended too.
        let _ = timeout(Duration::from_secs(40), reader.read_to_end(&mut answer)).await.expect("the server ends it");
    };
    tokio::select! { () = listen => {}, () = async { speak.await; sleep(Duration::from_secs(1)).await } => {} }
    Outcome { answer: String::from_utf8_lossy(&answer).into_owned(), held: begun.elapsed() }
}

fn head(key: &str, more: &str) -> Vec<u8> {
    format!(
        "POST /api/v1/password-reset/reset-password HTTP/1.1\r\nHost: rekey\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\n{more}"
    )
    .into_bytes()
}

async fn too_much(address: &str, key: &str) {
    let declared = head(key, "Content-Length: 10485760\r\n\r\n");
    let chunk = vec![b'['; 65536];
    let flood = talk(address, &declared, &chunk, Duration::ZERO, 160).await;
    assert!(flood.answer.starts_with("HTTP/1.1 413"), "{}", flood.answer);
    assert!(flood.held < Duration::from_secs(5), "10 MiB kept it busy for {:?}", flood.held);

    let chunked = head(key, "Transfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("1000\r\n{}\r\n", "[".repeat(4096)).into_bytes();
    let endless = talk(address, &chunked, &chunk, Duration::from_millis(5), 100_000).await;
    assert!(endless.answer.starts_with("HTTP/1.1 413"), "{}", endless.answer);
    assert!(endless.held < Duration::from_secs(15), "it listened for {:?}", endless.held);

    let fields = format!("X-Flood: {}\r\n", "a".repeat(64)).repeat(5000);
    let flood = talk(address, &head(key, &fields), b"", Duration::ZERO, 0).await;
    assert!(!flood.answer.starts_with("HTTP/1.1 2") && flood.held < Duration::from_secs(12), "{}", flood.answer);
}

async fn smuggled(address: &str, key: &str) {
    let second = "GET /health/live HTTP/1.1\r\nHost: rekey\r\n\r\n";
    for framing in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
    ] {
        let talked = talk(address, &head(key, &format!("{framing}{second}")), b"", Duration::ZERO, 0).await;
        assert!(talked.answer.starts_with("HTTP/1.1 400"), "{framing:?}: {}", talked.answer);
        assert_eq!(talked.answer.matches("HTTP/1.1 ").count(), 1, "{framing:?} was two requests: {}", talked.answer);
    }
}

async fn slow_heads(address: &str) {
    let slow = talk(address, b"POST / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n", Duration::from_secs(1), 60).await;
    assert!((8..16).contains(&slow.held.as_secs()), "a slow head was borne for {:?}", slow.held);
    let told = slow.answer.starts_with("HTTP/1.1 400") && slow.answer.contains("\"code\":\"invalid_request\"");
    assert!(told, "a slow head is told so in our words: {}", slow.answer);
}

async fn slow_bodies(address: &str, key: &str) {
    let declared = head(key, "Content-Length: 1000\r\n\r\n");
    let slow = talk(address, &declared, b" ", Duration::from_secs(1), 60).await;
    assert!(slow.held < Duration::from_secs(25), "a slow body was borne for {:?}", slow.held);
    assert!(!slow.answer.starts_with("HTTP/1.1 2") && !slow.answer.starts_with("HTTP/1.1 5"), "{}", slow.answer);
}

#[test]
fn a_hostile_client_is_cut_off_and_nobody_else_notices() {
    with(TestDatabase::sqlite, async |installation| {
        installation.bootstrap();
        let node = installation.node().await;
        let key = installation.made["apiKey"].as_str().unwrap();
        let address = node.address.as_str();
        let crowd = futures_util::future::join_all((0..100).map(|_| slow_heads(address)));
        let bodies = futures_util::future::join_all((0..20).map(|_| slow_bodies(address, key)));
        let loud = async {
            smuggled(address, key).await;
            too_much(address, key).await;
        };
        let honest = async {
            for _ in 0..20 {
                let begun = Instant::now();
                let body = json!({"email": "nobody@example.test"});
                assert_eq!(installation.call(&node.url, "request-password-reset", &body).await.status, 200);
                assert!(begun.elapsed() < Duration::from_secs(2), "an honest caller waited {:?}", begun.elapsed());
                sleep(Duration::from_millis(300)).await;
            }
        };
        tokio::join!(crowd, bodies, loud, honest);
    });
}
