//! Several processes on one PostgreSQL database.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rekey::workflows::service_accounts;
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::installation::{Installation, Node, PASSWORD, with};

fn password(number: usize) -> String {
    format!("Crowded-Harbour-Lamp-{number:04}")
}

async fn two(installation: &mut Installation) -> [Node; 2] {
    installation.bootstrap();
    let nodes = [installation.start(), installation.start()];
    for node in &nodes {
        installation.ready(node).await;
    }
    nodes
}

#[test]
fn processes_that_start_at_once_on_an_empty_database_all_come_up() {
    with(TestDatabase::postgres, async |installation| {
        let nodes: Vec<Node> = (0..4).map(|_| installation.start()).collect();
        for node in &nodes {
            installation.ready(node).await;
        }
        installation.bootstrap();
        for node in nodes {
            assert!(!node.log().to_lowercase().contains("panicked"), "{}", node.log());
            assert!(node.stop(), "it does not stop in order");
        }
    });
}

#[test]
fn one_of_a_hundred_completions_over_two_processes_wins() {
    with(TestDatabase::postgres, async |installation| {
        let [first, second] = two(installation).await;
        let inside = installation.inside().await;
        let user = installation.user(&inside, "ann@example.test").await;
        let old = installation.session(&inside, "ann@example.test", PASSWORD).await.unwrap();
        let code = installation.handed_over(&first, user).await;
        let bodies: Vec<Value> =
            (0..100).map(|number| json!({"passwordResetCode": code, "newPassword": password(number)})).collect();
        let answers = installation.crowd(&[&first, &second], "reset-password", &bodies).await;
        let mut winners = Vec::new();
        for (number, answer) in answers.iter().enumerate() {
            let answer = answer.as_ref().expect("every call is answered");
            match answer.status {
                200 => winners.push(number),
                400 => assert_eq!(answer.violations("passwordResetCode"), ["invalid_password_reset_code"]),
                503 => assert!(answer.headers.contains_key("retry-after")),
                _ => panic!("{} {}", answer.status, answer.text),
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert!(installation.session(&inside, "ann@example.test", &password(winners[0])).await.is_some());
        assert!(installation.session(&inside, "ann@example.test", PASSWORD).await.is_none());
        assert!(inside.engine.refresh_session(&installation.scope(), &old.refresh_token).await.is_err());
        let events = "SELECT count(*) AS n FROM events WHERE kind = 'password_reset.succeeded'";
        assert_eq!(installation.database.number(events).await, 1);
        let sent = "SELECT count(*) AS n FROM messages WHERE kind = 'PASSWORD_UPDATED' AND state = 'sent'";
        installation.until(sent, 1, Duration::from_secs(10)).await;
        assert_eq!(installation.database.count("messages").await, 2, "the link's notice and the completion's");
    });
}

#[test]
fn two_processes_share_the_work_and_mail_everything_once() {
    with(TestDatabase::postgres, async |installation| {
        let [first, second] = two(installation).await;
        let inside = installation.inside().await;
        for number in 0..40 {
            installation.user(&inside, &format!("user{number}@example.test")).await;
        }
        let bodies: Vec<Value> = (0..40).map(|number| json!({"email": format!("user{number}@example.test")})).collect();
        let answers = installation.crowd(&[&first, &second], "request-password-reset", &bodies).await;
        assert!(answers.iter().flatten().filter(|answer| answer.status == 200).count() == 40);
        let mails = installation.smtp.wait_for(40, Duration::from_secs(20)).await;
        installation
            .until("SELECT count(*) AS n FROM messages WHERE state = 'sent'", 40, Duration::from_secs(10))
            .await;
        assert_eq!((installation.smtp.messages().len(), installation.database.count("jobs").await), (40, 0));
        let to: HashSet<String> = mails.iter().flat_map(|mail| mail.to.clone()).collect();
        assert_eq!(to.len(), 40, "somebody got two mails and somebody none");
    });
}

#[test]
fn a_code_asked_for_here_is_verified_there_and_used_here() {
    with(TestDatabase::postgres, async |installation| {
        let [first, second] = two(installation).await;
        let inside = installation.inside().await;
        let user = installation.user(&inside, "ann@example.test").await;
        let body = json!({"userId": user.to_string(), "strategy": "OTP"});
        let asked = installation.call(&first.url, "send-password-reset-email", &body).await;
        let code = installation.smtp.wait_for(1, Duration::from_secs(10)).await[0].verification_code();
        let mut proof = json!({"requestCode": asked.text_at("/requestCode"), "verificationCode": code});
        for node in [&second, &first, &second] {
            assert_eq!(installation.call(&node.url, "verify-code", &proof).await.status, 200);
        }
        proof["newPassword"] = Value::from(password(1));
        assert_eq!(installation.call(&first.url, "reset-password", &proof).await.status, 200);
        let again = installation.call(&second.url, "reset-password", &proof).await;
        assert_eq!(again.status, 200, "a lost answer is repeated by whichever process: {}", again.text);
        proof["newPassword"] = Value::from(password(2));
        assert_eq!(installation.call(&second.url, "reset-password", &proof).await.status, 400);
        assert!(installation.session(&inside, "ann@example.test", &password(1)).await.is_some());
    });
}

/// A service account that is disabled, as the operator does it.
async fn disable(installation: &Installation, app: &rekey::app::App) {
    let database = &app.engine.database;
    let now = app.engine.now().await.unwrap();
    let scope = installation.scope();
    let client = installation.made["clientId"].as_str().unwrap();
    let accounts = rekey::store::service_accounts::list(database.read(), &scope).await.unwrap();
    let account = accounts.iter().find(|account| account.client_id == client).unwrap();
    service_accounts::disable(database.write(), &scope, service_accounts::Manager::Operator, account.id, now)
        .await
        .unwrap();
}

#[test]
fn a_disabled_service_account_is_refused_everywhere_within_a_minute() {
    with(TestDatabase::postgres, async |installation| {
        let [first, second] = two(installation).await;
        let inside = installation.inside().await;
        let body = json!({"email": "nobody@example.test"});
        for node in [&first, &second] {
            assert_eq!(installation.call(&node.url, "request-password-reset", &body).await.status, 200);
        }
        disable(installation, &inside).await;
        let begun = Instant::now();
        for node in [&first, &second] {
            while installation.call(&node.url, "request-password-reset", &body).await.status != 401 {
                assert!(begun.elapsed() < Duration::from_secs(60), "it is still served after a minute");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    });
}
