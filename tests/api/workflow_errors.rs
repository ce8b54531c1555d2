//! The shape of every answer of the workflow API, and what it refuses to read.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

const ASK: &str = "/api/v1/password-reset/request-password-reset";
const RESET: &str = "/api/v1/password-reset/reset-password";

async fn post(app: &TestApp, path: &str, media: &str, body: impl Into<Vec<u8>>) -> Answer {
    let bearer = format!("Bearer {}", app.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", media)];
    app.send(Method::POST, path, &headers, Some(body.into())).await
}

/// Every error: its code, one ticket that is also the request id, and no
/// trace of a cache.
#[track_caller]
fn is_error(answer: &Answer, told: &str) {
    assert_eq!(answer.told(), told, "{}", answer.text);
    assert_eq!(answer.text_at("/ticket"), answer.headers["x-request-id"]);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["content-type"].split(';').next(), Some("application/json"));
    assert!(!answer.text_at("/message").is_empty());
    let kind = answer.text_at("/type");
    let violations = answer.body.get("violations").is_some();
    assert_eq!(kind, if violations { "constraint_violations_error" } else { "base_error" });
    let known = ["type", "code", "message", "ticket", "violations"];
    assert!(answer.body.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{}", answer.text);
}

#[test]
fn what_is_no_single_json_object_is_an_invalid_request() {
    on_both_databases(async |app| {
        let nested = format!("{{\"email\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
        let bodies: Vec<Vec<u8>> = vec![
            b"".to_vec(),
            b" ".to_vec(),
            b"{".to_vec(),
            b"[]".to_vec(),
            b"null".to_vec(),
            b"\"x\"".to_vec(),
            b"7".to_vec(),
            b"{} {}".to_vec(),
            b"{}x".to_vec(),
            b"{'email':'a@b.test'}".to_vec(),
            b"{\"email\":\"a@b.test\",}".to_vec(),
            b"{\"email\":\"a@b.test\",\"email\":\"c@d.test\"}".to_vec(),
            b"{\"email\":\"a@b.test\",\"\\u0065mail\":\"c@d.test\"}".to_vec(),
            b"{\"email\":\"\xff\xfe\"}".to_vec(),
            b"{\"email\":\"\\ud800\"}".to_vec(),
            b"{\"email\":NaN}".to_vec(),
            b"{\"email\":1e999}".to_vec(),
            b"\xef\xbb\xbf{\"email\":\"a@b.test\"}".to_vec(),
            b"{\"email\":\"a@b.test\",\"admin\":true}".to_vec(),
            b"{\"Email\":\"a@b.test\"}".to_vec(),
            b"{\"email\":\"a@b.test\",\"__proto__\":{\"x\":1}}".to_vec(),
            b"{\"email\":\"a@b.test\"}//".to_vec(),
            nested.into_bytes(),
            "[".repeat(16_000).into_bytes(),
            "{\"a\":".repeat(3000).into_bytes(),
        ];
        for body in bodies {
            let answer = post(app, ASK, "application/json", body.clone()).await;
            is_error(&answer, "400 invalid_request");
            assert!(!answer.text.contains("a@b.test"), "no value is repeated: {}", answer.text);
        }
        assert!(app.mails().await.is_empty());
    });
}

#[test]
fn a_body_of_another_kind_or_size_is_refused() {
    on_both_databases(async |app| {
        for media in [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain",
            "application/xml",
            "application/json; charset=utf-16",
            "application/json; charset=utf-7",
            "nonsense",
        ] {
            is_error(&post(app, ASK, media, "{\"email\":\"a@b.test\"}").await, "415 unsupported_media_type");
        }
        for media in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
            assert_eq!(post(app, ASK, media, "{\"email\":\"a@b.test\"}").await.status, 200, "{media}");
        }
        let largest = format!("{{\"email\":\"a@b.test\"{}}}", " ".repeat(16 * 1024 - 20));
        assert_eq!(largest.len(), 16 * 1024);
        assert_eq!(post(app, ASK, "application/json", largest.clone()).await.status, 200);
        is_error(&post(app, ASK, "application/json", format!("{largest} ")).await, "413 payload_too_large");
        app.drain().await;
    });
}

#[test]
fn methods_paths_and_accepted_types_have_their_errors() {
    on_both_databases(async |app| {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let refused = app.call_as(&app.key, method.clone(), RESET, None).await;
            is_error(&refused, "405 method_not_allowed");
            assert_eq!(refused.headers["allow"], "POST", "{method}");
        }
        let missing = app.post("/api/v1/password-reset/no-such-call", &json!({})).await;
        assert_eq!((missing.status, missing.headers["cache-control"].as_str()), (404, "no-store"));
        assert_eq!(missing.text_at("/ticket"), missing.headers["x-request-id"]);
        let bearer = format!("Bearer {}", app.key);
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/json"), ("accept", "text/html")];
        let body = b"{\"email\":\"a@b.test\"}".to_vec();
        is_error(&app.send(Method::POST, ASK, &headers, Some(body.clone())).await, "406 not_acceptable");
        for accept in ["*/*", "application/*", "application/json", "text/html, application/json;q=0.1"] {
            let headers = [headers[0], headers[1], ("accept", accept)];
            assert_eq!(app.send(Method::POST, ASK, &headers, Some(body.clone())).await.status, 200, "{accept}");
        }
        app.drain().await;
    });
}

#[test]
fn every_answer_carries_a_request_id_of_its_own_and_is_not_stored() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await.to_string();
        let asked = app.ask("ann@example.test").await;
        let token = app.latest_mail().await.link_token();
        let answers = vec![
            asked,
            app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await,
            app.complete_link(&token, "short").await,
            app.complete_link(&token, NEW_PASSWORD).await,
            app.workflow("create-password-reset-link", &json!({"userId": user})).await,
            app.workflow("send-password-reset-email", &json!({"userId": user})).await,
            app.workflow("cancel-password-reset", &json!({"userId": user})).await,
            app.workflow("cancel-password-reset", &json!({"userId": "user_x"})).await,
            app.workflow_as("sk_unknown", "cancel-password-reset", &json!({"userId": user})).await,
            app.workflow("exchange-auth-session", &json!({"authSessionCode": "x"})).await,
        ];
        let mut seen = BTreeMap::new();
        for answer in answers {
            let id = answer.headers["x-request-id"].clone();
            assert_eq!(answer.headers["cache-control"], "no-store");
            if answer.status != 200 {
                assert_eq!(answer.text_at("/ticket"), id);
            }
            assert!(seen.insert(id, answer.text).is_none(), "an id came twice");
        }
        app.drain().await;
    });
}

#[test]
fn missing_and_empty_fields_are_all_named_at_once() {
    on_both_databases(async |app| {
        for (call, field) in [
            ("request-password-reset", "email"),
            ("send-password-reset-email", "userId"),
            ("create-password-reset-link", "userId"),
            ("introspect-email-auth-code", "emailAuthCode"),
            ("introspect-password-reset-code", "passwordResetCode"),
            ("resend-code", "requestCode"),
            ("exchange-auth-session", "authSessionCode"),
        ] {
            app.workflow(call, &json!({})).await.refuses(field, "required");
            app.workflow(call, &json!({field: null})).await.refuses(field, "required");
            let empty = app.workflow(call, &json!({field: ""})).await;
            is_error(&empty, "400 message_body_constraint_violations");
            assert_eq!(empty.violations(field), ["empty"]);
        }
        let body = json!({"email": "x", "state": "", "clientIp": "300.1.1.1", "locale": "x".repeat(36)});
        let answer = app.workflow("request-password-reset", &body).await;
        is_error(&answer, "400 message_body_constraint_violations");
        assert_eq!(answer.violations("email"), ["invalid_email"]);
        assert_eq!(answer.violations("state"), ["empty"]);
        assert_eq!(answer.violations("locale"), ["too_long"]);
        assert_eq!(answer.text_at("/violations/locale/0/constraintAttributes/maximumLength"), "35");
        assert_eq!(answer.violations("clientIp").len(), 1);
        let verify = app.workflow("verify-code", &json!({})).await;
        assert_eq!(
            (verify.violations("requestCode"), verify.violations("verificationCode")),
            (vec!["required".into()], vec!["required".into()])
        );
    });
}

#[test]
fn every_broken_password_rule_is_named_and_the_proof_stays_good() {
    on_both_databases(async |app| {
        app.user("ann.meadow@example.test").await;
        let token = app.link_token("ann.meadow@example.test").await;
        for (password, code) in [
            ("Blue-7".to_owned(), "too_short"),
            ("x".repeat(257), "too_long"),
            ("\u{1f600}".repeat(256) + "x", "too_long"),
            ("passwordpassword".to_owned(), "common_password"),
            ("ann.meadow@example.test".to_owned(), "password_contains_identity"),
        ] {
            let refused = app.complete_link(&token, &password).await;
            is_error(&refused, "400 message_body_constraint_violations");
            assert!(refused.violations("newPassword").iter().any(|found| found == code), "{code}: {}", refused.text);
            assert!(!refused.text.contains(&password), "the password is not repeated");
        }
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}
