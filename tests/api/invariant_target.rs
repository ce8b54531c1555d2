//! The account changed is the one stored with the proof, and a proof holds
//! nowhere but where it was made.

use rekey::domain::policy::WorkflowOverrides;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, on_both_databases};
use crate::support::proofs::{Mode, with_password};

const NEVER_MADE: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

#[test]
fn no_field_of_a_completion_turns_it_on_another_account() {
    on_both_databases(async |app| {
        let other = app.user("victim@example.test").await;
        for mode in Mode::ALL {
            let email = format!("{mode:?}@example.test");
            let user = app.user(&email).await;
            let body = with_password(&mode.proof(app, user).await, NEW_PASSWORD);
            let extras = [
                ("userId", json!(other.to_string())),
                ("user_id", json!(other.to_string())),
                ("email", json!("victim@example.test")),
                ("tenantId", json!(app.tenant.to_string())),
                ("applicationId", json!(app.application.to_string())),
                ("__proto__", json!({"userId": other.to_string()})),
            ];
            for (name, value) in extras {
                let mut body = body.clone();
                body[name] = value;
                let refused = app.workflow("reset-password", &body).await;
                assert_eq!((refused.status, refused.text_at("/code").as_str()), (400, "invalid_request"), "{name}");
            }
            assert_eq!(app.credential_version(user).await, 0);
            let path = format!("/api/v1/password-reset/reset-password?userId={other}&email=victim@example.test");
            let done = app.post(&path, &body).await;
            assert_eq!((done.status, done.text_at("/userId")), (200, user.to_string()), "{}", done.text);
            assert!(app.session(&email, NEW_PASSWORD).await.is_some());
            app.drain().await;
        }
        assert_eq!(app.credential_version(other).await, 0);
        assert!(app.session("victim@example.test", PASSWORD).await.is_some());
    });
}

/// One body per mode whose codes look right and were never made.
fn unknown(mode: Mode) -> Value {
    let proof = match mode {
        Mode::Link => json!({"emailAuthCode": NEVER_MADE}),
        Mode::Code => json!({"requestCode": NEVER_MADE, "verificationCode": "12345678"}),
        Mode::HandedOver => json!({"passwordResetCode": NEVER_MADE}),
    };
    with_password(&proof, NEW_PASSWORD)
}

/// The secret of a proof, in the fields of another mode.
fn disguised(proof: &Value, mode: Mode) -> Value {
    let secret = ["emailAuthCode", "requestCode", "passwordResetCode"].iter().find_map(|field| proof.get(field));
    let mut body = unknown(mode);
    let field = match mode {
        Mode::Link => "emailAuthCode",
        Mode::Code => "requestCode",
        Mode::HandedOver => "passwordResetCode",
    };
    body[field] = secret.unwrap().clone();
    if let Some(code) = proof.get("verificationCode").filter(|_| mode == Mode::Code) {
        body["verificationCode"] = code.clone();
    }
    body
}

#[test]
fn a_proof_of_one_mode_is_an_unknown_code_in_another() {
    on_both_databases(async |app| {
        for made in Mode::ALL {
            let user = app.user(&format!("{made:?}@example.test")).await;
            let proof = made.proof(app, user).await;
            for mode in Mode::ALL.into_iter().filter(|mode| *mode != made) {
                let refused = app.workflow("reset-password", &disguised(&proof, mode)).await;
                let never_made = app.workflow("reset-password", &unknown(mode)).await;
                assert_eq!(refused.status, 400);
                assert_eq!(refused.shape(), never_made.shape(), "{made:?} as {mode:?}");
            }
            let done = app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await;
            assert_eq!(done.status, 200, "the disguises used it up: {}", done.text);
            app.drain().await;
        }
    });
}

#[test]
fn a_proof_of_one_application_is_an_unknown_code_in_another() {
    on_both_databases(async |app| {
        let (_, _, foreign) = app.another_application("bank").await;
        for mode in Mode::ALL {
            let user = app.user(&format!("{mode:?}@example.test")).await;
            let proof = mode.proof(app, user).await;
            let mut calls = vec![("reset-password", with_password(&proof, NEW_PASSWORD), unknown(mode))];
            match mode {
                Mode::Link => {
                    calls.push(("introspect-email-auth-code", proof.clone(), json!({"emailAuthCode": NEVER_MADE})));
                }
                Mode::HandedOver => {
                    calls.push((
                        "introspect-password-reset-code",
                        proof.clone(),
                        json!({"passwordResetCode": NEVER_MADE}),
                    ));
                }
                Mode::Code => {
                    let never_made = json!({"requestCode": NEVER_MADE, "verificationCode": "12345678"});
                    calls.push(("verify-code", proof.clone(), never_made));
                    let request = json!({"requestCode": proof["requestCode"]});
                    calls.push(("resend-code", request, json!({"requestCode": NEVER_MADE})));
                }
            }
            for (call, body, never_made) in calls {
                let path = format!("/api/v1/password-reset/{call}");
                let refused = app.call_as(&foreign, reqwest::Method::POST, &path, Some(&body)).await;
                let unknown = app.call_as(&foreign, reqwest::Method::POST, &path, Some(&never_made)).await;
                assert_eq!(refused.status, 400, "{call}");
                assert_eq!(refused.shape(), unknown.shape(), "{call}");
            }
            let attempts = "SELECT CAST(coalesce(sum(attempts), 0) AS bigint) AS n FROM reset_requests";
            assert_eq!(app.database.number(attempts).await, 0, "another application spends this one's guesses");
            let done = app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await;
            assert_eq!(done.status, 200, "{}", done.text);
            app.drain().await;
        }
    });
}

#[test]
fn the_code_of_one_user_or_tenant_is_a_wrong_one_for_another() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("north").await;
        let users = [
            app.user("ann@example.test").await,
            app.user("bob@example.test").await,
            app.user_in(elsewhere, "ann@example.test").await,
        ];
        let mut proofs = Vec::new();
        for user in users {
            proofs.push(Mode::Code.proof(app, user).await);
        }
        for (one, other) in [(0, 1), (1, 2), (2, 0)] {
            let mixed = json!({"requestCode": proofs[one]["requestCode"],
                "verificationCode": proofs[other]["verificationCode"]});
            let refused = app.workflow("reset-password", &with_password(&mixed, NEW_PASSWORD)).await;
            assert_eq!(refused.shape(), app.workflow("reset-password", &unknown(Mode::Code)).await.shape());
        }
        for proof in &proofs {
            assert_eq!(app.workflow("verify-code", proof).await.status, 200);
        }
        let done = app.workflow("reset-password", &with_password(&proofs[2], NEW_PASSWORD)).await;
        assert_eq!((done.status, done.text_at("/userId")), (200, users[2].to_string()));
        assert_eq!(app.credential_version(users[0]).await, 0, "the namesake in another tenant");
        app.drain().await;
    });
}

#[test]
fn a_session_code_is_good_once_and_only_in_its_application() {
    on_both_databases(async |app| {
        app.policy(WorkflowOverrides { immediate_login: Some(true), ..WorkflowOverrides::default() }).await;
        let (_, _, foreign) = app.another_application("bank").await;
        let user = app.user("ann@example.test").await;
        let proof = Mode::Link.proof(app, user).await;
        let done = app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await;
        let code = done.text_at("/authSessionCode");
        let body = json!({"authSessionCode": code, "clientIp": "192.0.2.7", "userAgent": "Firefox"});
        let path = "/api/v1/password-reset/exchange-auth-session";
        let refused = app.call_as(&foreign, reqwest::Method::POST, path, Some(&body)).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        let url = app.url.clone();
        let answers = app.crowd(&[&url], "exchange-auth-session", &vec![body; 40]).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.shape(), refused.shape(), "a used code and a foreign one look alike");
        }
        app.drain().await;
    });
}
