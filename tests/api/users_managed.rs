//! Users, their sessions and their resets through the management door.

use std::time::Duration;

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

const USERS: &str = "/api/v1/users";

async fn write(app: &TestApp, method: Method, path: &str, version: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {}", app.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", version)];
    app.send(method, path, &headers, Some(body.to_string().into_bytes())).await
}

#[test]
fn a_user_is_made_changed_and_deleted_with_versions() {
    on_both_databases(async |app| {
        let body = json!({"email": "Ann@Example.test", "firstName": "Ann", "externalId": "7", "locale": "de",
            "attributes": {"team": "blue"}});
        let made = app.post(USERS, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("{USERS}/{}", made.text_at("/id"));
        assert_eq!(
            made.body,
            json!({"id": made.body["id"], "tenantId": app.tenant.to_string(), "email": "Ann@Example.test",
                "emailVerified": false, "firstName": "Ann", "lastName": null, "locale": "de", "externalId": "7",
                "attributes": {"team": "blue"}, "disabled": false, "protected": false, "hasPassword": false,
                "lastSignInTime": null, "metadata": {"creationTime": "2026-01-01T00:00:00.000Z",
                "lastModifiedTime": "2026-01-01T00:00:00.000Z", "version": 1}})
        );
        app.advance(Duration::from_secs(1));
        let change = json!({"firstName": null, "lastName": "Lee", "attributes": {"team": null, "x": "y"}});
        let changed = write(app, Method::PATCH, &path, "\"1\"", &change).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert_eq!(
            (
                &changed.body["firstName"],
                &changed.body["lastName"],
                &changed.body["attributes"],
                &changed.body["metadata"]["version"]
            ),
            (&Value::Null, &json!("Lee"), &json!({"x": "y"}), &json!(2))
        );
        let stale = write(app, Method::PATCH, &path, "\"1\"", &json!({"lastName": "Lost"})).await;
        assert_eq!((stale.status, &stale.body["code"]), (412, &json!("version_mismatch")), "{}", stale.text);
        assert!(stale.body["changedBy"]["id"].is_string(), "the other author: {}", stale.text);
        assert_eq!(write(app, Method::DELETE, &path, "\"1\"", &json!({})).await.status, 412);
        assert_eq!(app.get(&path).await.body["lastName"], "Lee");
        let double = app.post(USERS, &json!({"email": "ANN@example.test"})).await;
        assert_eq!(double.violations("email"), ["email_not_available"]);
        let double = app.post(USERS, &json!({"email": "bob@example.test", "externalId": "7"})).await;
        assert_eq!(double.violations("externalId"), ["external_id_not_available"]);
        assert_eq!(write(app, Method::DELETE, &path, "\"2\"", &json!({})).await.status, 204);
        assert_eq!(app.get(&path).await.body["code"], "user_not_found");
    });
}

#[test]
fn nobody_sets_what_is_not_theirs_to_set() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let path = format!("{USERS}/{ann}");
        for field in [
            "password",
            "passwordHash",
            "id",
            "tenantId",
            "applicationId",
            "credentialVersion",
            "hasPassword",
            "metadata",
        ] {
            let refused = app.call(Method::PATCH, &path, Some(&json!({field: "x"}))).await;
            assert_eq!((refused.status, &refused.body["code"]), (400, &json!("invalid_request")), "{field}");
            let refused = app.post(USERS, &json!({"email": "bob@example.test", field: "x"})).await;
            assert_eq!(refused.status, if field == "tenantId" { 404 } else { 400 }, "{field}");
        }
        let wrong = json!({"email": "nobody", "firstName": "x".repeat(256), "locale": "../x", "externalId": "",
            "attributes": {"a": 1}, "disabled": null});
        let refused = app.call(Method::PATCH, &path, Some(&wrong)).await;
        for field in ["email", "firstName", "locale", "externalId", "attributes", "disabled"] {
            assert_eq!(refused.violations(field).len(), 1, "{field}: {}", refused.text);
        }
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        let grants = [Permission::UserRead, Permission::UserWrite].map(|p| Grant::new(p, Boundary::Application));
        let (_, helper) = app.account(grants.to_vec()).await;
        let mark = json!({"protected": true});
        assert_eq!(app.call_as(&helper, Method::PATCH, &path, Some(&mark)).await.status, 403);
        let new = json!({"email": "carl@example.test", "protected": true});
        assert_eq!(app.call_as(&helper, Method::POST, USERS, Some(&new)).await.status, 403);
        assert_eq!(app.call(Method::PATCH, &path, Some(&mark)).await.body["protected"], true);
        let thief = json!({"email": "thief@example.test"});
        assert_eq!(app.call_as(&helper, Method::PATCH, &path, Some(&thief)).await.status, 403);
        assert_eq!(app.call_as(&helper, Method::PATCH, &path, Some(&json!({"lastName": "Lee"}))).await.status, 200);
        app.drain().await;
    });
}

#[test]
fn users_are_listed_inside_the_boundary_only() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        for n in 0..3 {
            app.user(&format!("user{n}@example.test")).await;
            app.advance(Duration::from_secs(1));
        }
        let theirs = app.user_in(elsewhere, "user0@example.test").await;
        let emails = async |key: &str, query: &str| {
            let answer = app.call_as(key, Method::GET, &format!("{USERS}?{query}"), None).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let items = answer.body["items"].as_array().unwrap();
            let names: Vec<_> = items.iter().map(|user| user["email"].as_str().unwrap()[..5].to_owned()).collect();
            (answer.body["totalResults"].as_u64().unwrap(), names.join(" "))
        };
        let all = app.key.clone();
        assert_eq!(emails(&all, "").await, (4, "user0 user2 user1 user0".into()));
        assert_eq!(emails(&all, "sort_by=email&count=2&start_index=2").await, (4, "user0 user1".into()));
        assert_eq!(emails(&all, "email=%20USER1@Example.test").await, (1, "user1".into()));
        assert_eq!(emails(&all, &format!("tenantId={elsewhere}")).await, (1, "user0".into()));
        assert_eq!(emails(&all, "externalId=nobody").await, (0, String::new()));
        assert_eq!(emails(&all, "query=email%20co%20%22user2%22").await, (1, "user2".into()));
        let (_, here) = app.account(vec![Grant::new(Permission::UserRead, Boundary::Tenant(app.tenant))]).await;
        assert_eq!(emails(&here, "sort_by=email").await, (3, "user0 user1 user2".into()));
        assert_eq!(emails(&here, &format!("tenantId={elsewhere}")).await, (0, String::new()));
        let foreign = app.call_as(&here, Method::GET, &format!("{USERS}/{theirs}"), None).await;
        assert_eq!((foreign.status, &foreign.body["code"]), (404, &json!("user_not_found")));
        let wrong = app.get(&format!("{USERS}?email=x&tenantId=y&sort_by=password")).await;
        assert_eq!(
            (wrong.violations("email"), wrong.violations("tenantId")),
            (vec!["invalid_email".into()], vec!["invalid_id".into()])
        );
        assert_eq!(wrong.violations("sort_by"), ["invalid_value"]);
    });
}

#[test]
fn sessions_are_seen_and_ended() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let bob = app.user("bob@example.test").await;
        for _ in 0..3 {
            assert!(app.signs_in("ann@example.test", PASSWORD).await);
        }
        let path = format!("{USERS}/{ann}/sessions");
        let list = app.get(&path).await;
        assert_eq!(list.body["totalResults"], 3, "{}", list.text);
        let first = list.text_at("/items/0/id");
        let mistaken = app.call(Method::DELETE, &format!("{USERS}/{bob}/sessions/{first}"), None).await;
        assert_eq!((mistaken.status, &mistaken.body["code"]), (404, &json!("session_not_found")));
        assert_eq!(app.call(Method::DELETE, &format!("{path}/{first}"), None).await.status, 204);
        assert_eq!(app.call(Method::DELETE, &format!("{path}/{first}"), None).await.status, 204, "once more");
        assert_eq!(app.get(&path).await.body["totalResults"], 2);
        assert_eq!(app.call(Method::DELETE, &path, None).await.body, json!({"count": 2}));
        assert_eq!(app.get(&path).await.body["totalResults"], 0);
        assert_eq!(app.events(ann).await.iter().filter(|kind| *kind == "session.revoked").count(), 3);
    });
}

#[test]
fn resets_are_seen_without_their_secrets_and_cancelled() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let link = app.create_link(ann).await;
        let (id, code) = (link.text_at("/passwordResetId"), link.text_at("/passwordResetCode"));
        let path = format!("/api/v1/password-resets/{id}");
        let shown = app.get(&path).await;
        assert_eq!(
            (&shown.body["mode"], &shown.body["state"], &shown.body["origin"], &shown.body["maskedEmail"]),
            (&json!("RESET_LINK"), &json!("PENDING"), &json!("CALLER"), &json!("a…@example.test")),
            "{}",
            shown.text
        );
        for list in [app.get("/api/v1/password-resets").await, app.get(&format!("{USERS}/{ann}/password-resets")).await]
        {
            assert_eq!(list.body["items"], json!([shown.body]), "{}", list.text);
            assert!(!list.text.contains(&code) && !list.text.contains("nonce"));
        }
        let count =
            async |query: &str| app.get(&format!("/api/v1/password-resets?{query}")).await.body["totalResults"].clone();
        assert_eq!(count("state=PENDING&mode=RESET_LINK").await, 1);
        assert_eq!(count("mode=EMAIL_OTP").await, 0);
        assert_eq!(count(&format!("userId={ann}&tenantId={}", app.tenant)).await, 1);
        let wrong = app.get("/api/v1/password-resets?state=pending&mode=x&userId=y").await;
        assert_eq!(wrong.violations("state"), ["invalid_value"]);
        let cancelled = app.call(Method::POST, &format!("{path}/cancel"), None).await;
        assert_eq!((cancelled.status, &cancelled.body["state"]), (200, &json!("CANCELLED")), "{}", cancelled.text);
        assert_eq!(app.complete_handed_over(&code, NEW_PASSWORD).await.status, 400);
        assert_eq!(app.call(Method::POST, &format!("{path}/cancel"), None).await.status, 200, "once more");
        let late = app.create_link(ann).await.text_at("/passwordResetId");
        app.advance(Duration::from_secs(3600));
        assert_eq!(app.get(&format!("/api/v1/password-resets/{late}")).await.body["state"], "EXPIRED");
        assert_eq!((count("state=EXPIRED").await, count("state=PENDING").await), (json!(1), json!(0)));
        app.drain().await;
    });
}

#[test]
fn what_an_administrator_changes_ends_what_it_has_to() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let path = format!("{USERS}/{ann}");
        let code = app.create_link(ann).await.text_at("/passwordResetCode");
        let moved = app.call(Method::PATCH, &path, Some(&json!({"email": "ann@new.test"}))).await;
        assert_eq!((moved.status, &moved.body["emailVerified"]), (200, &json!(false)));
        assert_eq!(app.complete_handed_over(&code, NEW_PASSWORD).await.status, 400, "a new address cancels");
        assert!(app.signs_in("ann@new.test", PASSWORD).await);
        assert_eq!(app.call(Method::PATCH, &path, Some(&json!({"disabled": true}))).await.status, 200);
        assert_eq!(app.get(&format!("{path}/sessions")).await.body["totalResults"], 0, "shutting out ends sessions");
        assert!(!app.signs_in("ann@new.test", PASSWORD).await);
        app.drain().await;
    });
}
