//! Mode EmailLink through the workflow API.

use std::time::Duration;

use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, on_both_databases};

#[test]
fn a_password_is_reset_with_an_emailed_link() {
    on_both_databases(async |app| {
        let user = app.user("Ann.Lee@Example.Test").await;
        let token = app.link_token(" ann.lee@example.test ").await;
        let mail = app.latest_mail().await;
        assert_eq!(mail.to, ["Ann.Lee@Example.Test"], "mail goes to the stored original");

        let seen = app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await;
        assert_eq!(seen.text_at("/result"), "VALID");
        let body = json!({"emailAuthCode": token, "newPassword": NEW_PASSWORD});
        let done = app.workflow("reset-password", &body).await;
        assert_eq!((done.status, done.text_at("/result").as_str()), (200, "PASSWORD_RESET_COMPLETE"));
        assert_eq!(done.text_at("/userId"), user.to_string());
        assert_eq!(app.latest_mail().await.to, ["Ann.Lee@Example.Test"], "a notice follows");
        let events = app.events(user).await;
        for kind in ["password_reset.created", "password_reset.succeeded", "user.updated"] {
            assert_eq!(events.iter().filter(|event| *event == kind).count(), 1, "{kind} in {events:?}");
        }
    });
}

#[test]
fn a_link_is_good_for_thirty_minutes_to_the_millisecond() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let token = app.link_token("ann@example.test").await;
        app.advance(Duration::from_millis(30 * 60 * 1000 - 1));
        let seen = app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await;
        assert_eq!(seen.text_at("/result"), "VALID");
        app.advance(Duration::from_millis(1));
        let seen = app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await;
        assert_eq!(seen.text_at("/result"), "EXPIRED");
        let refused = app.workflow("reset-password", &json!({"emailAuthCode": token, "newPassword": PASSWORD})).await;
        assert_eq!((refused.status, refused.violations("emailAuthCode")), (400, vec!["code_expired".to_owned()]));
    });
}
