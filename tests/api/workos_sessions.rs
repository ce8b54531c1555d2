//! Sessions as SDKs hold them: refresh tokens that rotate, access tokens that
//! the published keys verify.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use rekey::domain::ids::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.authenticate(&json!({"grant_type": "refresh_token", "refresh_token": token})).await
}

async fn active(app: &TestApp, user: UserId) -> usize {
    let sessions = app.get(&format!("/user_management/users/{user}/sessions")).await;
    sessions.body["data"].as_array().unwrap().len()
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let first = app.sign_in("ann@example.test", PASSWORD).await.text_at("/refresh_token");
        let other = app.sign_in("ann@example.test", PASSWORD).await.text_at("/refresh_token");
        let second = refresh(app, &first).await;
        assert_eq!(second.status, 200, "{}", second.text);
        assert_eq!(second.text_at("/user/id"), user.to_string());
        let second = second.text_at("/refresh_token");
        assert_ne!(first, second);
        assert_eq!(active(app, user).await, 2);
        let reused = refresh(app, &first).await;
        assert_eq!((reused.status, &reused.body["error"]), (400, &json!("invalid_grant")));
        assert!(reused.body.get("code").is_none() && reused.body["error_description"].is_string(), "{}", reused.text);
        let ended = refresh(app, &second).await;
        assert_eq!((ended.status, &ended.body), (400, &reused.body), "whoever holds the newest one is out too");
        assert_eq!(active(app, user).await, 1);
        assert_eq!(refresh(app, &other).await.status, 200, "another session goes on");
        assert_eq!(app.count_events(user, "session.revoked").await, 1);
    });
}

#[test]
fn of_parallel_refreshes_with_one_token_at_most_one_is_answered() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let token = app.sign_in("ann@example.test", PASSWORD).await.text_at("/refresh_token");
        let answers = futures_util::future::join_all((0..6).map(|_| refresh(app, &token))).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!(active(app, user).await, 0, "two parties held it");
    });
}

#[test]
fn a_refresh_token_of_another_application_is_none() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let token = app.sign_in("ann@example.test", PASSWORD).await.text_at("/refresh_token");
        let (_, _, stranger) = app.another_application("other").await;
        let body = json!({"client_id": app.client.0, "client_secret": stranger,
            "grant_type": "refresh_token", "refresh_token": token});
        let foreign = app.post("/user_management/authenticate", &body).await;
        assert_eq!((foreign.status, &foreign.body["error"]), (400, &json!("invalid_client")));
        assert_eq!(refresh(app, &token).await.status, 200, "and it was not used up");
    });
}

#[test]
fn a_session_that_is_revoked_cannot_be_refreshed() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let token = app.sign_in("ann@example.test", PASSWORD).await.text_at("/refresh_token");
        let session = app.get(&format!("/user_management/users/{user}/sessions")).await.text_at("/data/0/id");
        let revoked = app.post("/user_management/sessions/revoke", &json!({"session_id": session})).await;
        assert_eq!((revoked.status, &revoked.body["status"]), (200, &json!("revoked")));
        assert_eq!(active(app, user).await, 0);
        assert_eq!(refresh(app, &token).await.body["error"], "invalid_grant");
    });
}

#[test]
fn the_published_keys_verify_an_access_token_that_names_its_client() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let token = app.sign_in("ann@example.test", PASSWORD).await.text_at("/access_token");
        let [head, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let path = format!("/sso/jwks/{}", app.client.0);
        let keys = app.send(Method::GET, &path, &[], None).await;
        assert_eq!(keys.status, 200, "no credentials are needed: {}", keys.text);
        let kid = decoded(head)["kid"].clone();
        let key = keys.body["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap();
        assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
        assert!(key.get("d").is_none(), "a private key was published");
        let point = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
        let verifier = VerifyingKey::from_bytes(&point.try_into().unwrap()).unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        verifier.verify(format!("{head}.{claims}").as_bytes(), &signature).unwrap();
        let claims = decoded(claims);
        assert_eq!((&claims["sub"], &claims["iss"]), (&json!(user.to_string()), &json!("https://rekey.test")));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
        assert!(claims["sid"].as_str().unwrap().starts_with("session_") && claims["jti"].is_string());
        assert_eq!(claims["client_id"], json!(app.client.0));
        for unknown in ["client_of_nobody", "client_", "x%00", "client_%C3%BC", &app.client.0.to_lowercase()] {
            let other = app.send(Method::GET, &format!("/sso/jwks/{unknown}"), &[], None).await;
            assert_eq!(other.status, 404, "{unknown}: {}", other.text);
            assert!(other.body["message"].is_string());
        }
    });
}
