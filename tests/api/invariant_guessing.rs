//! Evaluated guesses never exceed the limit, whatever the number of resets,
//! resends, callers or instances.

use std::time::Duration;

use rekey::domain::ids::UserId;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::proofs::{Mode, unmailed_code, with_password, wrong_code};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The proof with a code that is wrong, a different one for each number.
fn wrong(proof: &Value, number: usize) -> Value {
    let mut code = proof["verificationCode"].as_str().unwrap().to_owned();
    for _ in 0..=number {
        code = wrong_code(&code);
    }
    json!({"requestCode": proof["requestCode"], "verificationCode": code})
}

/// Attempts taken from requests, over all resets. As long as the account's
/// budget lasts these are the wrong codes that were evaluated; after that an
/// attempt is taken and nothing evaluated.
async fn evaluated(app: &mut TestApp) -> i64 {
    app.database.number("SELECT CAST(coalesce(sum(attempts), 0) AS bigint) AS n FROM reset_requests").await
}

/// Marks in the account's window.
async fn budget(app: &mut TestApp, user: UserId) -> i64 {
    let sql = format!(
        "SELECT CAST(coalesce(max(CASE WHEN marks = '[]' THEN 0 \
         ELSE length(marks) - length(replace(marks, ',', '')) + 1 END), 0) AS bigint) AS n \
         FROM sliding_logs WHERE key = 'codes:{user}'"
    );
    app.database.number(&sql).await
}

/// Fifty wrong codes and the right one as the thirtieth, all at once. Says
/// whether the right one was taken.
async fn storm(app: &TestApp, addresses: &[&str], call: &str, proof: &Value) -> bool {
    let mut bodies: Vec<Value> = (0..50).map(|number| wrong(proof, number)).collect();
    bodies.insert(29, proof.clone());
    if call == "reset-password" {
        bodies = bodies.iter().map(|body| with_password(body, NEW_PASSWORD)).collect();
    }
    let answers = app.crowd(addresses, call, &bodies).await;
    for (number, answer) in answers.iter().enumerate() {
        match answer.status {
            200 => assert_eq!(number, 29, "a wrong code was taken: {}", answer.text),
            400 => assert_eq!(answer.violations("verificationCode"), ["invalid_verification_code"]),
            503 => assert!(answer.headers.contains_key("retry-after")),
            _ => panic!("{} {}", answer.status, answer.text),
        }
    }
    answers[29].status == 200
}

async fn verifies(app: &TestApp, proof: &Value) -> bool {
    app.workflow("verify-code", proof).await.status == 200
}

#[test]
fn five_wrong_codes_end_a_reset_however_many_come_at_once() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let proof = Mode::Code.proof(app, user).await;
        let url = app.url.clone();
        storm(app, &[&url], "verify-code", &proof).await;
        assert_eq!(evaluated(app).await, 5, "wrong codes that were evaluated");
        assert_eq!(budget(app, user).await, 5);
        assert!(!verifies(app, &proof).await, "the right code still counts after five wrong ones");
        let body = with_password(&proof, NEW_PASSWORD);
        assert_eq!(app.workflow("reset-password", &body).await.violations("verificationCode").len(), 1);
        assert_eq!(evaluated(app).await, 5);
        app.drain().await;
        assert_eq!(app.messages(user, "RESET_ATTEMPTS_EXHAUSTED", "sent").await, 1);
        assert!(app.events(user).await.contains(&"password_reset.exhausted".to_owned()));
    });
}

#[test]
fn looking_at_a_right_code_costs_nothing() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let proof = Mode::Code.proof(app, user).await;
        let url = app.url.clone();
        // Four at a time: more could rightly find all five places taken.
        for _ in 0..5 {
            let answers = app.crowd(&[&url], "verify-code", &vec![proof.clone(); 4]).await;
            assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        }
        assert_eq!((evaluated(app).await, budget(app, user).await), (0, 0));
    });
}

async fn the_account_is_spent_after_ten(app: &mut TestApp, addresses: &[&str]) {
    let user = app.user("ann@example.test").await;
    for round in 1..=6 {
        let proof = unmailed_code(app, user).await;
        for number in 0..2 {
            app.crowd(addresses, "verify-code", &[wrong(&proof, number), wrong(&proof, number + 9)]).await;
            app.advance(Duration::from_secs(241));
            app.workflow("resend-code", &json!({"requestCode": proof["requestCode"]})).await;
            app.drain().await;
        }
        let right = verifies(app, &proof).await;
        assert_eq!(right, round < 3, "round {round}: the right code after {} wrong ones", evaluated(app).await);
    }
    assert_eq!(budget(app, user).await, 10, "wrong codes that were evaluated");
    let spent = unmailed_code(app, user).await;
    assert!(!verifies(app, &spent).await);
    app.advance(DAY);
    let fresh = Mode::Code.proof(app, user).await;
    assert!(verifies(app, &fresh).await, "a new day brings a new budget");
}

#[test]
fn ten_wrong_codes_spend_the_account_whatever_the_resets_and_resends() {
    on_both_databases(async |app| {
        let url = app.url.clone();
        the_account_is_spent_after_ten(app, &[&url]).await;
    });
}

#[test]
fn two_instances_share_one_budget() {
    on_both_databases(async |app| {
        if app.database.kind() == "SQLite" {
            return; // One instance owns an SQLite file.
        }
        let (second, _, running) = app.another_instance().await;
        let first = app.url.clone();
        let user = app.user("bob@example.test").await;
        for (round, most) in [5, 10, 10, 10].into_iter().enumerate() {
            let proof = unmailed_code(app, user).await;
            let right = storm(app, &[&first, &second], "verify-code", &proof).await;
            assert_eq!(budget(app, user).await, most, "wrong codes that were evaluated");
            let rounds = i64::try_from(round).unwrap() + 1;
            assert_eq!(evaluated(app).await, 5 * rounds, "a spent account costs its request no less");
            assert!(round < 2 || !right, "a spent account took a code");
            assert!(!verifies(app, &proof).await, "the right code after the cap");
            app.drain().await;
        }
        running.stop().await;
    });
}

#[test]
fn a_spent_budget_gets_a_notice_instead_of_a_code_and_links_go_on_working() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let url = app.url.clone();
        for _ in 0..2 {
            let proof = Mode::Code.proof(app, user).await;
            storm(app, &[&url], "verify-code", &proof).await;
            app.drain().await;
        }
        let after = unmailed_code(app, user).await;
        assert_eq!(app.messages(user, "PASSWORD_RESET_CODE", "sent").await, 2, "a code that cannot work was mailed");
        assert_eq!(app.messages(user, "RESET_ATTEMPTS_EXHAUSTED", "sent").await, 3);
        assert_eq!(app.latest_mail().await.to, ["ann@example.test"]);
        assert!(!storm(app, &[&url], "reset-password", &after).await, "a code was taken from a spent account");
        app.drain().await;
        assert_eq!(app.credential_version(user).await, 0, "nothing has changed");
        let link = Mode::Link.proof(app, user).await;
        let done = app.workflow("reset-password", &with_password(&link, NEW_PASSWORD)).await;
        assert_eq!(done.status, 200, "{}", done.text);
        app.drain().await;
        assert_eq!(budget(app, user).await, 0, "a success clears the window");
        let proof = Mode::Code.proof(app, user).await;
        assert!(verifies(app, &proof).await);
    });
}
