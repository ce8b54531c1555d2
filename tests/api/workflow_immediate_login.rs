//! Immediate Login: a completion may grant a code, and the application's
//! backend exchanges it for a session.

use std::time::Duration;

use rekey::domain::policy::WorkflowOverrides;
use rekey::workflows::users::UserChange;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

const ANN: &str = "ann@example.test";
const FIELD: &str = "authSessionCode";
const INVALID: &str = "invalid_auth_session_code";

async fn granted(app: &TestApp, password: &str) -> Answer {
    app.policy(WorkflowOverrides { immediate_login: Some(true), ..WorkflowOverrides::default() }).await;
    let token = app.link_token(ANN).await;
    let done = app.complete_link(&token, password).await;
    done.is_complete();
    app.drain().await;
    done
}

fn exchange_of(done: &Answer) -> Value {
    json!({"authSessionCode": done.text_at("/authSessionCode"), "clientIp": "198.51.100.7", "userAgent": "Firefox"})
}

#[test]
fn a_completion_signs_nobody_in_unless_the_policy_says_so() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let token = app.link_token(ANN).await;
        let done = app.complete_link(&token, NEW_PASSWORD).await;
        done.is_complete();
        assert!(done.body.get("authSessionCode").is_none() && done.body.get("authSessionExpiresAt").is_none());
        assert_eq!(app.database.count("sessions").await, 0);
        app.drain().await;
    });
}

#[test]
fn a_session_code_is_exchanged_once() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let done = granted(app, NEW_PASSWORD).await;
        assert_eq!(done.text_at("/authSessionExpiresAt"), "2026-01-01T00:01:00.000Z");
        assert_eq!(app.database.count("sessions").await, 0, "granting is no session yet");
        let session = app.workflow("exchange-auth-session", &exchange_of(&done)).await;
        assert_eq!(session.status, 200, "{}", session.text);
        assert_eq!(session.text_at("/userId"), user.to_string());
        let seen = app.get(&format!("/user_management/users/{user}")).await;
        assert_eq!(seen.text_at("/last_sign_in_at"), "2026-01-01T00:00:00.000Z");
        assert!(session.text_at("/sessionId").starts_with("session_"));
        assert_eq!(session.text_at("/accessToken").split('.').count(), 3);
        assert!(!session.text_at("/refreshToken").is_empty());
        for _ in 0..2 {
            app.workflow("exchange-auth-session", &exchange_of(&done)).await.refuses(FIELD, INVALID);
        }
        assert_eq!(app.database.count("sessions").await, 1);
    });
}

#[test]
fn a_session_code_is_good_for_a_minute_to_the_millisecond() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let done = granted(app, NEW_PASSWORD).await;
        app.advance(Duration::from_secs(60));
        app.workflow("exchange-auth-session", &exchange_of(&done)).await.refuses(FIELD, INVALID);
        let done = granted(app, PASSWORD).await;
        app.advance(Duration::from_millis(59_999));
        assert_eq!(app.workflow("exchange-auth-session", &exchange_of(&done)).await.status, 200);
    });
}

#[test]
fn a_session_code_is_for_the_application_whose_reset_made_it() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let (_, _, foreign) = app.another_application("other").await;
        let done = granted(app, NEW_PASSWORD).await;
        let refused = app.workflow_as(&foreign, "exchange-auth-session", &exchange_of(&done)).await;
        refused.refuses(FIELD, INVALID);
        let unknown = app.workflow("exchange-auth-session", &json!({FIELD: "x"})).await;
        assert_eq!(refused.shape(), unknown.shape());
        assert_eq!(app.workflow("exchange-auth-session", &exchange_of(&done)).await.status, 200, "not used up");
    });
}

#[test]
fn a_session_code_is_void_after_a_change_of_the_credential_or_of_the_account() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let done = granted(app, NEW_PASSWORD).await;
        app.set_password(user, PASSWORD).await;
        app.workflow("exchange-auth-session", &exchange_of(&done)).await.refuses(FIELD, INVALID);
        let (first, second) = (granted(app, NEW_PASSWORD).await, granted(app, PASSWORD).await);
        app.workflow("exchange-auth-session", &exchange_of(&first)).await.refuses(FIELD, INVALID);
        app.change_user(user, UserChange { disabled: Some(true), ..UserChange::default() }).await;
        app.workflow("exchange-auth-session", &exchange_of(&second)).await.refuses(FIELD, INVALID);
        assert_eq!(app.database.count("sessions").await, 0);
    });
}

#[test]
fn d08_a_completion_ends_every_session_and_says_how_many() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let done = granted(app, NEW_PASSWORD).await;
        let session = app.workflow("exchange-auth-session", &exchange_of(&done)).await;
        assert!(app.signs_in(ANN, NEW_PASSWORD).await);
        let refresh = json!({"grant_type": "refresh_token", "refresh_token": session.text_at("/refreshToken"),
            "client_id": app.client.0, "client_secret": app.key});
        let done = granted(app, PASSWORD).await;
        assert_eq!(done.body["sessionsRevoked"], 2);
        let refused = app.post("/user_management/authenticate", &refresh).await;
        assert!(refused.status >= 400 && refused.status < 500, "{}", refused.text);
    });
}

#[test]
fn nothing_of_an_immediate_login_outlives_the_key_that_made_it() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let done = granted(app, NEW_PASSWORD).await;
        let session = app.workflow("exchange-auth-session", &exchange_of(&done)).await;
        app.database.run("UPDATE sessions SET key_id = 'revoked'").await;
        let refresh = json!({"grant_type": "refresh_token", "refresh_token": session.text_at("/refreshToken"),
            "client_id": app.client.0, "client_secret": app.key});
        let refused = app.post("/user_management/authenticate", &refresh).await;
        assert_eq!((refused.status, refused.text_at("/error").as_str()), (400, "invalid_grant"));
        assert_eq!(app.database.number("SELECT COUNT(*) AS n FROM sessions WHERE ended_at IS NULL").await, 0);
        let done = granted(app, PASSWORD).await;
        app.database.run("UPDATE password_resets SET key_id = 'revoked'").await;
        app.workflow("exchange-auth-session", &exchange_of(&done)).await.refuses(FIELD, INVALID);
    });
}
