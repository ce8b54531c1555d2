//! Mode `EmailLink` through the workflow API.

use std::time::Duration;

use rekey::domain::policy::WorkflowOverrides;
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
        assert!(app.signs_in("ann.lee@example.test", NEW_PASSWORD).await);
        assert!(!app.signs_in("ann.lee@example.test", PASSWORD).await);
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

#[test]
fn a_used_link_is_an_unknown_one_and_its_neighbours_never_were_any() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let token = app.link_token("ann@example.test").await;
        let mut near: Vec<String> = vec![
            token[..42].to_owned(),
            format!("{token}A"),
            format!(" {token}"),
            format!("{token}\n"),
            token.to_lowercase(),
            token.to_uppercase(),
            token.chars().rev().collect(),
            format!("{token}%00"),
        ];
        for at in [0, 21, 42] {
            let mut letters: Vec<char> = token.chars().collect();
            letters[at] = if letters[at] == 'a' { 'b' } else { 'a' };
            near.push(letters.into_iter().collect());
        }
        for bad in &near {
            app.complete_link(bad, NEW_PASSWORD).await.refuses("emailAuthCode", "invalid_email_auth_code");
        }
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        assert_eq!(app.link_is(&token).await, "USED");
        let again = app.complete_link(&token, "Third-Garden-Window-1188").await;
        assert_eq!(again.shape(), app.complete_link(&near[8], NEW_PASSWORD).await.shape());
        assert!(app.signs_in("ann@example.test", NEW_PASSWORD).await);
        app.drain().await;
    });
}

#[test]
fn d03_an_expiry_that_is_missing_refuses() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let token = app.link_token("ann@example.test").await;
        let handed = app.create_link(user).await.text_at("/passwordResetCode");
        app.mail_codes().await;
        app.user("bob@example.test").await;
        let (request, code) = app.code("bob@example.test").await;
        app.database.run("UPDATE password_resets SET expires_at = NULL").await;
        assert_ne!(app.link_is(&token).await, "VALID");
        assert_ne!(app.handed_over_is(&handed).await, "VALID");
        assert_eq!(app.complete_link(&token, NEW_PASSWORD).await.status, 400);
        assert_eq!(app.complete_handed_over(&handed, NEW_PASSWORD).await.status, 400);
        assert_eq!(app.complete_code(&request, &code, NEW_PASSWORD).await.status, 400);
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
    });
}

#[test]
fn d14_asking_and_looking_a_hundred_times_changes_nothing() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let token = app.link_token("ann@example.test").await;
        for _ in 0..50 {
            app.ask("ann@example.test").await;
            assert_eq!(app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await.status, 200);
        }
        app.drain().await;
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        assert_eq!(app.count_events(user, "password_reset.succeeded").await, 0);
    });
}

#[test]
fn a_lifetime_of_links_has_bounds_that_no_policy_leaves() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        for (wish, end) in
            [(1, "2026-01-01T00:05:00.000Z"), (45, "2026-01-01T00:45:00.000Z"), (9999, "2026-01-02T00:00:00.000Z")]
        {
            let policy = WorkflowOverrides { email_link_minutes: Some(wish), ..WorkflowOverrides::default() };
            app.policy(policy).await;
            let sent = app.workflow("send-password-reset-email", &json!({"userId": user.to_string()})).await;
            assert_eq!(sent.text_at("/expiresAt"), end, "{wish}");
            app.drain().await;
        }
    });
}

#[test]
fn introspection_tells_the_rules_for_the_new_password_and_nothing_about_the_account() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await.to_string();
        let token = app.link_token("ann@example.test").await;
        let seen = app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await;
        assert_eq!(seen.text_at("/tenantId"), app.tenant.to_string());
        assert_eq!(seen.text_at("/applicationId"), app.application.to_string());
        assert_eq!(seen.text_at("/expiresAt"), "2026-01-01T00:30:00.000Z");
        assert_eq!(seen.body["passwordPolicy"]["minimumLength"], 15, "{}", seen.text);
        assert!(!seen.text.contains("ann@") && !seen.text.contains(&user));
        app.advance(Duration::from_secs(3600));
        let seen = app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await;
        assert_eq!(seen.text, r#"{"result":"EXPIRED"}"#);
    });
}
