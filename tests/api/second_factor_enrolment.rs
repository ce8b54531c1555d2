//! Giving users authenticators.

use rekey::domain::access::{Boundary, Grant, Permission};
use rekey::workflows::users::UserChange;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{PASSWORD, TestApp, on_both_databases};

const ANN: &str = "ann@example.test";

fn keys_of(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn an_authenticator_shows_its_secret_when_it_is_made_and_never_again() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let (_, made) = app.enrol(user).await;
        let factor = &made.body["authentication_factor"];
        assert_eq!(keys_of(factor), ["created_at", "id", "object", "totp", "type", "updated_at", "user_id"]);
        assert_eq!(keys_of(&factor["totp"]), ["issuer", "qr_code", "secret", "uri", "user"]);
        assert_eq!((&factor["type"], &factor["user_id"]), (&json!("totp"), &json!(user.to_string())));
        assert_eq!((&factor["totp"]["issuer"], &factor["totp"]["user"]), (&json!("shop"), &json!(ANN)));
        let (secret, uri) =
            (made.text_at("/authentication_factor/totp/secret"), made.text_at("/authentication_factor/totp/uri"));
        assert!(uri.starts_with("otpauth://totp/shop:ann") && uri.contains(&format!("secret={secret}")), "{uri}");
        assert!(made.text_at("/authentication_factor/totp/qr_code").starts_with("data:image/png;base64,iVBOR"));
        let challenge = &made.body["authentication_challenge"];
        assert_eq!(challenge["authentication_factor_id"], factor["id"]);
        assert!(challenge["id"].as_str().unwrap().starts_with("auth_challenge_"));
        let listed = app.get(&format!("/user_management/users/{user}/auth_factors")).await;
        assert_eq!(listed.body["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed.body["data"][0]["id"], factor["id"]);
        assert_eq!(keys_of(&listed.body["data"][0]["totp"]), ["issuer", "user"]);
        assert!(!listed.text.contains(&secret));
    });
}

#[test]
fn the_secret_is_in_no_copy_of_the_database() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let asked = app.sign_in(ANN, PASSWORD).await;
        assert_eq!(app.second_step(&asked, &phone.code(app)).await.status, 200);
        let dump = app.database.dump().await;
        let secret = phone.0.secret();
        assert!(dump.contains(&user.to_string()), "the dump holds the tables");
        assert!(!dump.contains(secret.expose()) && !dump.contains(&secret.expose().to_lowercase()));
        let token = asked.text_at("/pending_authentication_token");
        assert!(!dump.contains(&token), "the token of the sign-in");
    });
}

#[test]
fn a_secret_that_the_user_has_already_is_taken_and_names_can_be_chosen() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let path = format!("/user_management/users/{user}/auth_factors");
        let body = json!({"type": "totp", "totp_issuer": "Büro & Co", "totp_user": "ann", "more": 1,
            "totp_secret": "gezd gnbv gy3t qojq gezd gnbv gy3t qojq"});
        let made = app.post(&path, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.text_at("/authentication_factor/totp/secret"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(made.text_at("/authentication_factor/totp/issuer"), "Büro & Co");
        for (field, bad) in [
            ("type", json!("sms")),
            ("type", json!(null)),
            ("type", json!(["totp"])),
            ("totp_issuer", json!("a:b")),
            ("totp_issuer", json!("")),
            ("totp_user", json!("x".repeat(129))),
            ("totp_user", json!("a\u{0}b")),
            ("totp_user", json!({"$ne": null})),
            ("totp_secret", json!("")),
            ("totp_secret", json!("GEZDGNBV")),
            ("totp_secret", json!("not base32!")),
            ("totp_secret", json!("A".repeat(400))),
            ("totp_secret", json!(7)),
        ] {
            let mut body = json!({"type": "totp"});
            body[field] = bad.clone();
            let refused = app.post(&path, &body).await;
            assert_eq!(refused.status, 422, "{field} {bad}: {}", refused.text);
            assert_eq!(refused.body["errors"][0]["field"], field, "{bad}: {}", refused.text);
        }
        assert_eq!(app.database.count("auth_factors").await, 1);
    });
}

#[test]
fn a_user_may_have_five_authenticators_and_each_of_them_signs_in() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let mut phones = Vec::new();
        for _ in 0..5 {
            phones.push(app.enrol(user).await.0);
        }
        let sixth = app.post(&format!("/user_management/users/{user}/auth_factors"), &json!({"type": "totp"})).await;
        assert_eq!(sixth.status, 422, "{}", sixth.text);
        for phone in [&phones[0], &phones[4]] {
            let asked = app.sign_in(ANN, PASSWORD).await;
            assert_eq!(asked.body["authentication_factors"].as_array().map(Vec::len), Some(5));
            assert_eq!(app.second_step(&asked, &phone.code(app)).await.status, 200);
        }
    });
}

async fn writer(app: &TestApp, protected: bool) -> String {
    let mut grants = vec![Grant::new(Permission::UserWrite, Boundary::Application)];
    if protected {
        grants.push(Grant::new(Permission::PasswordResetExecuteProtected, Boundary::Application));
    }
    app.account(grants).await.1
}

#[test]
fn an_authenticator_of_a_protected_user_is_not_every_callers_to_add() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        app.change_user(user, UserChange { protected: Some(true), ..UserChange::default() }).await;
        let (path, body) = (format!("/user_management/users/{user}/auth_factors"), json!({"type": "totp"}));
        let plain = writer(app, false).await;
        assert_eq!(app.call_as(&plain, Method::POST, &path, Some(&body)).await.told(), "403 forbidden");
        assert_eq!(app.database.count("auth_factors").await, 0);
        let trusted = writer(app, true).await;
        assert_eq!(app.call_as(&trusted, Method::POST, &path, Some(&body)).await.status, 201);
    });
}

#[test]
fn a_deleted_user_leaves_no_authenticator_and_no_sign_in_behind() {
    on_both_databases(async |app| {
        let (user, _) = app.user_with_phone(ANN).await;
        assert_eq!(app.sign_in(ANN, PASSWORD).await.status, 403);
        assert_eq!(app.database.count("pending_sign_ins").await, 1);
        let gone = app.call_as(&app.key, Method::DELETE, &format!("/user_management/users/{user}"), None).await;
        assert_eq!(gone.status, 204);
        assert_eq!((app.database.count("auth_factors").await, app.database.count("pending_sign_ins").await), (0, 0));
        let listed = app.get(&format!("/user_management/users/{user}/auth_factors")).await;
        assert_eq!(listed.status, 404);
        app.drain().await;
    });
}
