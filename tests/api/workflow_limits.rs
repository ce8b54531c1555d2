//! Throttles of the workflow API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;
use crate::support::resets::{almost, minutes};

const ANN: &str = "ann@example.test";

async fn ask_from(app: &TestApp, email: &str, ip: &str) -> Answer {
    app.workflow("request-password-reset", &json!({"email": email, "clientIp": ip})).await
}

#[test]
fn g02_ten_requests_of_one_client_address_and_then_one_per_half_minute() {
    on_both_databases(async |app| {
        for n in 0..10 {
            let email = format!("person{n}@example.test");
            assert_eq!(ask_from(app, &email, "198.51.100.7").await.told(), "200 REQUEST_ACCEPTED", "{n}");
        }
        for ip in ["198.51.100.7", "::ffff:198.51.100.7"] {
            let refused = ask_from(app, ANN, ip).await;
            assert_eq!(
                (refused.told().as_str(), refused.headers["retry-after"].as_str()),
                ("429 too_many_requests", "30")
            );
        }
        assert_eq!(ask_from(app, ANN, "198.51.100.8").await.status, 200, "another client");
        for _ in 0..12 {
            assert_eq!(app.ask(ANN).await.status, 200, "a backend without clientIp is not one client");
        }
        let (_, _, foreign) = app.another_application("other").await;
        let body = json!({"email": ANN, "clientIp": "198.51.100.7"});
        assert_eq!(app.workflow_as(&foreign, "request-password-reset", &body).await.status, 200);
        app.advance(Duration::from_secs(30));
        assert_eq!(ask_from(app, ANN, "198.51.100.7").await.status, 200);
        assert_eq!(ask_from(app, ANN, "198.51.100.7").await.status, 429);
        app.drain().await;
    });
}

#[test]
fn one_ipv6_network_of_64_bits_is_one_client() {
    on_both_databases(async |app| {
        for n in 0..10 {
            assert_eq!(ask_from(app, ANN, &format!("2001:db8:1:2:{n:x}::{n:x}")).await.status, 200);
        }
        assert_eq!(ask_from(app, ANN, "2001:db8:1:2:ffff::1").await.status, 429);
        assert_eq!(ask_from(app, ANN, "2001:db8:1:3::1").await.status, 200);
        app.drain().await;
    });
}

#[test]
fn g01_a_mailbox_gets_three_mails_then_one_an_hour_and_ten_a_day_while_answers_stay_the_same() {
    on_both_databases(async |app| {
        app.user("Ann.Lee@Example.Test").await;
        let spellings = ["ann.lee@example.test", " ANN.LEE@EXAMPLE.TEST ", "Ann.Lee@example.test"];
        let usual = app.ask("nobody@example.test").await.shape();
        for n in 0..9 {
            assert_eq!(app.ask(spellings[n % 3]).await.shape(), usual);
            app.drain().await;
        }
        assert_eq!(app.mails().await.len(), 3);
        for hour in 1..=7 {
            app.advance(almost(minutes(60)));
            app.ask(spellings[hour % 3]).await;
            assert_eq!(app.mails().await.len(), 2 + hour, "not yet an hour");
            app.advance(Duration::from_millis(1));
            app.ask(spellings[hour % 3]).await;
            assert_eq!(app.mails().await.len(), 3 + hour);
        }
        for hour in 8..24 {
            app.advance(minutes(60));
            assert_eq!(app.ask(spellings[hour % 3]).await.status, 200);
            assert_eq!(app.mails().await.len(), 10, "ten a day, hour {hour}");
        }
        app.advance(minutes(60));
        app.ask(spellings[0]).await;
        assert_eq!(app.mails().await.len(), 11, "a day after the first");
    });
}

#[test]
fn resends_draw_on_the_mailbox_and_mails_by_a_trusted_caller_do_not() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        let user = app.user(ANN).await;
        let (request, _) = app.code(ANN).await;
        app.code(ANN).await;
        app.code(ANN).await;
        app.advance(minutes(1));
        let asked = app.ask(ANN).await.text_at("/requestCode");
        app.advance(minutes(1));
        assert_eq!(app.resend(&asked).await.told(), "200 RESENT");
        assert_eq!(app.resend(&request).await.told(), "200 RESENT", "a superseded one answers alike");
        assert_eq!(app.mails().await.len(), 3, "the mailbox is full");
        let body = json!({"userId": user.to_string(), "strategy": "LINK"});
        assert_eq!(app.workflow("send-password-reset-email", &body).await.status, 200);
        let token = app.latest_mail().await.link_token();
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        assert_eq!(app.mails().await.len(), 5, "a notice is never held back");
    });
}

#[test]
fn twenty_bad_tokens_of_one_client_in_ten_minutes_and_then_429() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let token = app.link_token(ANN).await;
        let bad = |n: usize| -> (&str, Value) {
            match n % 3 {
                0 => ("introspect-email-auth-code", json!({"emailAuthCode": "x"})),
                1 => ("introspect-password-reset-code", json!({"passwordResetCode": "x"})),
                _ => ("reset-password", json!({"emailAuthCode": "A".repeat(43), "newPassword": NEW_PASSWORD})),
            }
        };
        for n in 0..21 {
            let (call, mut body) = bad(n);
            body["clientIp"] = json!("198.51.100.7");
            let answer = app.workflow(call, &body).await;
            assert_eq!(answer.status, if n < 20 { 400 } else { 429 }, "{n}");
        }
        let mut body = json!({"emailAuthCode": token, "newPassword": NEW_PASSWORD, "clientIp": "198.51.100.7"});
        let refused = app.workflow("reset-password", &body).await;
        assert_eq!(
            (refused.told().as_str(), refused.headers["retry-after"].as_str()),
            ("429 too_many_requests", "600")
        );
        let (_, _, foreign) = app.another_application("other").await;
        let elsewhere = json!({"emailAuthCode": "x", "clientIp": "198.51.100.7"});
        let elsewhere = app.workflow_as(&foreign, "introspect-email-auth-code", &elsewhere).await;
        assert_eq!(elsewhere.status, 400, "each application counts its own");
        for n in 0..30 {
            let (call, mut body) = bad(n);
            assert_eq!(app.workflow(call, &body).await.status, 400, "no clientIp, no client");
            body["clientIp"] = json!(format!("203.0.113.{n}"));
            assert_eq!(app.workflow(call, &body).await.status, 400, "one each");
        }
        app.advance(minutes(10));
        let again = json!({"emailAuthCode": "x", "clientIp": "198.51.100.7"});
        assert_eq!(app.workflow("introspect-email-auth-code", &again).await.status, 400);
        body["clientIp"] = json!("198.51.100.7");
        app.workflow("reset-password", &body).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn throttles_can_be_switched_off_and_the_caps_on_wrong_codes_cannot() {
    on_both_with(&[("REKEY__LIMITS__ENABLED", "false")], async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        for _ in 0..12 {
            assert_eq!(ask_from(app, ANN, "198.51.100.7").await.status, 200);
            app.drain().await;
        }
        assert_eq!(app.mails().await.len(), 12);
        let (request, code) = app.code(ANN).await;
        for _ in 0..5 {
            app.verify(&request, &crate::support::resets::wrong(&code)).await;
        }
        app.verify(&request, &code).await.refuses("verificationCode", "invalid_verification_code");
        app.drain().await;
    });
}

#[test]
fn calls_of_one_account_are_limited_and_another_account_does_not_notice() {
    let settings = [("REKEY__LIMITS__CALLS_PER_SECOND", "2"), ("REKEY__LIMITS__CALLS_BURST", "5")];
    on_both_with(&settings, async |app| {
        let call = ("introspect-email-auth-code", json!({"emailAuthCode": "x"}));
        for _ in 0..5 {
            assert_eq!(app.workflow(call.0, &call.1).await.status, 400);
        }
        let refused = app.workflow(call.0, &call.1).await;
        assert_eq!((refused.told().as_str(), refused.headers["retry-after"].as_str()), ("429 too_many_requests", "1"));
        let (_, _, foreign) = app.another_application("other").await;
        assert_eq!(app.workflow_as(&foreign, call.0, &call.1).await.status, 400);
        app.advance(Duration::from_millis(500));
        assert_eq!(app.workflow(call.0, &call.1).await.status, 400);
        assert_eq!(app.workflow(call.0, &call.1).await.status, 429);
    });
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({"grant_type": "password", "email": email, "password": password, "ip_address": "198.51.100.7",
        "client_id": app.client.0, "client_secret": app.key});
    app.post("/user_management/authenticate", &body).await
}

#[test]
fn a_failed_sign_in_writes_the_same_for_an_unknown_address() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        for email in [ANN, "nobody@example.test"] {
            let before = app.database.count("events").await;
            assert_eq!(sign_in(app, email, NEW_PASSWORD).await.status, 400);
            assert_eq!(app.database.count("events").await, before + 1, "{email}");
        }
        assert_eq!(app.database.number("SELECT COUNT(*) AS n FROM events WHERE user_id IS NULL").await, 1);
    });
}

#[test]
fn a_sign_in_that_compared_nothing_is_not_counted() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        // A hash that cannot be read stands for every error before a comparison.
        let broken = format!("UPDATE users SET password_hash = 'x' || password_hash WHERE id = '{user}'");
        app.database.run(&broken).await;
        for _ in 0..12 {
            assert_eq!(sign_in(app, ANN, PASSWORD).await.status, 500);
        }
        let mended = format!("UPDATE users SET password_hash = SUBSTR(password_hash, 2) WHERE id = '{user}'");
        app.database.run(&mended).await;
        assert_eq!(sign_in(app, ANN, PASSWORD).await.status, 200);
    });
}

#[test]
fn a_client_id_with_control_characters_is_an_unknown_client() {
    on_both_databases(async |app| {
        for form in ["client_id=a%00b", "client_id=%01"] {
            let body = format!("grant_type=client_credentials&{form}&client_secret={}", app.client.1);
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            let path = "/api/v1/oauth2/token";
            let refused = app.send(reqwest::Method::POST, path, &headers, Some(body.into_bytes())).await;
            assert_eq!((refused.status, refused.text_at("/error").as_str()), (401, "invalid_client"));
        }
    });
}
