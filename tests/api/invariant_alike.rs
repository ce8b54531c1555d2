//! The answer to a request by address, and what can be done with it, depends
//! on the request alone.

use std::time::Duration;

use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::reset::Strategy;
use rekey::workflows::resets::Client;
use rekey::workflows::users::UserChange;
use serde_json::json;

use crate::support::app::{TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::smtp::Fault;

/// All of one length, so that nothing but the account can make a difference.
const ADDRESSES: [&str; 5] =
    ["known1@example.test", "nobody@example.test", "closed@example.test", "nopass@example.test", "spent1@example.test"];

async fn accounts(app: &mut TestApp) {
    app.user("known1@example.test").await;
    let closed = app.user("closed@example.test").await;
    let shut = UserChange { disabled: Some(true), ..UserChange::default() };
    app.app.engine.update_user(&app.authority(), None, closed, shut, &Client::default()).await.unwrap();
    let none = app.user("nopass@example.test").await;
    app.database.run(&format!("UPDATE users SET password_hash = NULL WHERE id = '{none}'")).await;
    let spent = app.user("spent1@example.test").await;
    let marks: Vec<i64> = vec![app.now().as_millis(); 10];
    let until = (app.now() + Duration::from_secs(86400)).as_millis();
    let sql = format!(
        "INSERT INTO sliding_logs (key, marks, expires_at) VALUES ('codes:{spent}', '{}', {until})",
        serde_json::to_string(&marks).unwrap()
    );
    app.database.run(&sql).await;
}

#[track_caller]
fn alike(what: &str, answers: &[Answer]) {
    for (answer, address) in answers.iter().zip(ADDRESSES) {
        assert_eq!(answer.shape(), answers[0].shape(), "{what}: {address} differs from {}", ADDRESSES[0]);
        assert!(!answer.text.contains("@example.test"), "{what}: {}", answer.text);
    }
}

async fn everywhere(app: &TestApp, call: &str, body: impl Fn(usize) -> serde_json::Value) -> Vec<Answer> {
    let mut answers = Vec::new();
    for number in 0..ADDRESSES.len() {
        answers.push(app.workflow(call, &body(number)).await);
    }
    answers
}

async fn ask(app: &TestApp) -> Vec<Answer> {
    everywhere(app, "request-password-reset", |at| json!({"email": ADDRESSES[at], "clientIp": "192.0.2.1"})).await
}

#[test]
fn every_account_state_gets_the_same_bytes() {
    on_both_databases(async |app| {
        accounts(app).await;
        let links = ask(app).await;
        alike("a link", &links);
        assert_eq!(links[0].status, 200);
        app.drain().await;

        app.policy(WorkflowOverrides { strategy: Some(Strategy::Otp), ..WorkflowOverrides::default() }).await;
        app.smtp.script([Fault::Recipient("550 5.1.1 no such mailbox"); 3]);
        let asked = ask(app).await;
        alike("a code", &asked);
        let handles: Vec<String> = asked.iter().map(|answer| answer.text_at("/requestCode")).collect();
        let guess = |at: usize| json!({"requestCode": handles[at], "verificationCode": "00000000"});
        // Before the background work and after it.
        let rounds = [(429, 61), (200, 121), (200, 241), (200, 60), (400, 60), (400, 60)];
        for (round, (expected, wait)) in rounds.into_iter().enumerate() {
            alike("a wrong code", &everywhere(app, "verify-code", guess).await);
            let early = everywhere(app, "resend-code", |at| json!({"requestCode": handles[at]})).await;
            alike("a resend", &early);
            assert_eq!(early[0].status, expected, "round {round}");
            app.drain().await;
            app.advance(Duration::from_secs(wait));
        }
        let expired = everywhere(app, "verify-code", guess).await;
        alike("after the last guess", &expired);
        app.drain().await;
    });
}
