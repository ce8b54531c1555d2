//! Policies through the management door, and their effect on real resets.

use std::time::Duration;

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;

const WORKFLOW: &str = "/api/v1/workflow-policies";
const PASSWORDS: &str = "/api/v1/password-policies";
const ANN: &str = "ann@example.test";

async fn put(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.call(Method::PUT, path, Some(body)).await
}

async fn set(app: &TestApp, path: &str, body: &Value) -> Answer {
    let answer = put(app, path, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

/// What a reset says about a new password.
async fn verdict(app: &TestApp, password: &str) -> String {
    app.advance(Duration::from_secs(7200));
    let token = app.link_token(ANN).await;
    let answer = app.complete_link(&token, password).await;
    match answer.status {
        200 => "fine".to_owned(),
        503 => "later".to_owned(),
        _ => answer.violations("newPassword").join(" "),
    }
}

#[test]
fn levels_cascade_field_by_field_and_say_where_a_value_comes_from() {
    on_both_databases(async |app| {
        let tenant = format!("{WORKFLOW}?tenantId={}", app.tenant);
        let shown = app.get(&tenant).await;
        let told = |answer: &Answer, field: &str| {
            let found = &answer.body["effective"][field];
            format!("{} {}", found["value"], found["level"].as_str().unwrap())
        };
        assert_eq!(told(&shown, "strategy"), "\"LINK\" SERVER", "{}", shown.text);
        assert_eq!(told(&shown, "wrongCodesPerReset"), "5 SERVER");
        assert_eq!(told(&shown, "resendSeconds"), "[60,120,240] SERVER");
        assert_eq!(shown.body["metadata"], json!({"version": 0}));
        set(app, WORKFLOW, &json!({"strategy": "OTP", "emailOtpMinutes": 5})).await;
        let own = set(app, &tenant, &json!({"emailOtpMinutes": 3, "wrongCodesPerReset": 2})).await;
        assert_eq!(
            (told(&own, "strategy"), told(&own, "emailOtpMinutes")),
            ("\"OTP\" APPLICATION".into(), "3 TENANT".into())
        );
        assert_eq!(own.body["override"], json!({"emailOtpMinutes": 3, "wrongCodesPerReset": 2}));
        let asked = app.ask(ANN).await;
        assert_eq!(asked.body["expiresAt"], "2026-01-01T00:03:00.000Z", "{}", asked.text);
        app.drain().await;
        let bearer = format!("Bearer {}", app.key);
        let with = async |method: Method, version: &str| {
            let headers =
                [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", version)];
            app.send(method, &tenant, &headers, Some(b"{\"strategy\":\"LINK\"}".to_vec())).await
        };
        for stale in
            [with(Method::PUT, "\"0\"").await, with(Method::PUT, "\"2\"").await, with(Method::DELETE, "\"9\"").await]
        {
            assert_eq!((stale.status, &stale.body["code"]), (412, &json!("version_mismatch")), "{}", stale.text);
            assert!(stale.body["changedBy"]["id"].is_string(), "{}", stale.text);
        }
        let replaced = with(Method::PUT, "\"1\"").await;
        assert_eq!((replaced.status, told(&replaced, "emailOtpMinutes")), (200, "5 APPLICATION".into()));
        assert_eq!(replaced.body["metadata"]["version"], 2);
        assert_eq!(with(Method::DELETE, "\"2\"").await.status, 204);
        assert_eq!(told(&app.get(&tenant).await, "strategy"), "\"OTP\" APPLICATION");
        assert_eq!(app.call(Method::DELETE, WORKFLOW, None).await.status, 204);
        assert_eq!(told(&app.get(&tenant).await, "strategy"), "\"LINK\" SERVER");
    });
}

#[test]
fn a_tenants_administrator_sets_that_tenants_level_only() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        let grants = [Permission::PasswordPolicyRead, Permission::PasswordPolicyWrite];
        let (_, key) = app.account(grants.map(|p| Grant::new(p, Boundary::Tenant(elsewhere))).to_vec()).await;
        let body = json!({"minimumLength": 20});
        let told = async |method: Method, path: &str| app.call_as(&key, method, path, Some(&body)).await.status;
        assert_eq!(told(Method::PUT, &format!("{PASSWORDS}?tenantId={elsewhere}")).await, 200);
        for foreign in [app.tenant.to_string(), "tenant_01JH0000000000000000000000".into(), "x".into()] {
            for method in [Method::GET, Method::PUT, Method::DELETE] {
                assert_eq!(told(method, &format!("{PASSWORDS}?tenantId={foreign}")).await, 404, "{foreign}");
            }
        }
        assert_eq!(told(Method::PUT, PASSWORDS).await, 403, "the application's level");
        assert_eq!(told(Method::GET, PASSWORDS).await, 403);
        assert_eq!(app.get(PASSWORDS).await.body["effective"]["minimumLength"]["value"], 15);
    });
}

#[test]
fn what_may_not_be_set_is_named() {
    on_both_databases(async |app| {
        let body = json!({"customRedirectUrl": "https://a@evil.test/", "customPasswordResetLinkUrl": "http://app.test/",
            "redirectUrls": ["https://{tenant_name}.test/"], "emailLinkMinutes": 1, "wrongCodesPerReset": 6,
            "wrongCodesPerAccount": 11, "resendSeconds": [1]});
        let refused = put(app, WORKFLOW, &body).await;
        for (field, code) in [
            ("customRedirectUrl", "invalid_url"),
            ("customPasswordResetLinkUrl", "https_required"),
            ("redirectUrls", "invalid_placeholder"),
            ("emailLinkMinutes", "out_of_range"),
            ("wrongCodesPerReset", "out_of_range"),
            ("wrongCodesPerAccount", "out_of_range"),
            ("resendSeconds", "out_of_range"),
        ] {
            assert_eq!(refused.violations(field), [code], "{}", refused.text);
        }
        let body = json!({"minimumLength": 7, "historyLength": 25, "minimumStrengthScore": 5, "contextWords": [""],
            "breachedPwdDetectionEnabled": true});
        let refused = put(app, PASSWORDS, &body).await;
        for (field, code) in [
            ("minimumLength", "out_of_range"),
            ("historyLength", "out_of_range"),
            ("minimumStrengthScore", "out_of_range"),
            ("contextWords", "empty"),
            ("breachedPwdDetectionEnabled", "not_available"),
        ] {
            assert_eq!(refused.violations(field), [code], "{}", refused.text);
        }
        for body in [json!({"minimumlength": 9}), json!({"strategy": "CALL"}), json!({"minimumLength": "9"})] {
            assert_eq!(put(app, PASSWORDS, &body).await.status, 400, "{body}");
        }
        assert_eq!(app.get(PASSWORDS).await.body["metadata"], json!({"version": 0}), "nothing was set");
    });
}

#[test]
fn each_field_of_the_password_policy_shows_in_a_reset() {
    on_both_with(&[("REKEY__LIMITS__ENABLED", "false")], async |app| {
        app.user(ANN).await;
        for (policy, password, told) in [
            (json!({"minimumLength": 8}), "zk4m9qwx", "fine"),
            (json!({"minimumLength": 24}), "quiet harbour lamps 73", "too_short"),
            (json!({"lowercaseCharRequired": true}), "QUIET HARBOUR LAMPS 73", "lowercase_char_required"),
            (json!({"uppercaseCharRequired": true}), "quiet harbour lamps 73", "uppercase_char_required"),
            (json!({"digitRequired": true}), "quiet harbour lamps", "digit_required"),
            (json!({"specialCharRequired": true}), "QuietHarbourLamps73x", "special_char_required"),
            (json!({}), "password1234567", "common_password"),
            (json!({"blocklistEnabled": false}), "password1234567", "fine"),
            (json!({"contextWords": ["harbourlampworks"]}), "Harbour-Lamp-Works!", "common_password"),
            (
                json!({"minimumStrengthScore": 4, "minimumLength": 8, "blocklistEnabled": false}),
                "lampposts",
                "password_too_weak",
            ),
        ] {
            set(app, PASSWORDS, &policy).await;
            assert_eq!(verdict(app, password).await, told, "{policy}");
        }
        // One letter, two spellings: the same password under NFC, another one verbatim.
        let (composed, split) = ("quiet harbour caf\u{e9} 73", "quiet harbour cafe\u{301} 73");
        for (normalization, same) in [("NFC", true), ("VERBATIM", false)] {
            set(app, PASSWORDS, &json!({"normalization": normalization})).await;
            assert_eq!(verdict(app, composed).await, "fine");
            assert_eq!(app.signs_in(ANN, split).await, same, "{normalization}");
        }
        app.drain().await;
    });
}

#[test]
fn earlier_passwords_do_not_come_back_until_they_are_forgotten() {
    on_both_with(&[("REKEY__LIMITS__ENABLED", "false")], async |app| {
        app.user(ANN).await;
        set(app, PASSWORDS, &json!({"historyLength": 3})).await;
        let new = |n: usize| format!("Quiet-Harbour-Lamp-{n:04}");
        assert_eq!(verdict(app, PASSWORD).await, "password_reused", "the one in use");
        for n in 1..=2 {
            assert_eq!(verdict(app, &new(n)).await, "fine");
        }
        for used in [PASSWORD, &new(1), &new(2)] {
            assert_eq!(verdict(app, used).await, "password_reused", "{used}");
        }
        assert_eq!(verdict(app, &new(3)).await, "fine");
        assert_eq!(app.database.count("password_history").await, 2, "three with the one in use");
        assert_eq!(verdict(app, PASSWORD).await, "fine", "forgotten by now");
        // The same call twice: the first answer may have been lost.
        app.advance(Duration::from_secs(7200));
        let token = app.link_token(ANN).await;
        for _ in 0..2 {
            assert_eq!(app.complete_link(&token, NEW_PASSWORD).await.status, 200);
        }
        app.drain().await;
    });
}

#[test]
fn a_deleted_users_passwords_are_forgotten() {
    on_both_databases(async |app| {
        let ann = app.user(ANN).await;
        set(app, PASSWORDS, &json!({"historyLength": 5})).await;
        assert_eq!(verdict(app, NEW_PASSWORD).await, "fine");
        assert_eq!(app.database.count("password_history").await, 1);
        assert_eq!(app.call(Method::DELETE, &format!("/api/v1/users/{ann}"), None).await.status, 204);
        assert_eq!(app.database.count("password_history").await, 0);
        app.drain().await;
    });
}

fn sha1(password: &str) -> String {
    rekey::domain::secret::hex(&Sha1::digest(password.as_bytes())).to_uppercase()
}

#[test]
fn breached_passwords_are_looked_up_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("breaches.txt");
    let mut lines: Vec<_> = (0..500).map(|n| format!("{}:7\n", sha1(&format!("breached {n}")))).collect();
    lines.push(format!("{}:1\n", sha1(NEW_PASSWORD)));
    lines.sort();
    std::fs::write(&path, lines.concat()).unwrap();
    let settings = [("REKEY__BREACH__FILE", path.to_str().unwrap()), ("REKEY__LIMITS__ENABLED", "false")];
    on_both_with(&settings, async |app| {
        app.user(ANN).await;
        set(app, PASSWORDS, &json!({"breachedPwdDetectionEnabled": true, "breachCheckFailure": "REFUSE"})).await;
        assert_eq!(verdict(app, NEW_PASSWORD).await, "breached_password");
        assert_eq!(verdict(app, "Another-Harbour-Lamp-1").await, "fine");
        set(app, PASSWORDS, &json!({"breachedPwdDetectionEnabled": false})).await;
        assert_eq!(verdict(app, NEW_PASSWORD).await, "fine");
        app.drain().await;
    });
}

/// An endpoint that answers one hash as breached, and what it was asked for.
async fn endpoint(asked: tokio::sync::mpsc::UnboundedSender<String>) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).await.unwrap();
            let line = String::from_utf8_lossy(&head[..read]).lines().next().unwrap_or_default().to_owned();
            let prefix = line.split(' ').nth(1).unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
            let known = sha1(NEW_PASSWORD);
            let body = match known.strip_prefix(&prefix) {
                Some(rest) => format!("{}:0\r\n{rest}:12\r\n", "0".repeat(35)),
                None => String::new(),
            };
            let answer =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = asked.send(line);
        }
    });
    port
}

#[test]
fn breached_passwords_are_looked_up_by_five_digits() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (sender, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let port = runtime.block_on(endpoint(sender));
    let url = format!("http://127.0.0.1:{port}/range/");
    let settings = [
        ("REKEY__BREACH__URL", url.as_str()),
        ("REKEY__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.0/8"),
        ("REKEY__LIMITS__ENABLED", "false"),
    ];
    on_both_with(&settings, async |app| {
        app.user(ANN).await;
        set(app, PASSWORDS, &json!({"breachedPwdDetectionEnabled": true})).await;
        assert_eq!(verdict(app, NEW_PASSWORD).await, "breached_password");
        assert_eq!(verdict(app, "Another-Harbour-Lamp-1").await, "fine");
        app.drain().await;
    });
    asked.close();
    let mut lines = Vec::new();
    while let Some(line) = runtime.block_on(asked.recv()) {
        lines.push(line);
    }
    assert_eq!(lines[0], format!("GET /range/{} HTTP/1.1", &sha1(NEW_PASSWORD)[..5]), "nothing more of it leaves");
}

#[test]
fn when_breaches_cannot_be_looked_up_the_policy_decides() {
    let settings = [
        ("REKEY__BREACH__URL", "http://127.0.0.1:9/range"),
        ("REKEY__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.0/8"),
        ("REKEY__LIMITS__ENABLED", "false"),
    ];
    on_both_with(&settings, async |app| {
        app.user(ANN).await;
        set(app, PASSWORDS, &json!({"breachedPwdDetectionEnabled": true, "breachCheckFailure": "REFUSE"})).await;
        app.advance(Duration::from_secs(7200));
        let token = app.link_token(ANN).await;
        let later = app.complete_link(&token, NEW_PASSWORD).await;
        assert_eq!((later.status, &later.body["code"]), (503, &json!("try_again_later")), "{}", later.text);
        set(app, PASSWORDS, &json!({"breachedPwdDetectionEnabled": true, "breachCheckFailure": "ALLOW"})).await;
        assert_eq!(app.complete_link(&token, NEW_PASSWORD).await.status, 200, "the proof was not used up");
        app.drain().await;
    });
}

#[test]
fn a_stricter_tenant_bears_fewer_wrong_codes_and_waits_longer() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        set(app, WORKFLOW, &json!({"strategy": "OTP", "wrongCodesPerReset": 2, "resendSeconds": [90, 300]})).await;
        for email in [ANN, "nobody@example.test"] {
            let asked = app.ask(email).await;
            assert_eq!(asked.body["resendAvailableAt"], "2026-01-01T00:01:30.000Z", "{}", asked.text);
            app.drain().await;
            let request = asked.text_at("/requestCode");
            let resend = app.resend(&request).await;
            assert_eq!((resend.status, resend.headers["retry-after"].as_str()), (429, "90"));
            for _ in 0..2 {
                assert_eq!(app.verify(&request, "00000000").await.status, 400);
            }
            app.drain().await;
            assert_eq!(app.resend(&request).await.status, 400, "its codes have run out");
        }
        let ended = app.get("/api/v1/password-resets?state=EXHAUSTED").await;
        assert_eq!(ended.body["totalResults"], 1, "{}", ended.text);
        app.drain().await;
    });
}

#[test]
fn every_instance_follows_a_change_within_two_seconds() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let (url, other, running) = app.another_instance().await;
        let http = reqwest::Client::new();
        let strategy = async || {
            let request = http.post(format!("{url}/api/v1/password-reset/request-password-reset"));
            let answer = request.bearer_auth(&app.key).json(&json!({"email": ANN})).send().await.unwrap();
            answer.json::<Value>().await.unwrap()["strategy"].clone()
        };
        assert_eq!(strategy().await, "LINK");
        set(app, WORKFLOW, &json!({"strategy": "OTP"})).await;
        tokio::time::sleep(rekey::workflows::policies::REMEMBERED).await;
        assert_eq!(strategy().await, "OTP");
        app.drain().await;
        running.stop().await;
        other.engine.database.clone().close().await.unwrap();
    });
}
