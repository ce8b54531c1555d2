//! What ends a pending reset: a newer one, a completion, a change of the
//! account, a cancellation.

use rekey::domain::access::{Boundary, Grant, Permission};
use rekey::domain::email_address::EmailAddress;
use rekey::domain::ids::UserId;
use rekey::workflows::users::UserChange;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};

const ANN: &str = "ann@example.test";
const CANCEL: &str = "cancel-password-reset";

/// Makes a change; it cannot be copied.
type Change = fn() -> UserChange;

async fn sent_link(app: &TestApp, user: UserId) -> String {
    let body = json!({"userId": user.to_string(), "strategy": "LINK"});
    let sent = app.workflow("send-password-reset-email", &body).await;
    assert_eq!(sent.told(), "200 EMAIL_QUEUED", "{}", sent.text);
    app.latest_mail().await.link_token()
}

#[test]
fn d06_a_newer_link_by_address_ends_the_older_mailed_ones_but_no_handed_over_link() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let handed = app.create_link(user).await.text_at("/passwordResetCode");
        let first = app.link_token(ANN).await;
        let second = app.link_token(ANN).await;
        assert_eq!((app.link_is(&first).await, app.link_is(&second).await), ("SUPERSEDED".into(), "VALID".into()));
        assert_eq!(app.handed_over_is(&handed).await, "VALID", "an anonymous caller kills no administrator's link");
        app.complete_link(&first, NEW_PASSWORD).await.refuses("emailAuthCode", "invalid_email_auth_code");
        assert!(app.signs_in(ANN, PASSWORD).await);
    });
}

#[test]
fn a_reset_by_a_trusted_caller_ends_all_older_ones() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let asked = app.link_token(ANN).await;
        let sent = sent_link(app, user).await;
        assert_eq!(app.link_is(&asked).await, "SUPERSEDED");
        let handed = app.create_link(user).await.text_at("/passwordResetCode");
        assert_eq!(app.link_is(&sent).await, "SUPERSEDED");
        let sent = sent_link(app, user).await;
        assert_eq!(app.handed_over_is(&handed).await, "SUPERSEDED");
        assert_eq!(app.link_is(&sent).await, "VALID");
    });
}

#[test]
fn a_throttled_request_supersedes_nothing() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let mut newest = String::new();
        for _ in 0..3 {
            newest = app.link_token(ANN).await;
        }
        for _ in 0..3 {
            assert_eq!(app.ask(ANN).await.told(), "200 REQUEST_ACCEPTED");
        }
        assert_eq!(app.mails().await.len(), 3);
        assert_eq!(app.link_is(&newest).await, "VALID");
    });
}

#[test]
fn d04_a_completion_ends_its_siblings() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let handed = app.create_link(user).await.text_at("/passwordResetCode");
        let token = app.link_token(ANN).await;
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        assert_eq!(
            (app.link_is(&token).await, app.handed_over_is(&handed).await),
            ("USED".into(), "SUPERSEDED".into())
        );
        let refused = app.complete_handed_over(&handed, PASSWORD).await;
        refused.refuses("passwordResetCode", "invalid_password_reset_code");
        app.mail_codes().await;
        let handed = app.create_link(user).await.text_at("/passwordResetCode");
        let (request, code) = app.code(ANN).await;
        app.complete_handed_over(&handed, PASSWORD).await.is_complete();
        app.verify(&request, &code).await.refuses("verificationCode", "invalid_verification_code");
        app.drain().await;
    });
}

#[test]
fn a_change_of_the_account_ends_what_is_pending() {
    on_both_databases(async |app| {
        let changes: [(&str, Change); 3] = [
            ("password", || UserChange {
                password: Some(rekey::domain::secret::Secret::new(NEW_PASSWORD)),
                ..UserChange::default()
            }),
            ("address", || UserChange {
                email: Some(EmailAddress::parse("new@example.test").unwrap()),
                ..UserChange::default()
            }),
            ("disabled", || UserChange { disabled: Some(true), ..UserChange::default() }),
        ];
        for (name, change) in changes {
            let email = format!("{name}@example.test");
            let user = app.user(&email).await;
            let handed = app.create_link(user).await.text_at("/passwordResetCode");
            let token = app.link_token(&email).await;
            app.change_user(user, change()).await;
            assert_eq!(
                (app.link_is(&token).await, app.handed_over_is(&handed).await),
                ("CANCELLED".into(), "CANCELLED".into())
            );
            let password = "Third-Garden-Window-1188";
            app.complete_link(&token, password).await.refuses("emailAuthCode", "invalid_email_auth_code");
            app.complete_handed_over(&handed, password)
                .await
                .refuses("passwordResetCode", "invalid_password_reset_code");
        }
        let gone = app.user(ANN).await;
        let token = app.link_token(ANN).await;
        app.app.engine.delete_user(&app.authority(), gone, None).await.unwrap();
        app.complete_link(&token, NEW_PASSWORD).await.refuses("emailAuthCode", "invalid_email_auth_code");
        app.drain().await;
    });
}

#[test]
fn pending_resets_are_cancelled_by_user_and_by_id_and_counted() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let made = app.create_link(user).await;
        let (id, handed) = (made.text_at("/passwordResetId"), made.text_at("/passwordResetCode"));
        let token = app.link_token(ANN).await;
        let one = app.workflow(CANCEL, &json!({"passwordResetId": id})).await;
        assert_eq!((one.told(), one.body["count"].as_u64()), ("200 CANCELLED".into(), Some(1)));
        assert_eq!(
            (app.handed_over_is(&handed).await, app.link_is(&token).await),
            ("CANCELLED".into(), "VALID".into())
        );
        let again = app.workflow(CANCEL, &json!({"passwordResetId": id})).await;
        assert_eq!((again.told(), again.body["count"].as_u64()), ("200 CANCELLED".into(), Some(0)));
        let handed = app.create_link(user).await.text_at("/passwordResetCode");
        let token = app.link_token(ANN).await;
        let all = app.workflow(CANCEL, &json!({"userId": user.to_string()})).await;
        assert_eq!((all.told(), all.body["count"].as_u64()), ("200 CANCELLED".into(), Some(2)));
        assert_eq!(
            (app.handed_over_is(&handed).await, app.link_is(&token).await),
            ("CANCELLED".into(), "CANCELLED".into())
        );
        app.complete_link(&token, NEW_PASSWORD).await.refuses("emailAuthCode", "invalid_email_auth_code");
        assert_eq!(app.count_events(user, "password_reset.cancelled").await, 3);
    });
}

#[test]
fn what_is_cancelled_is_named_by_exactly_one_id_inside_the_boundary() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let made = app.create_link(user).await;
        let (id, code) = (made.text_at("/passwordResetId"), made.text_at("/passwordResetCode"));
        assert_eq!(app.workflow(CANCEL, &json!({})).await.status, 400);
        let both = app.workflow(CANCEL, &json!({"userId": user.to_string(), "passwordResetId": id})).await;
        both.refuses("passwordResetId", "must_be_null");

        let elsewhere = app.another_tenant("elsewhere").await;
        let boundary = Boundary::Tenant(elsewhere);
        let (_, tenant_key) = app.account(vec![Grant::new(Permission::PasswordResetExecute, boundary)]).await;
        let (_, _, foreign_key) = app.another_application("other").await;
        for key in [&tenant_key, &foreign_key] {
            let by_user = app.workflow_as(key, CANCEL, &json!({"userId": user.to_string()})).await;
            assert_eq!(by_user.told(), "404 user_not_found");
            let by_id = app.workflow_as(key, CANCEL, &json!({"passwordResetId": id})).await;
            assert_eq!(by_id.told(), "404 password_reset_not_found");
        }
        assert_eq!(app.handed_over_is(&code).await, "VALID");
    });
}
