//! An answer to a request by address depends on the request alone: accounts of
//! every state, and none at all, look the same through every step.

use std::time::Duration;

use rekey::domain::email_address::EmailAddress;
use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::reset::Strategy;
use rekey::workflows::users::{NewUser, UserChange};
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::resets::{almost, minutes};

const STATES: [&str; 7] = ["known", "unknown", "disabled", "verified", "no-password", "over-limit", "elsewhere"];

fn address(state: &str) -> String {
    // Equal lengths, so that nothing but the state differs.
    format!("{state:x<12}@example.test")
}

/// One account in each state.
async fn people(app: &TestApp) {
    app.user(&address("known")).await;
    let disabled = app.user(&address("disabled")).await;
    app.change_user(disabled, UserChange { disabled: Some(true), ..UserChange::default() }).await;
    let verified = app.user(&address("verified")).await;
    app.change_user(verified, UserChange { email_verified: Some(true), ..UserChange::default() }).await;
    let email = EmailAddress::parse(&address("no-password")).unwrap();
    app.app.engine.create_user(&app.authority(), &email, NewUser::default()).await.unwrap();
    app.user(&address("over-limit")).await;
    for _ in 0..3 {
        app.ask(&address("over-limit")).await;
    }
    let tenant = app.another_tenant("elsewhere").await;
    app.user_in(tenant, &address("elsewhere")).await;
    app.drain().await;
}

/// Takes a step with every state and wants one shape of answer.
fn alike(what: &str, answers: &[Answer]) {
    let first = answers[0].shape();
    for (answer, state) in answers.iter().zip(STATES) {
        assert_eq!(answer.shape(), first, "{what}: {state} differs");
    }
}

async fn every(what: &str, answers: impl AsyncFn(usize) -> Answer) {
    let mut all = Vec::new();
    for at in 0..STATES.len() {
        all.push(answers(at).await);
    }
    alike(what, &all);
}

async fn ask_all(app: &TestApp) -> Vec<String> {
    let mut answers = Vec::new();
    for state in STATES {
        answers.push(app.ask(&address(state)).await);
    }
    let codes = answers.iter().filter_map(|answer| answer.body["requestCode"].as_str().map(str::to_owned)).collect();
    alike("request", &answers);
    codes
}

#[test]
fn f01_a_request_for_a_link_answers_every_state_alike() {
    on_both_databases(async |app| {
        people(app).await;
        for _ in 0..5 {
            ask_all(app).await;
            app.drain().await;
        }
    });
}

#[test]
fn f01_a_request_code_behaves_alike_through_wrong_codes_to_its_exhaustion() {
    on_both_databases(async |app| {
        people(app).await;
        app.mail_codes().await;
        let codes = ask_all(app).await;
        assert_eq!(codes.len(), STATES.len());
        app.drain().await;
        for n in 0..7 {
            every("verify", async |at| app.verify(&codes[at], "00000000").await).await;
            if n % 2 == 0 {
                app.drain().await;
            }
        }
        every("completion", async |at| app.complete_code(&codes[at], "00000000", NEW_PASSWORD).await).await;
        every("resend", async |at| app.resend(&codes[at]).await).await;
        app.drain().await;
    });
}

#[test]
fn f01_a_request_code_behaves_alike_before_the_account_is_looked_up() {
    on_both_databases(async |app| {
        people(app).await;
        app.mail_codes().await;
        let codes = ask_all(app).await;
        for n in 0..3 {
            every("verify", async |at| app.verify(&codes[at], "00000000").await).await;
            if n == 1 {
                app.drain().await;
            }
        }
        every("resend too early", async |at| app.resend(&codes[at]).await).await;
        app.advance(minutes(1));
        every("resend", async |at| app.resend(&codes[at]).await).await;
        for _ in 0..3 {
            every("verify again", async |at| app.verify(&codes[at], "00000000").await).await;
        }
        app.drain().await;
    });
}

#[test]
fn f01_a_request_code_behaves_alike_through_its_resends_and_its_end() {
    on_both_databases(async |app| {
        people(app).await;
        app.mail_codes().await;
        let codes = ask_all(app).await;
        for wait in [59, 1, 119, 1, 239, 1] {
            app.advance(Duration::from_secs(wait));
            every("resend", async |at| app.resend(&codes[at]).await).await;
            app.drain().await;
        }
        app.advance(almost(minutes(3)));
        every("just alive", async |at| app.verify(&codes[at], "00000000").await).await;
        app.advance(Duration::from_millis(1));
        every("expired verify", async |at| app.verify(&codes[at], "00000000").await).await;
        every("expired completion", async |at| app.complete_code(&codes[at], "00000000", NEW_PASSWORD).await).await;
        every("expired resend", async |at| app.resend(&codes[at]).await).await;
        app.drain().await;
    });
}

#[test]
fn f01_a_spent_budget_of_codes_shows_nowhere() {
    on_both_databases(async |app| {
        people(app).await;
        app.mail_codes().await;
        for _ in 0..4 {
            let codes = ask_all(app).await;
            app.drain().await;
            for _ in 0..6 {
                every("verify", async |at| app.verify(&codes[at], "00000000").await).await;
                app.drain().await;
            }
            every("resend after the codes", async |at| app.resend(&codes[at]).await).await;
            let fresh = ask_all(app).await;
            app.drain().await;
            app.advance(minutes(1));
            every("resend", async |at| app.resend(&fresh[at]).await).await;
            app.advance(minutes(60));
        }
        app.drain().await;
    });
}

#[test]
fn f01_a_tenant_without_passwords_refuses_every_address_alike() {
    on_both_databases(async |app| {
        people(app).await;
        for strategy in [Strategy::Link, Strategy::Otp] {
            let off = WorkflowOverrides {
                password_auth_enabled: Some(false),
                strategy: Some(strategy),
                ..WorkflowOverrides::default()
            };
            app.policy(off).await;
            ask_all(app).await;
            assert_eq!(app.ask(&address("known")).await.told(), "403 password_auth_disabled");
        }
    });
}

#[test]
fn f04_policy_details_are_told_only_to_whoever_holds_the_proof() {
    on_both_databases(async |app| {
        app.user(&address("known")).await;
        let token = app.link_token(&address("known")).await;
        let bad_proof = app.complete_link(&"A".repeat(43), NEW_PASSWORD).await;
        assert_eq!(app.complete_link(&"A".repeat(43), "short").await.shape(), bad_proof.shape());
        assert_eq!(app.complete_link("x", "short").await.shape(), bad_proof.shape());
        let refused = app.complete_link(&token, "short").await;
        refused.refuses("newPassword", "too_short");
        assert_eq!(refused.text_at("/violations/newPassword/0/constraintAttributes/minimumLength"), "15");
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn f05_a_foreign_tenant_and_one_that_does_not_exist_look_alike() {
    on_both_databases(async |app| {
        let (_, foreign, _) = app.another_application("other").await;
        let mut shapes = Vec::new();
        for tenant in [foreign.to_string(), "tenant_01JH0000000000000000000000".to_owned()] {
            let answer =
                app.workflow("request-password-reset", &json!({"tenantId": tenant, "email": "a@b.test"})).await;
            assert_eq!(answer.told(), "404 tenant_not_found");
            shapes.push(answer.shape().replace(&tenant, "id"));
        }
        assert_eq!(shapes[0], shapes[1]);
    });
}
