//! An answer that was lost can be asked for again, without a second effect.

use std::time::Duration;

use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::reset::Strategy;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::resets::UPDATED;

const ANN: &str = "ann@example.test";
const OTHER: &str = "Third-Garden-Window-1188";

/// Immediate Login, and links or codes.
async fn policy(app: &TestApp, strategy: Strategy) {
    let strategy = Some(strategy);
    app.policy(WorkflowOverrides { strategy, immediate_login: Some(true), ..WorkflowOverrides::default() }).await;
}

async fn complete(app: &TestApp, proof: &Value, password: &str) -> Answer {
    let mut body = proof.clone();
    body["newPassword"] = json!(password);
    app.workflow("reset-password", &body).await
}

/// The proofs of all three modes, each for a user of its own.
async fn proofs(app: &TestApp) -> Vec<(&'static str, Value, &'static str)> {
    let handed = app.user("cat@example.test").await;
    let handed = app.create_link(handed).await.text_at("/passwordResetCode");
    policy(app, Strategy::Otp).await;
    app.user("bob@example.test").await;
    let (request, code) = app.code("bob@example.test").await;
    policy(app, Strategy::Link).await;
    app.user(ANN).await;
    let token = app.link_token(ANN).await;
    vec![
        (ANN, json!({"emailAuthCode": token}), "emailAuthCode"),
        ("bob@example.test", json!({"requestCode": request, "verificationCode": code}), "verificationCode"),
        ("cat@example.test", json!({"passwordResetCode": handed}), "passwordResetCode"),
    ]
}

fn invalid(field: &str) -> &'static str {
    match field {
        "emailAuthCode" => "invalid_email_auth_code",
        "verificationCode" => "invalid_verification_code",
        _ => "invalid_password_reset_code",
    }
}

#[test]
fn the_same_proof_with_the_same_password_gets_the_same_answer_three_times_and_no_second_effect() {
    on_both_databases(async |app| {
        for (email, proof, field) in proofs(app).await {
            for _ in 0..2 {
                assert!(app.signs_in(email, PASSWORD).await);
            }
            let first = complete(app, &proof, NEW_PASSWORD).await;
            first.is_complete();
            assert_eq!(first.body["sessionsRevoked"], 2);
            assert_eq!(first.text_at("/authSessionCode").len(), 43);
            let (mails, events) = (app.mails().await.len(), app.database.count("events").await);
            for _ in 0..3 {
                let again = complete(app, &proof, NEW_PASSWORD).await;
                assert_eq!((again.status, &again.text), (200, &first.text), "byte for byte");
            }
            complete(app, &proof, NEW_PASSWORD).await.refuses(field, invalid(field));
            assert_eq!(app.mails().await.len(), mails);
            assert_eq!(app.database.count("events").await, events);
        }
        assert_eq!(app.mails_with(UPDATED).await, 3);
    });
}

#[test]
fn d01_another_password_on_a_used_proof_is_an_unknown_code() {
    on_both_databases(async |app| {
        for (email, proof, field) in proofs(app).await {
            let mut unknown = proof.clone();
            unknown[field] = json!(if field == "verificationCode" { "00000000" } else { "x" });
            complete(app, &proof, NEW_PASSWORD).await.is_complete();
            let second = complete(app, &proof, OTHER).await;
            assert_eq!(second.shape(), complete(app, &unknown, OTHER).await.shape());
            // Not even a policy violation is told: the rule comes before the policy.
            complete(app, &proof, "short").await.refuses(field, invalid(field));
            assert!(app.signs_in(email, NEW_PASSWORD).await && !app.signs_in(email, OTHER).await);
            complete(app, &proof, NEW_PASSWORD).await.is_complete();
            complete(app, &proof, NEW_PASSWORD).await.refuses(field, invalid(field));
        }
        app.drain().await;
    });
}

#[test]
fn three_wrong_attempts_on_a_used_proof_end_the_rule() {
    on_both_databases(async |app| {
        for (_, proof, field) in proofs(app).await {
            complete(app, &proof, NEW_PASSWORD).await.is_complete();
            for _ in 0..3 {
                complete(app, &proof, OTHER).await.refuses(field, invalid(field));
            }
            complete(app, &proof, NEW_PASSWORD).await.refuses(field, invalid(field));
        }
        app.drain().await;
    });
}

#[test]
fn the_rule_ends_after_a_minute_to_the_millisecond() {
    on_both_databases(async |app| {
        for (_, proof, field) in proofs(app).await {
            complete(app, &proof, NEW_PASSWORD).await.is_complete();
            app.advance(Duration::from_secs(60));
            complete(app, &proof, NEW_PASSWORD).await.is_complete();
            app.advance(Duration::from_millis(1));
            complete(app, &proof, NEW_PASSWORD).await.refuses(field, invalid(field));
        }
        app.drain().await;
    });
}

#[test]
fn the_rule_is_void_after_any_later_change_of_the_credential() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let token = app.link_token(ANN).await;
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        app.set_password(user, OTHER).await;
        app.set_password(user, NEW_PASSWORD).await;
        // The password is the same again, the credential is not.
        app.complete_link(&token, NEW_PASSWORD).await.refuses("emailAuthCode", "invalid_email_auth_code");
        let next = app.link_token(ANN).await;
        app.complete_link(&next, OTHER).await.is_complete();
        let last = app.link_token(ANN).await;
        app.complete_link(&last, NEW_PASSWORD).await.is_complete();
        app.complete_link(&next, OTHER).await.refuses("emailAuthCode", "invalid_email_auth_code");
        assert!(app.signs_in(ANN, NEW_PASSWORD).await);
        app.drain().await;
    });
}

#[test]
fn a_repeated_answer_is_for_the_application_that_got_the_first_one() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let (_, _, foreign) = app.another_application("other").await;
        let token = app.link_token(ANN).await;
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        let body = json!({"emailAuthCode": token, "newPassword": NEW_PASSWORD});
        for _ in 0..4 {
            app.workflow_as(&foreign, "reset-password", &body)
                .await
                .refuses("emailAuthCode", "invalid_email_auth_code");
        }
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn an_answer_under_a_revoked_key_is_not_given_again() {
    on_both_databases(async |app| {
        for (_, proof, field) in proofs(app).await {
            complete(app, &proof, NEW_PASSWORD).await.is_complete();
            app.drain().await;
            app.database.run("UPDATE password_resets SET key_id = 'revoked' WHERE finished_at IS NOT NULL").await;
            complete(app, &proof, NEW_PASSWORD).await.refuses(field, invalid(field));
        }
        let body = json!({"email": ANN});
        let shown = app.post("/user_management/password_reset", &body).await;
        app.drain().await;
        app.database.run("UPDATE password_resets SET key_id = 'revoked'").await;
        let gone = app.get(&format!("/user_management/password_reset/{}", shown.text_at("/id"))).await;
        assert_eq!(gone.status, 404, "{}", gone.text);
    });
}
