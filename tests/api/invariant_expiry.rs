//! `now ≥ expires_at`, or an unreadable expiry, refuses.

use std::time::Duration;

use rekey::domain::ids::UserId;
use rekey::domain::policy::WorkflowOverrides;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::proofs::{Mode, with_password};

const MILLISECOND: Duration = Duration::from_millis(1);

async fn complete(app: &TestApp, proof: &Value) -> Answer {
    app.workflow("reset-password", &with_password(proof, NEW_PASSWORD)).await
}

async fn somebody(app: &TestApp, name: &str, mode: Mode) -> (UserId, Value) {
    let user = app.user(&format!("{name}-{mode:?}@example.test")).await;
    let proof = mode.proof(app, user).await;
    (user, proof)
}

#[test]
fn each_proof_ends_with_its_last_millisecond() {
    on_both_databases(async |app| {
        for mode in Mode::ALL {
            let lifetime = Duration::from_secs(60 * mode.minutes());
            let (early, proof) = somebody(app, "early", mode).await;
            let (late, too_late) = somebody(app, "late", mode).await;
            app.advance(lifetime.saturating_sub(MILLISECOND));
            assert_eq!(complete(app, &proof).await.status, 200, "{mode:?} a millisecond before");
            app.advance(MILLISECOND);
            let refused = complete(app, &too_late).await;
            assert_eq!((refused.status, refused.violations(mode.refusal().0)), (400, vec!["code_expired".to_owned()]));
            app.advance(MILLISECOND);
            assert_eq!(complete(app, &too_late).await.status, 400);
            assert_eq!((app.credential_version(early).await, app.credential_version(late).await), (1, 0));
            app.drain().await;
        }
    });
}

#[test]
fn an_expired_code_is_told_only_to_who_has_it() {
    on_both_databases(async |app| {
        let (_, proof) = somebody(app, "ann", Mode::Code).await;
        app.advance(Duration::from_secs(10 * 60));
        let wrong = json!({"requestCode": proof["requestCode"], "verificationCode": "00000000"});
        assert_eq!(
            app.workflow("verify-code", &wrong).await.violations("verificationCode"),
            ["invalid_verification_code"]
        );
        assert_eq!(app.workflow("verify-code", &proof).await.violations("verificationCode"), ["code_expired"]);
    });
}

async fn session_code(app: &TestApp, name: &str) -> Value {
    let (_, proof) = somebody(app, name, Mode::Link).await;
    let code = complete(app, &proof).await.text_at("/authSessionCode");
    app.drain().await;
    json!({"authSessionCode": code, "clientIp": "192.0.2.7", "userAgent": "Firefox"})
}

#[test]
fn a_session_code_ends_with_its_last_millisecond() {
    on_both_databases(async |app| {
        app.policy(WorkflowOverrides { immediate_login: Some(true), ..WorkflowOverrides::default() }).await;
        let (early, late) = (session_code(app, "early").await, session_code(app, "late").await);
        app.advance(Duration::from_millis(59_999));
        assert_eq!(app.workflow("exchange-auth-session", &early).await.status, 200);
        app.advance(MILLISECOND);
        let refused = app.workflow("exchange-auth-session", &late).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
    });
}

#[test]
fn a_missing_expiry_refuses() {
    on_both_databases(async |app| {
        for mode in Mode::ALL {
            let (user, proof) = somebody(app, "ann", mode).await;
            app.database.run("UPDATE password_resets SET expires_at = NULL").await;
            for _ in 0..2 {
                assert_eq!(complete(app, &proof).await.status, 400, "{mode:?} without the expiry of its reset");
            }
            app.database.run("UPDATE reset_requests SET expires_at = NULL").await;
            assert_eq!(complete(app, &proof).await.status, 400, "{mode:?} without any expiry");
            assert_eq!(app.credential_version(user).await, 0);
        }
        app.policy(WorkflowOverrides { immediate_login: Some(true), ..WorkflowOverrides::default() }).await;
        let code = session_code(app, "bob").await;
        app.database.run("UPDATE password_resets SET auth_session_expires_at = NULL").await;
        assert_eq!(app.workflow("exchange-auth-session", &code).await.status, 400);
    });
}

#[test]
fn an_unreadable_expiry_refuses() {
    on_both_databases(async |app| {
        if app.database.kind() == "PostgreSQL" {
            return; // Its columns hold numbers and nothing else.
        }
        app.policy(WorkflowOverrides { immediate_login: Some(true), ..WorkflowOverrides::default() }).await;
        for (number, garbage) in ["'soon'", "''", "'9999-12-31T00:00:00Z'", "x'ff'", "9.9e30"].into_iter().enumerate() {
            for mode in Mode::ALL {
                let user = app.user(&format!("{number}-{mode:?}@example.test")).await;
                let proof = mode.proof(app, user).await;
                app.database.run(&format!("UPDATE password_resets SET expires_at = {garbage}")).await;
                assert_ne!(complete(app, &proof).await.status, 200, "{mode:?} with the expiry {garbage}");
                app.database.run(&format!("UPDATE reset_requests SET expires_at = {garbage}")).await;
                assert_ne!(complete(app, &proof).await.status, 200, "{mode:?} with the expiry {garbage}");
                assert_eq!(app.credential_version(user).await, 0);
                app.database.run("DELETE FROM password_resets").await;
                app.database.run("DELETE FROM reset_requests").await;
            }
            let code = session_code(app, &format!("session-{number}")).await;
            app.database.run(&format!("UPDATE password_resets SET auth_session_expires_at = {garbage}")).await;
            assert_ne!(app.workflow("exchange-auth-session", &code).await.status, 200, "{garbage}");
            app.database.run("DELETE FROM password_resets").await;
        }
    });
}
