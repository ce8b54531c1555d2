//! The reset calls of the dialect, as far as they differ from the others.

use rekey::domain::policy::WorkflowOverrides;
use rekey::workflows::users::UserChange;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, on_both_databases};
use crate::support::resets::minutes;

const RESET: &str = "/user_management/password_reset";
const SEND: &str = "/user_management/password_reset/send";

fn ann() -> Value {
    json!({"email": "ann@example.test"})
}

#[test]
fn a_reset_that_would_not_be_mailed_is_not_made() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let mut made = Vec::new();
        for _ in 0..3 {
            let reset = app.post(RESET, &ann()).await;
            assert_eq!(reset.status, 201, "{}", reset.text);
            made.push(reset.text_at("/password_reset_token"));
            app.drain().await;
            app.advance(minutes(2));
        }
        let over = app.post(RESET, &ann()).await;
        assert_eq!(over.told(), "429 daily_quota_exceeded");
        let wait: u64 = over.headers["retry-after"].parse().unwrap();
        assert!((1..=5).contains(&wait), "SDKs sleep as long as they are told: {wait}");
        assert_eq!(app.mails().await.len(), 3);
        assert_eq!(app.count_events(user, "password_reset.created").await, 3);
        // The last one that was made is still good.
        let body = json!({"token": made[2], "new_password": NEW_PASSWORD});
        assert_eq!(app.post(&format!("{RESET}/confirm"), &body).await.status, 200);
        app.drain().await;
    });
}

#[test]
fn without_mail_only_the_creates_themselves_are_bounded() {
    on_both_databases(async |app| {
        app.policy(WorkflowOverrides { workos_mail_enabled: Some(false), ..WorkflowOverrides::default() }).await;
        app.user("ann@example.test").await;
        for _ in 0..2 {
            for _ in 0..3 {
                assert_eq!(app.post(RESET, &ann()).await.status, 201);
            }
            assert_eq!(app.post(RESET, &ann()).await.told(), "429 daily_quota_exceeded");
            app.advance(minutes(1));
        }
        assert!(app.mails().await.is_empty());
    });
}

#[test]
fn creates_for_an_address_that_nobody_has_are_bounded_as_well() {
    on_both_databases(async |app| {
        let nobody = json!({"email": "nobody@example.test"});
        for _ in 0..3 {
            assert_eq!(app.post(RESET, &nobody).await.told(), "404 entity_not_found");
        }
        assert_eq!(app.post(RESET, &nobody).await.told(), "429 daily_quota_exceeded");
        app.advance(minutes(1));
        assert_eq!(app.post(RESET, &nobody).await.told(), "404 entity_not_found");
    });
}

#[test]
fn a_disabled_user_and_a_tenant_without_passwords_get_no_reset() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        app.change_user(user, UserChange { disabled: Some(true), ..UserChange::default() }).await;
        assert_eq!(app.post(RESET, &ann()).await.told(), "403 password_reset_not_allowed");
        app.change_user(user, UserChange { disabled: Some(false), ..UserChange::default() }).await;
        app.policy(WorkflowOverrides { password_auth_enabled: Some(false), ..WorkflowOverrides::default() }).await;
        assert_eq!(app.post(RESET, &ann()).await.told(), "403 email_password_auth_disabled");
        app.policy(WorkflowOverrides::default()).await;
        let reset = app.post(RESET, &ann()).await;
        assert_eq!(reset.status, 201, "{}", reset.text);
        app.policy(WorkflowOverrides { password_auth_enabled: Some(false), ..WorkflowOverrides::default() }).await;
        let body = json!({"token": reset.text_at("/password_reset_token"), "new_password": NEW_PASSWORD});
        assert_eq!(app.post(&format!("{RESET}/confirm"), &body).await.told(), "403 email_password_auth_disabled");
        let nobody = app.post(RESET, &json!({"email": "no@example.test"})).await;
        assert_eq!(nobody.told(), "404 entity_not_found");
        app.drain().await;
    });
}

#[test]
fn a_link_is_mailed_to_a_registered_page_that_the_call_names() {
    on_both_databases(async |app| {
        let pages = ["https://app.test/reset", "https://app.test/r?lang=en#top"];
        let registered = Some(pages.map(str::to_owned).to_vec());
        let mail_off = Some(false);
        app.policy(WorkflowOverrides {
            redirect_urls: registered,
            workos_mail_enabled: mail_off,
            ..WorkflowOverrides::default()
        })
        .await;
        app.user("ann@example.test").await;
        for (page, begins) in [
            (pages[0], "https://app.test/reset?token="),
            (pages[1], "https://app.test/r?lang=en&token="),
            ("https://rekey.test/reset-password", "https://rekey.test/reset-password?token="),
        ] {
            let sent = app.post(SEND, &json!({"email": "ann@example.test", "password_reset_url": page})).await;
            assert_eq!((sent.status, &sent.body), (200, &json!({})), "{}", sent.text);
            let text = app.latest_mail().await.text();
            assert!(text.contains(begins), "{text}");
        }
        let token = app.latest_mail().await.link_token();
        let body = json!({"token": token, "new_password": NEW_PASSWORD});
        assert_eq!(app.post(&format!("{RESET}/confirm"), &body).await.status, 200);
        app.drain().await;
    });
}

#[test]
fn b06_a_page_that_is_not_registered_gets_no_token() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let registered = Some(vec!["https://good.test/reset".to_owned()]);
        app.policy(WorkflowOverrides { redirect_urls: registered, ..WorkflowOverrides::default() }).await;
        for page in [
            "https://evil.test/reset",
            "https://good.test.evil.test/reset",
            "https://good.test@evil.test/reset",
            "https://good.test/reset/",
            "https://good.test/reset?x",
            "https://good.test/RESET",
            "http://good.test/reset",
            "//evil.test",
            "javascript:alert(1)",
            "",
        ] {
            for email in ["ann@example.test", "no@example.test"] {
                let refused = app.post(SEND, &json!({"email": email, "password_reset_url": page})).await;
                refused.names(&[("password_reset_url", "not_registered")]);
            }
        }
        app.post(SEND, &json!({"email": "x"}))
            .await
            .names(&[("email", "invalid_email"), ("password_reset_url", "required")]);
        let body = json!({"email": "no@example.test", "password_reset_url": "https://good.test/reset"});
        assert_eq!(app.post(SEND, &body).await.told(), "404 entity_not_found");
        assert!(app.mails().await.is_empty());
        assert_eq!(app.count_events(user, "password_reset.created").await, 0);
    });
}

#[test]
fn a_page_that_is_unregistered_before_the_mail_goes_out_gets_no_token_either() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let registered = Some(vec!["https://good.test/reset".to_owned()]);
        app.policy(WorkflowOverrides { redirect_urls: registered, ..WorkflowOverrides::default() }).await;
        let body = json!({"email": "ann@example.test", "password_reset_url": "https://good.test/reset"});
        assert_eq!(app.post(SEND, &body).await.status, 200);
        app.policy(WorkflowOverrides::default()).await;
        let text = app.latest_mail().await.text();
        assert!(text.contains("https://rekey.test/reset-password?token=") && !text.contains("good.test"), "{text}");
    });
}

#[test]
fn the_description_leaves_the_bearer_open_where_the_body_may_name_the_caller() {
    let document = rekey::app::document("https://rekey.test");
    let operation = &document["paths"]["/user_management/authenticate"]["post"];
    assert_eq!(
        (&operation["security"], &operation["x-permission"]),
        (&json!([{"bearer": []}, {}]), &json!("session:write"))
    );
    let others = &document["paths"]["/user_management/users"]["get"]["security"];
    assert_eq!(others, &json!([{"bearer": []}]));
    let sent = &document["paths"][SEND][Method::POST.as_str().to_lowercase()];
    assert_eq!(sent["security"], json!([{"bearer": []}]));
}
