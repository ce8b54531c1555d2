//! Mail with a secret goes to the address of now or nowhere; a notice goes to
//! the address of then.

use std::time::Duration;

use rekey::domain::email_address::EmailAddress;
use rekey::domain::ids::UserId;
use rekey::workflows::resets::Client;
use rekey::workflows::users::UserChange;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::proofs::{Mode, with_password};
use crate::support::smtp::Fault;

const BUSY: Fault = Fault::Recipient("451 4.3.0 come back later");
/// Longer than the first wait after a failure.
const SOON: Duration = Duration::from_secs(10);

/// A mail with a secret that the provider has put off once.
async fn put_off(app: &mut TestApp, email: &str, strategy: &str) -> UserId {
    let user = app.user(email).await;
    app.smtp.script([BUSY]);
    let body = json!({"userId": user.to_string(), "strategy": strategy});
    assert_eq!(app.workflow("send-password-reset-email", &body).await.status, 200);
    app.drain().await;
    user
}

async fn change(app: &TestApp, user: UserId, change: UserChange) {
    app.app.engine.update_user(&app.authority(), None, user, change, &Client::default()).await.unwrap();
}

fn address(text: &str) -> UserChange {
    UserChange { email: Some(EmailAddress::parse(text).unwrap()), ..UserChange::default() }
}

#[test]
fn a_mail_with_a_secret_is_dropped_when_it_is_no_longer_wanted() {
    on_both_databases(async |app| {
        for (strategy, kind) in [("LINK", "PASSWORD_RESET_LINK"), ("OTP", "PASSWORD_RESET_CODE")] {
            for what in ["address", "row", "disabled", "cancelled", "expired", "superseded", "deleted"] {
                let user = put_off(app, &format!("{what}-{strategy}@example.test"), strategy).await;
                assert_eq!(app.messages(user, kind, "queued").await, 1);
                match what {
                    "address" => change(app, user, address(&format!("new-{strategy}@example.test"))).await,
                    "row" => {
                        let email = format!("thief-{strategy}@example.test").to_lowercase();
                        let sql = format!(
                            "UPDATE users SET email = '{email}', email_canonical = '{email}' WHERE id = '{user}'"
                        );
                        app.database.run(&sql).await;
                    }
                    "disabled" => change(app, user, UserChange { disabled: Some(true), ..UserChange::default() }).await,
                    "cancelled" => {
                        let body = json!({"userId": user.to_string()});
                        assert_eq!(app.workflow("cancel-password-reset", &body).await.status, 200);
                    }
                    "superseded" => drop(Mode::HandedOver.proof(app, user).await),
                    "deleted" => app.app.engine.delete_user(&app.authority(), user, None).await.unwrap(),
                    _ => app.advance(Duration::from_secs(30 * 60)),
                }
                app.advance(SOON);
                app.drain().await;
                assert_eq!(app.messages(user, kind, "dropped").await, 1, "{what} {strategy}");
            }
        }
        let sent = app.smtp.messages();
        assert!(sent.iter().all(|mail| !mail.text().contains("token=")), "a link was mailed");
        assert_eq!(sent.len(), 2, "only the notices of the handed-over links");
    });
}

#[test]
fn a_completed_reset_mails_no_more_secrets() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let proof = Mode::Code.proof(app, user).await;
        app.advance(Duration::from_secs(61));
        app.smtp.script([BUSY]);
        assert_eq!(app.workflow("resend-code", &json!({"requestCode": proof["requestCode"]})).await.status, 200);
        app.drain().await;
        assert_eq!(app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await.status, 200);
        app.advance(SOON);
        app.drain().await;
        assert_eq!(app.messages(user, "PASSWORD_RESET_CODE", "dropped").await, 1);
        assert_eq!(app.messages(user, "PASSWORD_UPDATED", "sent").await, 1);
    });
}

#[test]
fn whoever_takes_over_an_account_cannot_silence_the_alarm() {
    on_both_databases(async |app| {
        for (name, silence) in [("moved", false), ("gone", true)] {
            let email = format!("{name}@example.test");
            let user = app.user(&email).await;
            let proof = Mode::Link.proof(app, user).await;
            app.smtp.script([BUSY]);
            assert_eq!(app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await.status, 200);
            app.drain().await;
            assert_eq!(app.messages(user, "PASSWORD_UPDATED", "queued").await, 1);
            if silence {
                app.app.engine.delete_user(&app.authority(), user, None).await.unwrap();
            } else {
                change(app, user, address("thief@example.test")).await;
            }
            app.advance(SOON);
            let mail = app.latest_mail().await;
            assert_eq!(mail.to, [email], "the notice follows the thief");
            assert!(!mail.text().contains(NEW_PASSWORD));
        }
    });
}
