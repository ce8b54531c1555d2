//! What becomes of authenticators when keys rotate or leak.

use std::process::Command;

use rekey::domain::entropy::SystemEntropy;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::proofs::{Mode, with_password};
use crate::support::second_factor::STEP;

const ANN: &str = "ann@example.test";

/// The id of the key that makes new things.
fn current(app: &TestApp) -> String {
    app.app.engine.keys.current().id().to_owned()
}

/// Revokes a key the way an operator does; answers what they are told.
fn revoke(app: &TestApp, key: &str) -> String {
    let keys = app.app.settings.secrets.keys_file.to_str().unwrap().to_owned();
    let env = [
        ("REKEY_PROFILE", "test"),
        ("REKEY__DATABASE__URL", app.database.url()),
        ("REKEY__SECRETS__KEYS_FILE", &keys),
        ("REKEY__MAIL__FROM", "no-reply@rekey.test"),
    ];
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
    let done = command.args(["keys", "revoke", key]).envs(env).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

async fn sealed_with(app: &mut TestApp, key: &str) -> i64 {
    app.database.number(&format!("SELECT count(*) AS n FROM auth_factors WHERE key_id = '{key}'")).await
}

#[test]
fn an_authenticator_outlives_a_rotation_and_moves_to_the_new_key_when_it_is_used() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        let old = current(app);
        let now = app.now();
        app.restart_with_keys(|keys| keys.rotate(now, &SystemEntropy)).await;
        assert_ne!(current(app), old);
        assert_eq!(sealed_with(app, &old).await, 1);
        let asked = app.sign_in(ANN, PASSWORD).await;
        assert_eq!(app.second_step(&asked, &phone.code(app)).await.status, 200);
        let new = current(app);
        assert_eq!((sealed_with(app, &old).await, sealed_with(app, &new).await), (0, 1));
        app.restart_with_keys(|keys| keys.revoke(&old, now, &SystemEntropy).unwrap()).await;
        app.advance(STEP);
        let asked = app.sign_in(ANN, PASSWORD).await;
        assert_eq!(
            app.second_step(&asked, &phone.code(app)).await.status,
            200,
            "it does not need the old key any more"
        );
    });
}

#[test]
fn an_authenticator_whose_key_leaked_takes_no_code_and_is_still_asked_for() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let told = revoke(app, &current(app));
        assert!(told.contains("\n1 authenticators were sealed with it"), "{told}");
        app.restart().await;
        let asked = app.sign_in(ANN, PASSWORD).await;
        assert_eq!(asked.told(), "403 mfa_challenge");
        assert_eq!(app.second_step(&asked, &phone.code(app)).await.told(), "400 invalid_one_time_code");
        let proof = with_password(&Mode::Link.proof(app, user).await, NEW_PASSWORD);
        assert_eq!(app.workflow("reset-password", &proof).await.told(), "200 MFA_REQUIRED");
        let mut guessed = proof.clone();
        guessed["totpCode"] = json!(phone.code(app));
        app.workflow("reset-password", &guessed).await.refuses("totpCode", "invalid_totp_code");
        // Whoever knows the user gives them a new one.
        let (new, _) = app.enrol(user).await;
        guessed["totpCode"] = json!(new.code(app));
        app.workflow("reset-password", &guessed).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn a_sealed_secret_that_is_moved_to_another_row_or_changed_opens_nothing() {
    on_both_databases(async |app| {
        let (ann, _) = app.user_with_phone(ANN).await;
        let (bob, bobs) = app.user_with_phone("bob@example.test").await;
        let copy = format!(
            "UPDATE auth_factors SET secret = (SELECT secret FROM auth_factors WHERE user_id = '{bob}') WHERE user_id = '{ann}'"
        );
        assert_eq!(app.database.run(&copy).await, 1);
        let asked = app.sign_in(ANN, PASSWORD).await;
        assert_eq!(app.second_step(&asked, &bobs.code(app)).await.told(), "400 invalid_one_time_code");
        app.database.run("UPDATE auth_factors SET secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'").await;
        let asked = app.sign_in("bob@example.test", PASSWORD).await;
        assert_eq!(app.second_step(&asked, &bobs.code(app)).await.told(), "400 invalid_one_time_code");
    });
}
