//! Who receives which mail, and what the caller may say about it.

use rekey::domain::email_address::EmailAddress;
use rekey::domain::policy::{UnknownAddressMail, WorkflowOverrides};
use rekey::workflows::users::UserChange;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, on_both_databases};
use crate::support::resets::{LINK_CREATED, UPDATED};

const ANN: &str = "ann@example.test";
const ASK: &str = "request-password-reset";

#[test]
fn a_caller_may_leave_out_the_notice_only_where_the_policy_allows_it() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let mut expected = 0;
        let mut passwords = [NEW_PASSWORD, PASSWORD].into_iter().cycle();
        for (allowed, wish) in [(true, true), (false, true), (true, false), (false, false)] {
            let suppress_updated_email_allowed = Some(allowed);
            app.policy(WorkflowOverrides { suppress_updated_email_allowed, ..WorkflowOverrides::default() }).await;
            let token = app.link_token(ANN).await;
            let body =
                json!({"emailAuthCode": token, "newPassword": passwords.next(), "suppressPasswordUpdatedEmail": wish});
            app.workflow("reset-password", &body).await.is_complete();
            expected += usize::from(!(allowed && wish));
            assert_eq!(app.mails_with(UPDATED).await, expected, "allowed {allowed}, wished {wish}");
            app.advance(crate::support::resets::minutes(60));
        }
    });
}

#[test]
fn a01_an_address_is_one_string_with_one_address() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        app.user("eve@example.test").await;
        let odd: Vec<Value> = vec![
            json!([ANN, "eve@example.test"]),
            json!({"0": ANN}),
            json!([ANN]),
            json!("ann@example.test,eve@example.test"),
            json!("ann@example.test;eve@example.test"),
            json!("ann@example.test eve@example.test"),
            json!("ann@example.test|eve@example.test"),
            json!("ann@example.test\neve@example.test"),
            json!("ann@example.test\r\nBcc: eve@example.test"),
            json!("ann@exam\u{2028}ple.test"),
            json!("ann@example.test\u{0}"),
            json!("ann@example.test."),
            json!("ann@example.test,"),
            json!("Ann <ann@example.test>"),
            json!("ann@example.test%0d%0aBcc:eve@example.test"),
        ];
        for value in odd {
            let answer = app.workflow(ASK, &json!({"email": value})).await;
            assert_eq!(answer.status, 400, "{value}: {}", answer.text);
        }
        let path = "/api/v1/password-reset/request-password-reset";
        let bearer = format!("Bearer {}", app.key);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let form = b"email[]=ann@example.test&email[]=eve@example.test".to_vec();
        assert_eq!(app.send(reqwest::Method::POST, path, &headers, Some(form)).await.status, 415);
        assert!(app.mails().await.is_empty());
    });
}

#[test]
fn a02_a_caller_names_no_address_to_deliver_to() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        for field in ["to", "recipient", "deliveryEmail", "notify", "userId", "cc", "replyTo", "origin", "baseUrl"] {
            let answer = app.workflow(ASK, &json!({"email": ANN, field: "eve@evil.test"})).await;
            assert_eq!(answer.told(), "400 invalid_request", "{field}");
        }
        let body = json!({"userId": user.to_string(), "email": "eve@evil.test"});
        assert_eq!(app.workflow("send-password-reset-email", &body).await.told(), "400 invalid_request");
        assert!(app.mails().await.is_empty());
    });
}

#[test]
fn a03_a14_addresses_match_by_one_rule_and_mail_goes_to_the_stored_original() {
    on_both_databases(async |app| {
        app.user("Mike.Kis@Example.Test").await;
        app.user("julian@cure53.test").await;
        for typed in ["mike.kis@example.test", " MIKE.KIS@EXAMPLE.TEST ", "\tmike.Kis@example.test"] {
            assert_eq!(app.ask(typed).await.status, 200, "{typed:?}");
            app.drain().await;
        }
        for (n, typed) in [
            "m\u{131}ke.kis@example.test",
            "M\u{130}KE.KIS@example.test",
            "mi\u{212a}e.kis@example.test",
            "mike.ki\u{17f}@example.test",
            "\u{ff4d}ike.kis@example.test",
            "mike.kis+x@example.test",
            "mikekis@example.test",
            "mike.kis@example.test%00",
            "julian@c\u{fc}re53.test",
            "juli\u{e1}n@cure53.test",
        ]
        .into_iter()
        .enumerate()
        {
            let answer = app.ask(typed).await;
            assert!(answer.status == 200 || answer.status == 400, "{n} {typed:?}: {}", answer.text);
        }
        let mails = app.mails().await;
        assert_eq!(mails.len(), 3);
        assert!(mails.iter().all(|mail| mail.to == ["Mike.Kis@Example.Test"]));
    });
}

#[test]
fn a10_b01_no_header_of_a_request_reaches_a_mail() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        app.mail_links().await;
        let bearer = format!("Bearer {}", app.key);
        for name in [
            "host",
            "x-forwarded-host",
            "forwarded",
            "x-host",
            "x-forwarded-server",
            "x-original-host",
            "x-http-host-override",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-rewrite-url",
            "x-forwarded-proto",
            "origin",
            "referer",
            "user-agent",
        ] {
            let value = if name == "forwarded" { "host=evil.test;proto=http" } else { "evil.test" };
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), (name, value)];
            let body = Some(json!({"userId": user.to_string()}).to_string().into_bytes());
            let path = "/api/v1/password-reset/create-password-reset-link";
            let made = app.send(reqwest::Method::POST, path, &headers, body.clone()).await;
            assert!(!made.text.contains("evil.test"), "{name}: {}", made.text);
            let path = "/api/v1/password-reset/send-password-reset-email";
            app.send(reqwest::Method::POST, path, &headers, body).await;
            app.drain().await;
        }
        let mails = app.mails().await;
        assert!(mails.len() >= 26, "{}", mails.len());
        for mail in mails {
            assert!(!String::from_utf8_lossy(&mail.wire).contains("evil"));
            assert_eq!((mail.from.as_str(), mail.to), ("no-reply@rekey.test", vec![ANN.to_owned()]));
        }
    });
}

#[test]
fn trap13_a_mail_by_address_holds_no_text_of_the_caller() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let policy = WorkflowOverrides {
            unknown_address_mail: Some(UnknownAddressMail::NoAccountNotice),
            ..WorkflowOverrides::default()
        };
        app.policy(policy).await;
        for email in [ANN, "nobody@example.test"] {
            let body = json!({"email": email, "state": "PAYLOAD", "clientId": "PAYLOAD", "locale": "PAYLOAD"});
            assert_eq!(app.workflow(ASK, &body).await.told(), "200 REQUEST_ACCEPTED");
        }
        let mails = app.mails().await;
        assert_eq!(mails.len(), 2);
        assert!(mails[1].data().contains("Subject: There is no") || mails[0].data().contains("Subject: There is no"));
        for mail in mails {
            assert!(!String::from_utf8_lossy(&mail.wire).contains("PAYLOAD"));
        }
    });
}

#[test]
fn an_unknown_address_gets_mail_only_if_the_policy_says_so() {
    on_both_databases(async |app| {
        let silent = app.ask("nobody@example.test").await;
        assert!(app.mails().await.is_empty());
        let policy = WorkflowOverrides {
            unknown_address_mail: Some(UnknownAddressMail::NoAccountNotice),
            ..WorkflowOverrides::default()
        };
        app.policy(policy).await;
        let told = app.ask("Nobody@Example.Test").await;
        assert_eq!(silent.shape(), told.shape());
        assert_eq!(app.latest_mail().await.to, ["Nobody@Example.Test"], "it goes to the address given");
        for _ in 0..5 {
            app.ask("nobody@example.test").await;
        }
        assert_eq!(app.mails().await.len(), 3, "within the mailbox's throttle");
    });
}

#[test]
fn invariant6_a_secret_is_dropped_when_the_address_changes_before_it_is_sent_and_a_notice_is_not_diverted() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let body = json!({"userId": user.to_string()});
        app.workflow("send-password-reset-email", &body).await;
        app.workflow("create-password-reset-link", &body).await;
        let email = Some(EmailAddress::parse("eve@evil.test").unwrap());
        app.change_user(user, UserChange { email, ..UserChange::default() }).await;
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "the link is not sent");
        assert!(mails[0].data().contains(LINK_CREATED));
        assert_eq!(mails[0].to, [ANN]);
    });
}

#[test]
fn a12_no_answer_to_a_request_by_address_tells_about_the_account() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await.to_string();
        for codes in [false, true] {
            if codes {
                app.mail_codes().await;
            }
            let answer = app.ask(ANN).await;
            assert!(!answer.text.contains("ann@") && !answer.text.contains(&user) && !answer.text.contains("***"));
        }
        app.drain().await;
    });
}
