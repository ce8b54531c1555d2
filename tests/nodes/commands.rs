//! Commands beside the database: an operator is made, the audit log is
//! checked, and the exit code says what came of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::installation::{Installation, with};

#[test]
fn an_operator_is_made_and_the_audit_log_checked_on_sqlite() {
    with(TestDatabase::sqlite, run);
}

#[test]
fn an_operator_is_made_and_the_audit_log_checked_on_postgres() {
    with(TestDatabase::postgres, run);
}

/// Whether the audit log holds, and what was said of it.
pub fn verify(installation: &Installation, more: &[&str]) -> (bool, String) {
    let arguments = [&["audit", "verify"], more].concat();
    let output = installation.command(&arguments).output().unwrap();
    let both = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(both).unwrap())
}

async fn run(installation: &mut Installation) {
    installation.bootstrap();
    let output = installation.command(&["bootstrap", "--operator", "Ada", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();
    let key = made["apiKey"].as_str().unwrap();
    assert!(key.starts_with("op_"));
    let both = installation.command(&["bootstrap", "--operator", "Ada", "--application", "x"]).output().unwrap();
    assert!(!both.status.success(), "one or the other");

    let node = installation.node().await;
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/tenants", node.url);
    let answer = client
        .request(Method::POST, url)
        .bearer_auth(key)
        .header("content-type", "application/json")
        .body(json!({"name": "north"}).to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);

    let (holds, text) = verify(installation, &[]);
    assert!(holds, "{text}");
    assert_eq!(text.matches(" whole ").count(), 2, "the application's and the operators': {text}");
    let application = installation.made["applicationId"].as_str().unwrap().to_owned();
    assert!(verify(installation, &["--application", &application]).0);
    installation.database.run("UPDATE audit_entries SET action = 'tenant.read' WHERE action = 'tenant.created'").await;
    let (holds, text) = verify(installation, &[]);
    assert!(!holds && text.contains("the entry in place 1 was changed"), "{text}");
    assert!(!verify(installation, &["--application", &application]).0);
    assert!(!verify(installation, &["--application", "x"]).0);
}

#[test]
fn a_link_into_the_console_is_printed_and_never_logged() {
    with(TestDatabase::sqlite, async |installation| {
        installation.bootstrap();
        let node = installation.node().await;
        let output = installation.command(&["console", "invite", "--name", "Ada"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let token = text.lines().next().unwrap().split_once("/console/join?token=").unwrap().1;
        assert_eq!(token.len(), 43);
        let page = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let cookie = format!("rekey-console-invitation={token}; __Host-rekey-console-invitation={token}");
        let page = page.get(format!("{}/console/join", node.url)).header("cookie", cookie).send().await.unwrap();
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(page.contains("Welcome to rekey") && page.contains("value=\"Ada\""), "{page}");
        assert!(!node.log().contains(token) && !String::from_utf8(output.stderr).unwrap().contains(token));
        let long = installation.command(&["console", "invite", "--name", &"x".repeat(81)]).output().unwrap();
        assert!(!long.status.success());
        assert!(node.stop());
    });
}
