//! Events and webhooks, read and verified by every SDK with its own code.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::http::Answer;
use crate::program::{Sdk, on_both_databases};

/// What each program has to have done at its end.
const EVERYTHING: [&str; 3] = [
    "events are listed by kind and page by page",
    "a webhook is verified and is the event of the list",
    "a forged webhook is refused",
];

/// Reads one request off a socket, acknowledges it, and answers its head and
/// body.
async fn receive(mut stream: TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or(0);
            if body.len() >= length {
                stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.unwrap();
                return (head.to_owned(), body.to_owned());
            }
        }
        let read = stream.read_buf(&mut bytes).await.unwrap();
        assert!(read > 0, "the call ended early: {text}");
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

async fn call(url: &str, key: &str, path: &str, body: &Value) -> Answer {
    let request = Client::new().request(Method::POST, format!("{url}{path}")).bearer_auth(key).json(body);
    let answer = Answer::read(request.send().await.unwrap()).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    answer
}

fn everything_works_with(sdks: &[Sdk]) {
    on_both_databases(async |installation| {
        installation.set("REKEY__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.0/8");
        installation.bootstrap();
        let node = installation.node().await;
        let key = installation.made["apiKey"].as_str().unwrap();
        let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint_url = format!("http://{}/hooks", receiver.local_addr().unwrap());
        let endpoint = json!({"endpoint_url": endpoint_url, "events": ["password_reset.created"]});
        let secret = call(&node.url, key, "/webhook_endpoints", &endpoint).await.text_at("/secret");
        let user = json!({"email": "ada@example.com"});
        call(&node.url, key, "/user_management/users", &user).await;
        call(&node.url, key, "/user_management/password_reset", &user).await;
        let arrival = tokio::time::timeout(Duration::from_secs(20), receiver.accept());
        let (stream, _) = arrival.await.expect("the webhook is called").unwrap();
        let (head, body) = receive(stream).await;
        let signature = header(&head, "workos-signature").unwrap_or_else(|| panic!("not signed: {head}"));
        let more = [("WEBHOOK_BODY", body.as_str()), ("WEBHOOK_SIGNATURE", signature), ("WEBHOOK_SECRET", &secret)];
        for sdk in sdks {
            assert_eq!(sdk.run("events", installation, &node, &more), EVERYTHING, "{sdk:?}");
        }
        assert!(node.stop());
    });
}

#[test]
fn the_sdks_for_node_read_events_and_verify_webhooks() {
    everything_works_with(&[Sdk::Node(7), Sdk::Node(8), Sdk::Node(11)]);
}

#[test]
fn the_sdks_for_python_read_events_and_verify_webhooks() {
    everything_works_with(&[Sdk::Python(5), Sdk::Python(10)]);
}

#[test]
fn the_sdk_for_rust_reads_events_and_verifies_webhooks() {
    everything_works_with(&[Sdk::Rust]);
}
