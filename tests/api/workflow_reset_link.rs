//! Mode `ResetLink` through the workflow API.

use std::time::Duration;

use rekey::domain::access::{Boundary, Grant, GrantLimits, Permission};
use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::reset::Mode;
use rekey::workflows::users::UserChange;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, on_both_databases};
use crate::support::resets::{LINK_CREATED, UPDATED, almost, minutes};

const ANN: &str = "ann@example.test";
const CALL: &str = "create-password-reset-link";

fn grant(permission: Permission) -> Grant {
    Grant::new(permission, Boundary::Application)
}

#[test]
fn a_password_is_reset_with_a_handed_over_link_and_the_user_is_told_at_once() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let body = json!({"userId": user.to_string(), "reason": "called the service desk, ticket 42"});
        let made = app.workflow(CALL, &body).await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert_eq!(made.text_at("/expiresAt"), "2026-01-01T01:00:00.000Z");
        let code = made.text_at("/passwordResetCode");
        assert_eq!(code.len(), 43);
        let url = format!("https://rekey.test/reset-password?token={code}");
        assert_eq!(made.text_at("/passwordResetUrl"), url);

        let mails = app.mails().await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].data().contains(LINK_CREATED) && mails[0].to == [ANN]);
        let text = String::from_utf8_lossy(&mails[0].wire).replace("=\r\n", "");
        assert!(!text.contains(&code) && !text.contains("ticket 42"), "neither the secret nor the caller's words");

        assert_eq!(app.handed_over_is(&code).await, "VALID");
        let done = app.complete_handed_over(&code, NEW_PASSWORD).await;
        done.is_complete();
        assert_eq!(done.text_at("/userId"), user.to_string());
        assert_eq!(app.handed_over_is(&code).await, "USED");
        assert!(app.signs_in(ANN, NEW_PASSWORD).await && !app.signs_in(ANN, PASSWORD).await);
        assert_eq!(app.mails_with(UPDATED).await, 1);
    });
}

#[test]
fn only_a_proof_that_travelled_by_email_verifies_the_address() {
    on_both_databases(async |app| {
        let (handed, linked, coded) =
            (app.user(ANN).await, app.user("bob@example.test").await, app.user("cat@example.test").await);
        let code = app.create_link(handed).await.text_at("/passwordResetCode");
        app.complete_handed_over(&code, NEW_PASSWORD).await.is_complete();
        let token = app.link_token("bob@example.test").await;
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        app.mail_codes().await;
        let (request, code) = app.code("cat@example.test").await;
        app.complete_code(&request, &code, NEW_PASSWORD).await.is_complete();
        app.drain().await;
        for (user, verified) in [(handed, false), (linked, true), (coded, true)] {
            let found = app.app.engine.get_user(&app.scope(), user).await.unwrap();
            assert_eq!(found.email_verified, verified);
        }
    });
}

#[test]
fn a_handed_over_link_lives_as_long_as_was_wished_within_bounds() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        for (wish, code) in [(0, "too_short"), (4, "too_short"), (1441, "too_long"), (u64::MAX, "too_long")] {
            let refused = app.workflow(CALL, &json!({"userId": user.to_string(), "lifetimeMinutes": wish})).await;
            refused.refuses("lifetimeMinutes", code);
        }
        for (wish, end) in [(5, "2026-01-01T00:05:00.000Z"), (1440, "2026-01-02T00:00:00.000Z")] {
            let made = app.workflow(CALL, &json!({"userId": user.to_string(), "lifetimeMinutes": wish})).await;
            assert_eq!((made.status, made.text_at("/expiresAt")), (200, end.to_owned()));
        }
        app.policy(WorkflowOverrides { reset_link_minutes: Some(15), ..WorkflowOverrides::default() }).await;
        let made = app.create_link(user).await;
        assert_eq!(made.text_at("/expiresAt"), "2026-01-01T00:15:00.000Z");
        let code = made.text_at("/passwordResetCode");
        app.advance(almost(minutes(15)));
        assert_eq!(app.handed_over_is(&code).await, "VALID");
        app.advance(Duration::from_millis(1));
        assert_eq!(app.handed_over_is(&code).await, "EXPIRED");
        app.complete_handed_over(&code, NEW_PASSWORD).await.refuses("passwordResetCode", "code_expired");
        assert!(app.signs_in(ANN, PASSWORD).await);
        app.drain().await;
    });
}

#[test]
fn whoever_makes_a_link_needs_the_permission_to_see_its_secret() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let body = json!({"userId": user.to_string()});
        let (_, half) = app.account(vec![grant(Permission::PasswordResetExecute)]).await;
        assert_eq!(app.workflow_as(&half, CALL, &body).await.told(), "403 forbidden");
        let (_, other) = app.account(vec![grant(Permission::PasswordResetSecretRead)]).await;
        assert_eq!(app.workflow_as(&other, CALL, &body).await.told(), "403 forbidden");
        assert_eq!(app.workflow_as(&half, "send-password-reset-email", &body).await.told(), "200 EMAIL_QUEUED");
        let both = vec![grant(Permission::PasswordResetExecute), grant(Permission::PasswordResetSecretRead)];
        let (_, whole) = app.account(both).await;
        assert_eq!(app.workflow_as(&whole, CALL, &body).await.status, 200);
        assert_eq!(app.mails_with(LINK_CREATED).await, 1, "a refused link is not announced");
    });
}

#[test]
fn a_link_for_a_protected_user_needs_a_third_permission() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let code = app.create_link(user).await.text_at("/passwordResetCode");
        app.change_user(user, UserChange { protected: Some(true), ..UserChange::default() }).await;
        let mut grants = vec![grant(Permission::PasswordResetExecute), grant(Permission::PasswordResetSecretRead)];
        let (_, without) = app.account(grants.clone()).await;
        let body = json!({"userId": user.to_string()});
        assert_eq!(app.workflow_as(&without, CALL, &body).await.told(), "403 forbidden");
        assert_eq!(app.mails_with(LINK_CREATED).await, 1);
        assert_eq!(app.handed_over_is(&code).await, "VALID", "a refused call supersedes nothing");
        grants.push(grant(Permission::PasswordResetExecuteProtected));
        let (_, with) = app.account(grants).await;
        assert_eq!(app.workflow_as(&with, CALL, &body).await.status, 200);
        assert_eq!(app.mails_with(LINK_CREATED).await, 2);
    });
}

#[test]
fn a_grant_may_be_limited_to_modes_and_to_a_longest_lifetime() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await.to_string();
        let limits = GrantLimits {
            modes: Some(vec![Mode::ResetLink]),
            max_link_lifetime: Some(minutes(30)),
            ..GrantLimits::default()
        };
        let execute = Grant { limits, ..grant(Permission::PasswordResetExecute) };
        let (_, key) = app.account(vec![execute, grant(Permission::PasswordResetSecretRead)]).await;
        let made = app.workflow_as(&key, CALL, &json!({"userId": user, "lifetimeMinutes": 30})).await;
        assert_eq!(made.status, 200, "{}", made.text);
        for body in [json!({"userId": user, "lifetimeMinutes": 31}), json!({"userId": user})] {
            assert_eq!(app.workflow_as(&key, CALL, &body).await.told(), "403 forbidden", "{body}");
        }
        for body in [json!({"userId": user}), json!({"userId": user, "strategy": "OTP"})] {
            let sent = app.workflow_as(&key, "send-password-reset-email", &body).await;
            assert_eq!(sent.told(), "403 forbidden", "{body}");
        }
        let asked = app.workflow_as(&key, "request-password-reset", &json!({"email": ANN})).await;
        assert_eq!(asked.told(), "403 forbidden");
        let body = json!({"passwordResetCode": made.text_at("/passwordResetCode"), "newPassword": NEW_PASSWORD});
        app.workflow_as(&key, "reset-password", &body).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn a_user_who_is_not_there_or_disabled_or_foreign_is_404() {
    on_both_databases(async |app| {
        let disabled = app.user(ANN).await;
        app.change_user(disabled, UserChange { disabled: Some(true), ..UserChange::default() }).await;
        let (_, _, foreign_key) = app.another_application("other").await;
        let foreign = app.user("bob@example.test").await;
        for call in [CALL, "send-password-reset-email"] {
            for id in [disabled.to_string(), "user_01JH0000000000000000000000".to_owned(), "user_x".to_owned()] {
                let answer = app.workflow(call, &json!({"userId": id})).await;
                assert_eq!(answer.told(), "404 user_not_found", "{call} {id}");
            }
            let body = json!({"userId": foreign.to_string()});
            assert_eq!(app.workflow_as(&foreign_key, call, &body).await.told(), "404 user_not_found");
        }
        assert!(app.mails().await.is_empty());
    });
}
