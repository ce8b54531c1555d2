//! Proving an address with a code from a mail.

use rekey::domain::ids::UserId;
use serde_json::{Value, json};

use crate::support::app::{PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::resets::minutes;

async fn send(app: &TestApp, user: UserId) -> Answer {
    app.post(&format!("/user_management/users/{user}/email_verification/send"), &json!({})).await
}

async fn confirm(app: &TestApp, user: UserId, code: &str) -> Answer {
    app.post(&format!("/user_management/users/{user}/email_verification/confirm"), &json!({"code": code})).await
}

/// Sends a code and reads it from the mail.
async fn code(app: &TestApp, user: UserId) -> String {
    let sent = send(app, user).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    app.latest_mail().await.short_code()
}

/// Six digits that are not these.
fn wrong(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

/// The newest verification of a user, as its event tells.
async fn told(app: &mut TestApp, user: UserId) -> Value {
    let sql = format!(
        "SELECT data AS t FROM events WHERE user_id = '{user}' AND kind = 'email_verification.created' \
        ORDER BY id DESC LIMIT 1"
    );
    serde_json::from_str(&app.database.text(&sql).await).unwrap()
}

#[test]
fn a_code_from_the_mail_verifies_the_address_once() {
    on_both_databases(async |app| {
        let user = app.user("Ann@example.test").await;
        let sent = send(app, user).await;
        assert_eq!((sent.status, &sent.body["user"]["email_verified"]), (200, &json!(false)), "{}", sent.text);
        assert_eq!(sent.body.as_object().map(serde_json::Map::len), Some(1));
        let mail = app.latest_mail().await;
        assert_eq!(mail.to, ["Ann@example.test"]);
        let data = mail.data();
        assert!(data.contains("text/plain") && data.contains("text/html"), "{data}");
        let code = mail.short_code();
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let verified = confirm(app, user, &spaced).await;
        assert_eq!(
            (verified.status, &verified.body["user"]["email_verified"]),
            (200, &json!(true)),
            "{}",
            verified.text
        );
        assert_eq!(verified.body["user"]["id"], json!(user.to_string()));
        assert_eq!(confirm(app, user, &code).await.told(), "400 email_previously_verified");
        assert_eq!(send(app, user).await.told(), "400 email_already_verified");
        assert_eq!(app.count_events(user, "email_verification.created").await, 1);
        assert_eq!(app.count_events(user, "user.updated").await, 1);
    });
}

#[test]
fn a_verification_is_shown_with_its_code_and_told_without() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let code = code(app, user).await;
        let event = told(app, user).await;
        assert_eq!(event.as_object().map(serde_json::Map::len), Some(7), "{event}");
        assert_eq!((&event["object"], &event["user_id"]), (&json!("email_verification"), &json!(user.to_string())));
        let id = event["id"].as_str().unwrap().to_owned();
        let shown = app.get(&format!("/user_management/email_verification/{id}")).await;
        let mut expected = event.clone();
        expected["code"] = json!(code);
        assert_eq!((shown.status, &shown.body), (200, &expected));
        assert!(!app.database.dump().await.contains(&code), "the database holds the code");
        assert_eq!(confirm(app, user, &code).await.status, 200);
        let after = app.get(&format!("/user_management/email_verification/{id}")).await;
        assert_eq!(after.body["code"], json!(code), "also after use");
        for unknown in ["email_verification_01JH0000000000000000000000", "x", &user.to_string()] {
            let missing = app.get(&format!("/user_management/email_verification/{unknown}")).await;
            assert_eq!(missing.told(), "404 entity_not_found");
            assert_eq!(missing.body["entity_id"], json!(unknown));
        }
    });
}

#[test]
fn wrong_codes_are_counted_and_the_right_one_is_then_refused() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let right = code(app, user).await;
        for malformed in ["12345", "1234567", "abcdef", "", "１２３４５６"] {
            assert_eq!(confirm(app, user, malformed).await.told(), "400 email_verification_code_incorrect");
        }
        for _ in 0..5 {
            assert_eq!(confirm(app, user, &wrong(&right)).await.told(), "400 email_verification_code_incorrect");
        }
        assert_eq!(confirm(app, user, &right).await.told(), "400 email_verification_code_incorrect");
        // A new code brings new attempts, and the account has a budget of its own.
        let right = code(app, user).await;
        for _ in 0..5 {
            assert_eq!(confirm(app, user, &wrong(&right)).await.told(), "400 email_verification_code_incorrect");
        }
        let right = code(app, user).await;
        let over = confirm(app, user, &right).await;
        assert_eq!(over.told(), "429 daily_quota_exceeded");
        assert!(over.headers["retry-after"].parse::<u64>().unwrap() <= 5, "SDKs sleep as long as they are told");
        app.advance(minutes(24 * 60));
        let right = code(app, user).await;
        assert_eq!(confirm(app, user, &right).await.status, 200);
    });
}

#[test]
fn parallel_guesses_do_not_beat_the_cap() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let right = code(app, user).await;
        let guesses: Vec<String> =
            (1..=40).map(|n| format!("{:06}", (right.parse::<u32>().unwrap() + n) % 1_000_000)).collect();
        let app = &*app;
        futures_util::future::join_all(guesses.iter().map(|guess| confirm(app, user, guess))).await;
        let tried = rekey::store::verifications::find_current(app.app.engine.database.read(), user).await.unwrap();
        assert_eq!(tried.unwrap().attempts, 5);
        assert_eq!(confirm(app, user, &right).await.told(), "400 email_verification_code_incorrect");
    });
}

#[test]
fn parallel_confirmations_with_the_right_code_take_effect_once() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let right = code(app, user).await;
        let answers = futures_util::future::join_all((0..4).map(|_| confirm(app, user, &right))).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, 1, "{:?}", answers.iter().map(Answer::told).collect::<Vec<_>>());
        assert_eq!(app.count_events(user, "user.updated").await, 1);
    });
}

#[test]
fn a_code_expires_is_superseded_and_is_bound_to_its_user_and_address() {
    on_both_databases(async |app| {
        let (ann, bob) = (app.user("ann@example.test").await, app.user("bob@example.test").await);
        let old = code(app, ann).await;
        app.advance(minutes(10));
        assert_eq!(confirm(app, ann, &old).await.told(), "400 email_verification_code_expired");
        let newer = code(app, ann).await;
        let bobs = code(app, bob).await;
        for (user, code) in [(ann, &old), (ann, &bobs), (bob, &newer)] {
            assert_eq!(confirm(app, user, code).await.told(), "400 email_verification_code_incorrect");
        }
        // The address changes under the code.
        let moved = app.put(&bob.to_string(), &json!({"email": "robert@example.test"})).await;
        assert_eq!(moved.status, 200);
        assert_eq!(confirm(app, bob, &bobs).await.told(), "400 email_verification_code_incorrect");
        assert_eq!(confirm(app, ann, &newer).await.status, 200);
        // Unverified again by the backend, the used code is told apart.
        app.put(&ann.to_string(), &json!({"email_verified": false})).await;
        assert_eq!(confirm(app, ann, &newer).await.told(), "400 email_verification_code_previously_used");
        let nobody = "user_01JH0000000000000000000000".parse().unwrap();
        assert_eq!(confirm(app, nobody, "123456").await.told(), "404 entity_not_found");
        assert_eq!(send(app, nobody).await.told(), "404 entity_not_found");
        let path = format!("/user_management/users/{ann}/email_verification/confirm");
        app.post(&path, &json!({})).await.names(&[("code", "required")]);
        app.post(&path, &json!({"code": 123_456})).await.names(&[("code", "invalid_type")]);
    });
}

#[test]
fn a_mail_goes_to_the_address_of_now_or_nowhere() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        assert_eq!(send(app, user).await.status, 200);
        app.put(&user.to_string(), &json!({"email": "eve@example.test"})).await;
        assert!(app.mails().await.is_empty());
        assert_eq!(app.messages(user, "EMAIL_VERIFICATION", "dropped").await, 1);
        assert_eq!(send(app, user).await.status, 200);
        app.advance(minutes(11));
        assert!(app.mails().await.is_empty(), "it expired before it was sent");
        assert_eq!(app.messages(user, "EMAIL_VERIFICATION", "dropped").await, 2);
    });
}

#[test]
fn mails_per_mailbox_are_bounded_and_a_refused_one_leaves_the_code_before_it_good() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let mut last = String::new();
        for _ in 0..3 {
            last = code(app, user).await;
        }
        let over = send(app, user).await;
        assert_eq!(over.told(), "429 daily_quota_exceeded");
        assert!(over.headers.contains_key("retry-after"));
        assert_eq!(app.mails().await.len(), 3);
        assert_eq!(confirm(app, user, &last).await.status, 200);
    });
}

#[test]
fn a_code_verifies_an_address_and_nothing_else() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let (request, reset_code) = {
            app.mail_codes().await;
            app.code("ann@example.test").await
        };
        let right = code(app, user).await;
        assert_eq!(confirm(app, user, &reset_code[..6]).await.told(), "400 email_verification_code_incorrect");
        assert_eq!(app.verify(&request, &format!("{right}00")).await.status, 400);
        assert_eq!(app.verify(&request, &reset_code).await.status, 200);
        assert_eq!(confirm(app, user, &right).await.status, 200);
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        let id = user.to_string();
        assert_eq!(
            app.call_as(&app.key, reqwest::Method::DELETE, &format!("/user_management/users/{id}"), None).await.status,
            204
        );
        assert_eq!(app.database.count("email_verifications").await, 0);
    });
}
