//! `Idempotency-Key`: the same call twice makes one thing.

use std::time::Duration;

use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::reset::Strategy;
use serde_json::json;

use crate::support::app::on_both_databases;

const ANN: &str = "ann@example.test";
const ASK: &str = "request-password-reset";

#[test]
fn the_same_request_by_address_gets_the_same_request_code_known_or_not() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        for (email, key) in [(ANN, "key-1"), ("nobody@example.test", "key-2")] {
            let body = json!({"email": email, "clientIp": "198.51.100.7"});
            let first = app.workflow_once(ASK, key, &body).await;
            assert_eq!(first.told(), "200 REQUEST_ACCEPTED");
            for _ in 0..3 {
                app.advance(Duration::from_secs(10));
                let again = app.workflow_once(ASK, key, &body).await;
                assert_eq!((again.status, &again.text), (200, &first.text));
                app.drain().await;
            }
            let reordered = json!({"clientIp": "198.51.100.7", "email": email, "locale": null});
            assert_eq!(app.workflow_once(ASK, key, &reordered).await.text, first.text, "the same body in other words");
            let other = json!({"email": "else@example.test"});
            assert_eq!(app.workflow_once(ASK, key, &other).await.told(), "400 idempotency_key_reused");
        }
        assert_eq!(app.mails().await.len(), 1);
    });
}

#[test]
fn an_idempotency_key_is_forgotten_after_a_minute() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let body = json!({"email": ANN});
        let first = app.workflow_once(ASK, "key", &body).await;
        app.advance(Duration::from_millis(59_999));
        assert_eq!(app.workflow_once(ASK, "key", &body).await.text, first.text);
        assert_eq!(app.mails().await.len(), 1);
        app.advance(Duration::from_millis(1));
        let next = app.workflow_once(ASK, "key", &body).await;
        assert_ne!(next.text_at("/requestCode"), first.text_at("/requestCode"));
        app.advance(Duration::from_secs(60));
        let other = app.workflow_once(ASK, "key", &json!({"email": "else@example.test"})).await;
        assert_eq!(other.told(), "200 REQUEST_ACCEPTED", "another body too, by then");
        assert_eq!(app.mails().await.len(), 2);
    });
}

#[test]
fn a_key_belongs_to_one_caller_and_one_route() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        let user = app.user(ANN).await;
        let by_id = json!({"userId": user.to_string(), "strategy": "OTP"});
        let sent = app.workflow_once("send-password-reset-email", "key", &by_id).await;
        let made = app.workflow_once("create-password-reset-link", "key", &json!({"userId": user.to_string()})).await;
        assert_eq!((sent.status, made.status), (200, 200), "{} {}", sent.text, made.text);
        let (_, _, foreign) = app.another_application("other").await;
        let bearer = format!("Bearer {foreign}");
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", "key")];
        let body = Some(json!({"email": ANN}).to_string().into_bytes());
        let theirs =
            app.send(reqwest::Method::POST, "/api/v1/password-reset/request-password-reset", &headers, body).await;
        assert_eq!(theirs.told(), "200 REQUEST_ACCEPTED");
        app.drain().await;
    });
}

#[test]
fn a_mail_or_a_link_for_a_user_is_made_once_per_key() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        for (call, mut body) in [
            ("send-password-reset-email", json!({"strategy": "OTP"})),
            ("create-password-reset-link", json!({"lifetimeMinutes": 20})),
        ] {
            body["userId"] = json!(user.to_string());
            let first = app.workflow_once(call, "key", &body).await;
            assert_eq!(first.status, 200, "{}", first.text);
            app.advance(Duration::from_secs(59));
            let again = app.workflow_once(call, "key", &body).await;
            assert_eq!((again.status, &again.text), (200, &first.text));
            app.drain().await;
            body["redirectUrl"] = json!("https://else.test");
            assert_eq!(app.workflow_once(call, "key", &body).await.status, 400);
            body.as_object_mut().unwrap().remove("redirectUrl");
            app.advance(Duration::from_secs(1));
            let next = app.workflow_once(call, "key", &body).await;
            assert_ne!(next.text_at("/passwordResetId"), first.text_at("/passwordResetId"));
            app.drain().await;
        }
        assert_eq!(app.mails().await.len(), 4);
        assert_eq!(app.count_events(user, "password_reset.created").await, 4);
    });
}

#[test]
fn calls_at_the_same_time_with_one_key_make_one_thing() {
    on_both_databases(async |app| {
        app.policy(WorkflowOverrides { strategy: Some(Strategy::Otp), ..WorkflowOverrides::default() }).await;
        app.user(ANN).await;
        let body = json!({"email": ANN});
        let (a, b, c, d) = tokio::join!(
            app.workflow_once(ASK, "key", &body),
            app.workflow_once(ASK, "key", &body),
            app.workflow_once(ASK, "key", &body),
            app.workflow_once(ASK, "key", &body),
        );
        for answer in [&b, &c, &d] {
            assert_eq!((answer.status, &answer.text), (200, &a.text));
        }
        assert_eq!(app.mails().await.len(), 1);
    });
}

#[test]
fn calls_at_the_same_time_for_a_user_make_one_thing_too() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        for (call, mut body) in [
            ("send-password-reset-email", json!({"strategy": "OTP"})),
            ("create-password-reset-link", json!({"lifetimeMinutes": 20})),
        ] {
            body["userId"] = json!(user.to_string());
            let (a, b, c, d) = tokio::join!(
                app.workflow_once(call, "key", &body),
                app.workflow_once(call, "key", &body),
                app.workflow_once(call, "key", &body),
                app.workflow_once(call, "key", &body),
            );
            assert_eq!(a.status, 200, "{}", a.text);
            for answer in [&b, &c, &d] {
                assert_eq!((answer.status, &answer.text), (200, &a.text));
            }
            app.drain().await;
        }
        assert_eq!(app.mails().await.len(), 2);
        assert_eq!(app.count_events(user, "password_reset.created").await, 2);
    });
}

#[test]
fn what_cannot_be_a_key_is_refused() {
    on_both_databases(async |app| {
        for key in ["", &"k".repeat(256)] {
            let answer = app.workflow_once(ASK, key, &json!({"email": ANN})).await;
            assert_eq!(answer.told(), "400 message_body_constraint_violations", "{}", answer.text);
        }
        assert_eq!(app.workflow_once(ASK, &"k".repeat(255), &json!({"email": ANN})).await.status, 200);
        app.drain().await;
    });
}

#[test]
fn c03_neither_bodies_nor_secrets_are_kept_for_a_repeated_answer() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        let user = app.user(ANN).await;
        let asked = app.workflow_once(ASK, "key-of-the-call", &json!({"email": ANN, "state": "deep-state"})).await;
        let made = app
            .workflow_once("create-password-reset-link", "key-of-the-call", &json!({"userId": user.to_string()}))
            .await;
        let code = app.mails().await.iter().find(|mail| mail.data().contains("Your code")).unwrap().verification_code();
        let dump = app.database.dump().await;
        for secret in
            [asked.text_at("/requestCode"), made.text_at("/passwordResetCode"), code, "key-of-the-call".to_owned()]
        {
            assert!(!dump.contains(&secret), "{secret}");
        }
    });
}
