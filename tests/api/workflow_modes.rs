//! The request body decides the mode: exactly one of three groups of fields.

use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

const FIELDS: [(&str, u8); 4] =
    [("emailAuthCode", 0), ("requestCode", 1), ("verificationCode", 1), ("passwordResetCode", 2)];

async fn complete(app: &TestApp, fields: &[(&str, Value)]) -> Answer {
    let mut body = json!({"newPassword": NEW_PASSWORD});
    for (name, value) in fields {
        body[*name] = value.clone();
    }
    app.workflow("reset-password", &body).await
}

#[test]
fn every_choice_of_fields_but_one_whole_group_names_each_offending_field() {
    on_both_databases(async |app| {
        for choice in 0_u8..16 {
            let present: Vec<(&str, u8)> =
                FIELDS.iter().enumerate().filter(|(at, _)| choice & (1 << at) != 0).map(|(_, field)| *field).collect();
            let mut groups: Vec<u8> = present.iter().map(|field| field.1).collect();
            groups.dedup();
            let sent: Vec<(&str, Value)> = present.iter().map(|field| (field.0, json!("12345678"))).collect();
            let answer = complete(app, &sent).await;
            assert_eq!(answer.told(), "400 message_body_constraint_violations", "{sent:?}");
            let mut named: Vec<&str> =
                answer.body["violations"].as_object().unwrap().keys().map(String::as_str).collect();
            named.sort_by_key(|name| FIELDS.iter().position(|field| field.0 == *name));
            let all: Vec<&str> = present.iter().map(|field| field.0).collect();
            match (groups.as_slice(), present.as_slice()) {
                ([], _) => {
                    assert_eq!(named, FIELDS.map(|field| field.0), "nothing was sent");
                    assert!(named.iter().all(|name| answer.violations(name) == ["exactly_one_mode"]));
                }
                ([1], [(only, _)]) => {
                    let other = if *only == "requestCode" { "verificationCode" } else { "requestCode" };
                    assert_eq!(
                        (named.as_slice(), answer.violations(other)),
                        ([other].as_slice(), vec!["required".to_owned()])
                    );
                }
                // One whole group: the proof is looked at, and is wrong.
                ([_], _) => assert!(answer.text.contains("invalid_"), "{}", answer.text),
                _ => {
                    assert_eq!(named, all, "each field of a mixture is named");
                    for name in named {
                        let codes = answer.violations(name);
                        assert!(codes == ["exactly_one_mode"] || codes == ["must_be_null"], "{codes:?}");
                    }
                }
            }
        }
    });
}

#[test]
fn a_second_group_is_refused_even_when_both_are_right_and_uses_nothing_up() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let handed = app.create_link(user).await.text_at("/passwordResetCode");
        let token = app.link_token("ann@example.test").await;
        let both = [("emailAuthCode", json!(token)), ("passwordResetCode", json!(handed))];
        let refused = complete(app, &both).await;
        assert_eq!(refused.told(), "400 message_body_constraint_violations");
        assert_eq!(refused.violations("emailAuthCode"), ["exactly_one_mode"]);
        assert_eq!(refused.violations("passwordResetCode"), ["must_be_null"]);
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        let nulls = [("emailAuthCode", json!(token)), ("passwordResetCode", Value::Null), ("requestCode", Value::Null)];
        complete(app, &nulls).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn an_empty_code_and_a_missing_password_are_named_together() {
    on_both_databases(async |app| {
        for (field, others) in [
            ("emailAuthCode", json!({})),
            ("passwordResetCode", json!({})),
            ("requestCode", json!({"verificationCode": "12345678"})),
            ("verificationCode", json!({"requestCode": "x"})),
        ] {
            let mut body = others;
            body[field] = json!("");
            let answer = app.workflow("reset-password", &body).await;
            assert_eq!(answer.told(), "400 message_body_constraint_violations");
            assert_eq!(
                (answer.violations(field), answer.violations("newPassword")),
                (vec!["empty".into()], vec!["required".into()])
            );
            body["newPassword"] = json!("");
            let answer = app.workflow("reset-password", &body).await;
            assert_eq!(answer.violations("newPassword"), ["empty"]);
        }
    });
}

#[test]
fn d11_a_step_cannot_be_skipped() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user("ann@example.test").await;
        app.user("eve@example.test").await;
        let (request, _) = app.code("ann@example.test").await;
        let (own_request, own_code) = app.code("eve@example.test").await;
        assert_eq!(app.verify(&own_request, &own_code).await.told(), "200 CODE_VERIFIED");
        let crossed = app.complete_code(&request, &own_code, NEW_PASSWORD).await;
        crossed.refuses("verificationCode", "invalid_verification_code");
        let alone = complete(app, &[("requestCode", json!(request))]).await;
        alone.refuses("verificationCode", "required");
        for forged in ["00000000", "true", "CODE_VERIFIED"] {
            let refused = app.complete_code(&request, forged, NEW_PASSWORD).await;
            refused.refuses("verificationCode", "invalid_verification_code");
        }
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
    });
}

#[test]
fn e08_the_account_is_the_one_stored_with_the_proof() {
    on_both_databases(async |app| {
        let victim = app.user("ann@example.test").await;
        app.user("eve@example.test").await;
        let token = app.link_token("eve@example.test").await;
        for (name, value) in
            [("userId", victim.to_string()), ("email", "ann@example.test".into()), ("tenantId", app.tenant.to_string())]
        {
            let refused = complete(app, &[("emailAuthCode", json!(token)), (name, json!(value))]).await;
            assert_eq!(refused.told(), "400 invalid_request", "{name}");
        }
        complete(app, &[("emailAuthCode", json!(token))]).await.is_complete();
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        assert!(app.signs_in("eve@example.test", NEW_PASSWORD).await);
        app.drain().await;
    });
}
