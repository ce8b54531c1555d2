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
    installation.database.run("UPDATE audit_entries SET action = 'tenant.created' WHERE action = 'tenant.read'").await;
    assert!(verify(installation, &[]).0, "as it was");
    installation.database.run(&format!("DELETE FROM audit_chains WHERE chain = '{application}'")).await;
    let (holds, text) = verify(installation, &[]);
    assert!(!holds && text.contains("1 of 2 audit logs do not hold"), "{text}");
    installation.database.run("DELETE FROM audit_entries").await;
    installation.database.run("DELETE FROM audit_chains").await;
    let (_, text) = verify(installation, &[]);
    assert!(text.contains(&application), "the log of each application is named, even when nothing is left: {text}");
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

#[test]
fn operators_are_listed_and_shut_out_beside_a_running_server_on_sqlite() {
    with(TestDatabase::sqlite, shut_out);
}

#[test]
fn operators_are_listed_and_shut_out_beside_a_running_server_on_postgres() {
    with(TestDatabase::postgres, shut_out);
}

async fn shut_out(installation: &mut Installation) {
    installation.bootstrap();
    let mut keys = Vec::new();
    for name in ["Ada", "Eve"] {
        let made: Value =
            serde_json::from_str(&installation.run(&["bootstrap", "--operator", name, "--json"])).unwrap();
        keys.push(made["apiKey"].as_str().unwrap().to_owned());
    }
    let node = installation.node().await;
    let url = format!("{}/api/v1/operators", node.url);
    let client = reqwest::Client::new();
    let status = async |key: &str| client.get(&url).bearer_auth(key).send().await.unwrap().status().as_u16();
    // A server on SQLite hears nothing from other processes: it may remember a key that it has just seen.
    if installation.database.kind() == "PostgreSQL" {
        assert_eq!(status(&keys[1]).await, 200);
    }
    assert_eq!(status(&keys[0]).await, 200);

    let list = installation.run(&["operators", "list"]);
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines.iter().map(|line| line[1..].join(" ")).collect::<Vec<_>>(), ["enabled - Ada", "enabled - Eve"]);
    let (ada, eve) = (lines[0][0], lines[1][0]);
    assert!(installation.run(&["operators", "disable", eve]).contains("(Eve) is shut out"));
    assert_eq!((status(&keys[0]).await, status(&keys[1]).await), (200, 401), "in the process that runs");
    assert!(installation.run(&["operators", "list"]).contains(&format!("{eve}  disabled")));
    let refused = installation.command(&["operators", "disable", ada]).output().unwrap();
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("is the last operator"));
    assert_eq!(status(&keys[0]).await, 200);
    assert!(installation.run(&["operators", "enable", eve]).contains("(Eve) is let in"));
    assert_eq!(status(&keys[1]).await, 200);
    let nobody = "operator_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let unknown = installation.command(&["operators", "disable", nobody]).output().unwrap();
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("there is no operator"));
    installation.fails(&["operators", "disable", "eve"]);
    let acts = "SELECT count(*) AS n FROM audit_entries WHERE actor_type = 'COMMAND_LINE' AND action IN \
                ('operator.disabled', 'operator.enabled')";
    assert_eq!(installation.database.number(acts).await, 2);
    assert!(verify(installation, &[]).0);
    assert!(node.stop());
}
