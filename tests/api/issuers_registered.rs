//! `/api/v1/issuers`: who may trust whom, and what a registration must be.

use std::slice::from_ref;

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::identity_provider::Key;

const PATH: &str = "/api/v1/issuers";

fn grants(permissions: &[Permission]) -> Vec<Grant> {
    permissions.iter().map(|permission| Grant::new(*permission, Boundary::Application)).collect()
}

fn issuer(account: &str) -> Value {
    json!({"issuer": "https://id.example.test", "audience": "shop", "jwksUrl": "https://id.example.test/keys",
        "mappings": [{"claim": "sub", "value": "ci", "serviceAccountId": account}]})
}

async fn put(app: &TestApp, key: &str, issuers: &[Value]) -> Answer {
    app.call_as(key, Method::PUT, PATH, Some(&json!({"issuers": issuers}))).await
}

async fn put_if(app: &TestApp, version: &str, issuers: &[Value]) -> Answer {
    let bearer = format!("Bearer {}", app.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", version)];
    app.send(Method::PUT, PATH, &headers, Some(json!({"issuers": issuers}).to_string().into_bytes())).await
}

#[test]
fn what_was_put_is_what_is_got() {
    on_both_databases(async |app| {
        let none = app.get(PATH).await;
        let nothing = json!({"creationTime": null, "lastModifiedTime": null, "version": 0});
        assert_eq!(none.body, json!({"issuers": [], "metadata": nothing}));
        let (account, _) = app.account(vec![]).await;
        let mut second = issuer(&account.to_string());
        second["audience"] = json!("shop-2");
        second["maxTokenAgeSeconds"] = json!(3600);
        second.as_object_mut().unwrap().remove("jwksUrl");
        second["jwks"] = json!({"keys": [Key::new("k1").jwk()]});
        let issuers = [issuer(&account.to_string()), second];
        let answer = put(app, &app.key, &issuers).await;
        assert_eq!((answer.status, &answer.body["issuers"]), (200, &json!(issuers)), "{}", answer.text);
        assert_eq!(answer.body["metadata"]["version"], 1);
        assert_eq!(answer.text_at("/metadata/creationTime"), "2026-01-01T00:00:00.000Z");
        assert_eq!(app.get(PATH).await.body, answer.body);
        app.advance(std::time::Duration::from_secs(1));
        let fewer = put(app, &app.key, &issuers[..1]).await;
        assert_eq!(fewer.text_at("/metadata/creationTime"), "2026-01-01T00:00:00.000Z");
        assert_eq!(fewer.text_at("/metadata/lastModifiedTime"), "2026-01-01T00:00:01.000Z");
        assert_eq!(app.get(PATH).await.body["issuers"], json!(issuers[..1]));
    });
}

#[test]
fn each_value_that_breaks_a_rule_is_named() {
    on_both_databases(async |app| {
        let (account, _) = app.account(vec![]).await;
        let account = account.to_string();
        let changed = |path: &str, value: Value| {
            let mut issuer = issuer(&account);
            *issuer.pointer_mut(path).unwrap() = value;
            issuer
        };
        let long = "x".repeat(513);
        let cases = [
            (changed("/issuer", Value::Null), "issuers[0].issuer", "required"),
            (changed("/issuer", json!("id.example.test")), "issuers[0].issuer", "invalid_url"),
            (changed("/issuer", json!("https://rekey.test")), "issuers[0].issuer", "reserved"),
            (changed("/audience", Value::Null), "issuers[0].audience", "required"),
            (changed("/audience", json!("")), "issuers[0].audience", "empty"),
            (changed("/audience", json!(long)), "issuers[0].audience", "too_long"),
            (changed("/jwksUrl", Value::Null), "issuers[0].jwksUrl", "required"),
            (changed("/jwksUrl", json!("keys")), "issuers[0].jwksUrl", "invalid_url"),
            (changed("/mappings", Value::Null), "issuers[0].mappings", "required"),
            (changed("/mappings", json!([])), "issuers[0].mappings", "empty"),
            (changed("/mappings/0/claim", Value::Null), "issuers[0].mappings[0].claim", "required"),
            (changed("/mappings/0/value", json!("a\u{0}")), "issuers[0].mappings[0].value", "invalid_characters"),
            (
                changed("/mappings/0/serviceAccountId", json!("sa_x")),
                "issuers[0].mappings[0].serviceAccountId",
                "unknown_service_account",
            ),
            (
                changed("/mappings/0/serviceAccountId", json!("sa_01JH0000000000000000000000")),
                "issuers[0].mappings[0].serviceAccountId",
                "unknown_service_account",
            ),
        ];
        for (wrong, field, code) in cases {
            put(app, &app.key, &[wrong]).await.refuses(field, code);
        }
        let with_keys = |jwks: Value| {
            let mut issuer = changed("/jwksUrl", Value::Null);
            issuer["jwks"] = jwks;
            issuer
        };
        let secret = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]});
        put(app, &app.key, &[with_keys(secret)]).await.refuses("issuers[0].jwks", "secret_key");
        put(app, &app.key, &[with_keys(json!({"keys": []}))]).await.refuses("issuers[0].jwks", "invalid_key_set");
        let mut both = with_keys(json!({"keys": []}));
        both["jwksUrl"] = json!("https://id.example.test/keys");
        put(app, &app.key, &[both]).await.refuses("issuers[0].jwks", "must_be_null");
        let mut young = issuer(&account);
        young["maxTokenAgeSeconds"] = json!(1);
        put(app, &app.key, &[young]).await.refuses("issuers[0].maxTokenAgeSeconds", "out_of_range");
        let twice = [issuer(&account), issuer(&account)];
        put(app, &app.key, &twice).await.refuses("issuers[1].audience", "not_available");
        app.call_as(&app.key, Method::PUT, PATH, Some(&json!({}))).await.refuses("issuers", "required");
        let mut unknown = issuer(&account);
        unknown["jwks_uri"] = json!("https://id.example.test/keys");
        assert_eq!(put(app, &app.key, &[unknown]).await.told(), "400 invalid_request");
        assert_eq!(app.get(PATH).await.body["metadata"]["version"], 0, "nothing of it was kept");
    });
}

#[test]
fn nobody_maps_tokens_to_an_account_that_may_do_more_than_they_may() {
    on_both_databases(async |app| {
        let (_, admin) = app.account(grants(&[Permission::IssuerWrite, Permission::IssuerRead])).await;
        let (equal, _) = app.account(grants(&[Permission::IssuerRead])).await;
        let (mighty, _) = app.account(grants(&[Permission::UserWrite])).await;
        let mighty = issuer(&mighty.to_string());
        assert_eq!(put(app, &admin, &[issuer(&equal.to_string())]).await.status, 200);
        assert_eq!(put(app, &admin, from_ref(&mighty)).await.told(), "403 forbidden");
        // Set by somebody who may, it stays when the list is replaced around it.
        assert_eq!(put(app, &app.key, from_ref(&mighty)).await.status, 200);
        let mut second = issuer(&equal.to_string());
        second["audience"] = json!("shop-2");
        assert_eq!(put(app, &admin, &[mighty.clone(), second]).await.status, 200);
        // But whose tokens they are is not theirs to change.
        let mut taken_over = mighty;
        taken_over["jwksUrl"] = json!("https://evil.example.test/keys");
        assert_eq!(put(app, &admin, &[taken_over]).await.told(), "403 forbidden");
        let (_, bounded) = app
            .account(vec![
                Grant::new(Permission::IssuerWrite, Boundary::Tenant(app.tenant)),
                Grant::new(Permission::IssuerRead, Boundary::Tenant(app.tenant)),
            ])
            .await;
        assert_eq!(put(app, &bounded, &[]).await.told(), "403 forbidden", "issuers are the application's");
        assert_eq!(app.call_as(&bounded, Method::GET, PATH, None).await.told(), "403 forbidden");
    });
}

#[test]
fn a_write_for_a_version_that_is_gone_changes_nothing() {
    on_both_databases(async |app| {
        let (account, _) = app.account(vec![]).await;
        let list = [issuer(&account.to_string())];
        assert_eq!(put_if(app, "\"1\"", &list).await.told(), "412 version_mismatch");
        assert_eq!(put_if(app, "\"0\"", &list).await.status, 200);
        assert_eq!(put_if(app, "\"0\"", &[]).await.told(), "412 version_mismatch");
        assert_eq!(put_if(app, "\"1\"", &[]).await.body["metadata"]["version"], 2);
        assert_eq!(put_if(app, "*", &list).await.body["metadata"]["version"], 3);
        assert_eq!(put_if(app, "3", &[]).await.told(), "400 invalid_request");
        assert_eq!(app.get(PATH).await.body["issuers"], json!(list));
    });
}

#[test]
fn of_two_who_write_for_the_same_version_one_is_told_so() {
    on_both_databases(async |app| {
        let (account, _) = app.account(vec![]).await;
        let list = [issuer(&account.to_string())];
        for version in ["\"0\"", "\"1\""] {
            let (one, two) = tokio::join!(put_if(app, version, &list), put_if(app, version, &list));
            let mut told = [one.status, two.status];
            told.sort_unstable();
            assert_eq!(told, [200, 412], "{} {}", one.text, two.text);
        }
    });
}
