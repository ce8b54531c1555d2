//! Every refusal of the WorkOS-compatible API, by status and code. That each
//! has its exact shape is seen to wherever an answer is received.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;

const NOBODY: &str = "01JH0000000000000000000000";

/// Status and code, or the OAuth error.
fn told(answer: &Answer) -> String {
    let code = ["code", "error"].into_iter().find_map(|key| answer.body[key].as_str());
    format!("{} {}", answer.status, code.unwrap_or_default())
}

async fn refused(app: &TestApp, method: Method, path: &str, body: Option<Value>) -> String {
    told(&app.call_as(&app.key, method, path, body.as_ref()).await)
}

#[test]
fn what_is_not_there_is_named_as_the_call_named_it() {
    on_both_databases(async |app| {
        let user = format!("/user_management/users/user_{NOBODY}");
        for (method, path, body) in [
            (Method::GET, format!("/user_management/password_reset/password_reset_{NOBODY}"), None),
            (Method::GET, "/user_management/password_reset/nothing".to_owned(), None),
            (Method::GET, user.clone(), None),
            (Method::PUT, user.clone(), Some(json!({}))),
            (Method::DELETE, user.clone(), None),
            (Method::GET, format!("{user}/sessions"), None),
            (Method::GET, format!("/user_management/users?organization_id=tenant_{NOBODY}"), None),
            (
                Method::POST,
                "/user_management/sessions/revoke".to_owned(),
                Some(json!({"session_id": format!("session_{NOBODY}")})),
            ),
            (Method::POST, "/user_management/password_reset".to_owned(), Some(json!({"email": "nobody@example.test"}))),
        ] {
            let answer = app.call_as(&app.key, method.clone(), &path, body.as_ref()).await;
            assert_eq!(told(&answer), "404 entity_not_found", "{method} {path}");
            let named = answer.text_at("/entity_id");
            let sent = format!("{path} {}", body.unwrap_or_default());
            assert!(sent.contains(&named), "{method} {path}: {named}");
        }
        let confirm = json!({"token": "x".repeat(43), "new_password": NEW_PASSWORD});
        let answer = refused(app, Method::POST, "/user_management/password_reset/confirm", Some(confirm)).await;
        assert_eq!(answer, "404 password_reset_token_not_found");
        assert_eq!(refused(app, Method::GET, "/user_management/nothing", None).await, "404 not_found");
        assert_eq!(refused(app, Method::GET, "/events/nothing", None).await, "404 not_found");
    });
}

#[test]
fn a_body_that_cannot_be_meant_is_refused_and_nothing_happens() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let calls = ["password_reset", "password_reset/confirm", "users", "sessions/revoke"];
        for call in calls {
            let path = format!("/user_management/{call}");
            for body in
                [json!({}), json!([]), json!("text"), json!(null), json!({"email": 7, "token": [], "session_id": {}})]
            {
                let told = refused(app, Method::POST, &path, Some(body.clone())).await;
                assert_eq!(told, "422 invalid_request_parameters", "{call} {body}");
            }
            let headers = [("authorization", format!("Bearer {}", app.key))];
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            let typed = [headers[0], ("content-type", "application/json")];
            let broken = app.send(Method::POST, &path, &typed, Some(b"{\"email\":".to_vec())).await;
            assert_eq!(told(&broken), "422 invalid_request_parameters", "{call}");
            let typed = [headers[0], ("content-type", "application/json; charset=utf-16")];
            let strange = app.send(Method::POST, &path, &typed, Some(b"{}".to_vec())).await;
            assert_eq!(told(&strange), "415 unsupported_media_type", "{call}");
            let typed = [headers[0], ("content-type", "application/json"), ("accept", "text/html")];
            let unread = app.send(Method::POST, &path, &typed, Some(b"{}".to_vec())).await;
            assert_eq!(told(&unread), "406 not_acceptable", "{call}");
        }
        assert_eq!(
            refused(app, Method::PATCH, "/user_management/users", Some(json!({}))).await,
            "405 method_not_allowed"
        );
        for query in ["limit=0", "limit=x", "order=down", "before=x", "after=x", "email=x"] {
            let told = refused(app, Method::GET, &format!("/user_management/users?{query}"), None).await;
            assert_eq!(told, "422 invalid_request_parameters", "{query}");
        }
        assert!(app.mails().await.is_empty());
    });
}

#[test]
fn signing_in_is_refused_in_one_of_three_forms() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let (client, key) = (&app.client.0, &app.key);
        let sign_in = |email: &str, password: &str, client: &str, secret: &str| json!({"grant_type": "password", "email": email, "password": password, "client_id": client, "client_secret": secret});
        let refresh =
            json!({"grant_type": "refresh_token", "refresh_token": "x", "client_id": client, "client_secret": key});
        for (body, expected) in [
            (sign_in("ann@example.test", NEW_PASSWORD, client, key), "400 invalid_credentials"),
            (sign_in("nobody@example.test", PASSWORD, client, key), "400 invalid_credentials"),
            (sign_in("nobody", PASSWORD, client, key), "400 invalid_request"),
            (sign_in("ann@example.test", PASSWORD, "client_x", key), "400 invalid_client"),
            (sign_in("ann@example.test", PASSWORD, client, "sk_x"), "401 "),
            (json!({"grant_type": "telepathy", "client_id": client, "client_secret": key}), "400 invalid_request"),
            (json!({}), "400 invalid_request"),
            (json!([]), "400 invalid_request"),
            (refresh, "400 invalid_grant"),
        ] {
            let told = refused(app, Method::POST, "/user_management/authenticate", Some(body.clone())).await;
            assert_eq!(told, expected, "{body}");
        }
    });
}

#[test]
fn a_fourth_reset_within_a_minute_is_told_to_wait_and_works_after_it() {
    let mails = [("REKEY__LIMITS__MAILS_PER_MAILBOX_BURST", "10")];
    on_both_with(&mails, async |app| {
        app.user("ann@example.test").await;
        let create = async || {
            let body = json!({"email": "ann@example.test"});
            told(&app.post("/user_management/password_reset", &body).await)
        };
        for _ in 0..3 {
            assert_eq!(create().await, "201 ");
        }
        assert_eq!(create().await, "429 daily_quota_exceeded");
        app.advance(Duration::from_secs(60));
        assert_eq!(create().await, "201 ");
        app.drain().await;
    });
}

#[test]
fn a_body_that_does_not_call_itself_json_is_refused() {
    on_both_databases(async |app| {
        let bearer = format!("Bearer {}", app.key);
        let send = async |kind: &str, body: &str| {
            let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
            app.send(Method::POST, "/user_management/users", &headers, Some(body.as_bytes().to_vec())).await.status
        };
        let ann = r#"{"email":"ann@example.test"}"#;
        for kind in ["text/plain", "text/json", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
        {
            assert_eq!(send(kind, ann).await, 415, "{kind}");
        }
        assert_eq!(send("text/plain", "").await, 422, "an empty body is an empty object, whatever it calls itself");
        assert_eq!(send("application/json", ann).await, 201);
    });
}
