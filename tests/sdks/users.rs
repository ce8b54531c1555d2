//! Users with hashes and addresses from elsewhere, brought along by every SDK.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::installation::Installation;
use crate::program::{Sdk, on_both_databases};

/// What each program has to have done at its end.
const EVERYTHING: [&str; 4] = [
    "a user with a hash made elsewhere signs in",
    "a user is found by the id of the application",
    "a verification mail is asked for",
    "an address is verified with the code that was mailed",
];

/// PBKDF2 with HMAC-SHA-256 of `Sunny-Meadow-Walk-0042`, made by Python's hashlib.
const PASSWORD_HASH: &str =
    "$pbkdf2$i=10000,d=sha256$MDEyMzQ1Njc4OWFiY2RlZg$7GhMo2Jo7xMdAz/8wByxtySnKL2OP11YnwDaUA7MG28";

async fn post(url: &str, key: &str, path: &str, body: &Value) -> Answer {
    let request = Client::new().post(format!("{url}{path}")).bearer_auth(key).json(body);
    Answer::read(request.send().await.unwrap()).await
}

/// The six digits of the newest mail.
async fn mailed_code(installation: &Installation) -> String {
    let mail = installation.smtp.wait_for(1, Duration::from_secs(20)).await.remove(0).text();
    let mut runs = mail.split(|c: char| !c.is_ascii_digit());
    runs.find(|run| run.len() == 6).unwrap_or_else(|| panic!("no code in {mail}")).to_owned()
}

fn everything_works_with(sdk: Sdk) {
    on_both_databases(async |installation| {
        installation.bootstrap();
        let node = installation.node().await;
        let key = installation.made["apiKey"].as_str().unwrap();
        let user = post(&node.url, key, "/user_management/users", &json!({"email": "ada@example.com"})).await;
        let user = user.text_at("/id");
        let path = format!("/user_management/users/{user}/email_verification/send");
        let sent = post(&node.url, key, &path, &json!({})).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        let code = mailed_code(installation).await;
        let more = [("PASSWORD_HASH", PASSWORD_HASH), ("EMAIL_USER", &user), ("EMAIL_CODE", &code)];
        assert_eq!(sdk.run("users", installation, &node, &more), EVERYTHING, "{sdk:?}");
        assert!(node.stop());
    });
}

#[test]
fn the_sdk_for_node_7_brings_users_along() {
    everything_works_with(Sdk::Node(7));
}

#[test]
fn the_sdk_for_node_8_brings_users_along() {
    everything_works_with(Sdk::Node(8));
}

#[test]
fn the_sdk_for_node_11_brings_users_along() {
    everything_works_with(Sdk::Node(11));
}

#[test]
fn the_sdk_for_python_5_brings_users_along() {
    everything_works_with(Sdk::Python(5));
}

#[test]
fn the_sdk_for_python_10_brings_users_along() {
    everything_works_with(Sdk::Python(10));
}

#[test]
fn the_sdk_for_rust_brings_users_along() {
    everything_works_with(Sdk::Rust);
}
