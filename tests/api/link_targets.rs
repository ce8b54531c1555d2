//! Where links may lead: only to what is registered, whatever a policy said
//! before, and by whose leave while nothing is registered.

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::managed::some;

const ORIGINS: &str = "/api/v1/origins";
const WORKFLOW: &str = "/api/v1/workflow-policies";
const EMAILS: &str = "/api/v1/email-policies";
const ANN: &str = "ann@example.test";
const EVIL: &str = "https://evil.test/r";

async fn put(app: &TestApp, path: &str, body: &Value) {
    let answer = app.call(Method::PUT, path, Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Registers these origins and no redirect URL.
async fn register(app: &TestApp, origins: &[&str]) {
    put(app, ORIGINS, &json!({"origins": origins, "redirectUrls": []})).await;
}

async fn asks_for(app: &TestApp, redirect: &str) -> Answer {
    app.workflow("request-password-reset", &json!({"email": ANN, "redirectUrl": redirect})).await
}

#[test]
fn redirect_urls_of_a_policy_end_with_the_origin_they_are_on() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let good = "https://good.test/{tenant_name}/r";
        put(app, WORKFLOW, &json!({"redirectUrls": [EVIL, good]})).await;
        assert_eq!(asks_for(app, EVIL).await.told(), "200 REQUEST_ACCEPTED");
        let token = app.latest_mail().await.link_token();
        register(app, &["https://good.test"]).await;
        asks_for(app, EVIL).await.refuses("redirectUrl", "invalid_redirect_url");
        let done = app.complete_link(&token, NEW_PASSWORD).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(!done.text.contains("evil.test"), "asked for before, and registered no more: {}", done.text);
        assert_eq!(asks_for(app, good).await.status, 200, "it is on a registered origin");
        app.drain().await;
    });
}

#[test]
fn what_is_registered_for_each_tenants_host_holds_for_that_tenant() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let page = "https://{tenant_name}.good.test/r";
        register(app, &["https://{tenant_name}.good.test"]).await;
        put(app, WORKFLOW, &json!({"redirectUrls": [page], "customPasswordResetLinkUrl": page})).await;
        assert_eq!(asks_for(app, page).await.told(), "200 REQUEST_ACCEPTED");
        let user = app.user("ben@example.test").await;
        let link = app.create_link(user).await.text_at("/passwordResetUrl");
        assert!(link.contains(".good.test/r?token="), "{link}");
    });
}

#[test]
fn a_draft_is_warned_of_links_to_pages_that_are_registered_no_more() {
    on_both_databases(async |app| {
        let everything = json!({"redirectUrls": [EVIL], "customRedirectUrl": EVIL, "customPasswordResetLinkUrl": EVIL,
            "actionLinkUrl": EVIL});
        put(app, WORKFLOW, &everything).await;
        let draft = json!({"kind": "TEST", "parts": {"html": format!("<p><a href=\"{EVIL}\">x</a></p>")}});
        let foreign = async || app.draft(&draft).await.text.contains("foreign_link");
        assert!(!foreign().await);
        register(app, &["https://good.test"]).await;
        assert!(foreign().await);
    });
}

#[test]
fn a_registration_that_is_emptied_leaves_only_our_own_pages() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let everything = json!({"redirectUrls": [EVIL], "customRedirectUrl": EVIL, "customPasswordResetLinkUrl": EVIL,
            "actionLinkUrl": EVIL});
        put(app, WORKFLOW, &everything).await;
        register(app, &["https://good.test"]).await;
        register(app, &[]).await;
        asks_for(app, EVIL).await.refuses("redirectUrl", "invalid_redirect_url");
        let link = app.create_link(user).await;
        assert!(link.status == 200 && !link.text.contains("evil.test"), "{}", link.text);
        app.advance(std::time::Duration::from_secs(7200));
        let token = app.link_token(ANN).await;
        assert!(!app.latest_mail().await.text().contains("evil.test"));
        let done = app.complete_link(&token, NEW_PASSWORD).await;
        assert!(done.status == 200 && !done.text.contains("evil.test"), "{}", done.text);
        let refused = app.call(Method::PUT, WORKFLOW, Some(&json!({"customRedirectUrl": "https://evil.test/x"}))).await;
        assert_eq!(refused.violations("customRedirectUrl"), ["origin_not_registered"], "{}", refused.text);
    });
}

#[test]
fn while_nothing_is_registered_targets_are_set_by_whoever_may_register() {
    on_both_databases(async |app| {
        let policies = [Permission::WorkflowPolicyWrite, Permission::EmailPolicyWrite];
        let (_, plain) = app.account(some(&policies)).await;
        let (_, trusted) = app.account(some(&[&policies[..], &[Permission::OriginWrite]].concat())).await;
        let call = async |key: &str, path: &str, body: &Value| app.call_as(key, Method::PUT, path, Some(body)).await;
        let mail = json!({"PASSWORD_RESET_LINK": {"actionLinkUrl": EVIL}});
        let all = [
            (WORKFLOW, json!({"customPasswordResetLinkUrl": EVIL})),
            (WORKFLOW, json!({"redirectUrls": [EVIL]})),
            (WORKFLOW, json!({"customRedirectUrl": EVIL})),
            (WORKFLOW, json!({"actionLinkUrl": EVIL})),
            (EMAILS, mail.clone()),
        ];
        for (path, body) in &all {
            assert_eq!(call(&plain, path, body).await.told(), "403 forbidden", "{body}");
            let level = format!("{path}?tenantId={}", app.tenant);
            assert_eq!(call(&plain, &level, body).await.told(), "403 forbidden", "{body}");
        }
        for (path, body) in &all {
            assert_eq!(call(&trusted, path, body).await.status, 200, "{body}");
        }
        let kept = json!({"actionLinkUrl": EVIL, "emailOtpMinutes": 3, "redirectUrls": []});
        assert_eq!(call(&plain, WORKFLOW, &kept).await.status, 200, "what is there may stay");
        let other = json!({"actionLinkUrl": "https://evil.test/other"});
        assert_eq!(call(&plain, WORKFLOW, &other).await.told(), "403 forbidden");
        assert_eq!(call(&plain, WORKFLOW, &json!({"actionLinkUrl": null})).await.status, 200);
        assert_eq!(call(&plain, EMAILS, &mail).await.status, 200, "unchanged");
    });
}

#[test]
fn once_origins_are_registered_policies_choose_among_them() {
    on_both_databases(async |app| {
        register(app, &["https://good.test"]).await;
        let operator = app.operator("olga").await;
        let grant = Grant::new(Permission::WorkflowPolicyWrite, Boundary::Tenant(app.tenant));
        let (_, key) = app.account(vec![grant]).await;
        let level = format!("{WORKFLOW}?tenantId={}", app.tenant);
        let put = async |key: &str, url: &str| {
            app.call_as(key, Method::PUT, &level, Some(&json!({"customRedirectUrl": url}))).await.status
        };
        assert_eq!((put(&key, "https://good.test/r").await, put(&key, EVIL).await), (200, 400));
        assert_eq!((put(&operator, "https://good.test/r").await, put(&operator, EVIL).await), (200, 400));
    });
}

#[test]
fn an_operator_sets_targets_where_nothing_is_registered() {
    on_both_databases(async |app| {
        let operator = app.operator("olga").await;
        let header = ("rekey-application", app.application.to_string());
        let header = (header.0, header.1.as_str());
        let body = json!({"customRedirectUrl": EVIL});
        let set = app.call_with(&operator, header, Method::PUT, WORKFLOW, Some(&body)).await;
        assert_eq!(set.status, 200, "{}", set.text);
    });
}
