//! Where success leads: exactly a registered URL, with the caller's state.

use rekey::domain::policy::WorkflowOverrides;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};

const ANN: &str = "ann@example.test";
const GOOD: &str = "https://good.test/done";

async fn register(app: &TestApp) {
    let redirect_urls = Some(vec![GOOD.to_owned(), "https://good.test/with?a=b#part".to_owned()]);
    app.policy(WorkflowOverrides { redirect_urls, ..WorkflowOverrides::default() }).await;
}

#[test]
fn b06_a_redirect_url_is_exactly_a_registered_one() {
    on_both_databases(async |app| {
        register(app).await;
        let user = app.user(ANN).await;
        let (other, _, foreign) = app.another_application("other").await;
        let mut shapes = Vec::new();
        for bad in [
            "https://evil.test/done",
            "https://good.test.evil.test/done",
            "https://good.test@evil.test/done",
            "//evil.test",
            "/\\evil.test",
            "https:evil.test",
            "https://good.test\\.evil.test/done",
            "https://good.test:8443/done",
            "https://good.test/other",
            "https://good.test/done/",
            "https://good.test/..%2fdone",
            "https://good.test./done",
            "https://g\u{43e}\u{43e}d.test/done",
            "https://good.test/done#x",
            "https://good.test/done?x=1",
            "javascript:alert(1)",
            "http://good.test/done",
            "HTTPS://GOOD.TEST/done",
            "https://good.test/done?x=\"><a href=//evil.test>",
            "data:text/html,x",
        ] {
            for (call, body) in [
                ("request-password-reset", json!({"email": ANN, "redirectUrl": bad})),
                ("send-password-reset-email", json!({"userId": user.to_string(), "redirectUrl": bad})),
                ("create-password-reset-link", json!({"userId": user.to_string(), "redirectUrl": bad})),
            ] {
                let refused = app.workflow(call, &body).await;
                refused.refuses("redirectUrl", "invalid_redirect_url");
                assert!(!refused.text.contains("evil"));
                shapes.push(refused.shape());
            }
        }
        assert!(shapes.iter().all(|shape| *shape == shapes[0]), "one body for all");
        let body = json!({"email": ANN, "redirectUrl": GOOD});
        let theirs = app.workflow_as(&foreign, "request-password-reset", &body).await;
        assert_eq!(theirs.violations("redirectUrl"), ["invalid_redirect_url"], "not registered by {other}");
        assert!(app.mails().await.is_empty());
    });
}

#[test]
fn the_state_comes_back_appended_to_the_redirect_and_in_introspection() {
    on_both_databases(async |app| {
        register(app).await;
        app.user(ANN).await;
        let state = "a b&c=d#\u{e9}\"<>";
        let cases = [
            (GOOD, "https://good.test/done?state="),
            ("https://good.test/with?a=b#part", "https://good.test/with?a=b&state="),
        ];
        for ((redirect, start), password) in cases.into_iter().zip([NEW_PASSWORD, PASSWORD]) {
            app.drain().await;
            let body = json!({"email": ANN, "redirectUrl": redirect, "state": state});
            assert_eq!(app.workflow("request-password-reset", &body).await.told(), "200 REQUEST_ACCEPTED");
            let token = app.latest_mail().await.link_token();
            let seen = app.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await;
            assert_eq!(seen.text_at("/state"), state);
            let done = app.complete_link(&token, password).await;
            let url = done.text_at("/redirectUrl");
            assert_eq!(seen.text_at("/redirectUrl"), url);
            assert!(url.starts_with(start), "{url}");
            let parsed = url::Url::parse(&url).unwrap();
            assert!(parsed.query_pairs().any(|(name, value)| name == "state" && value == state), "{url}");
            assert!(!url.contains(&token), "no token ever goes along");
        }
        app.drain().await;
    });
}

#[test]
fn without_a_redirect_of_its_own_a_reset_follows_the_policy_or_leads_nowhere() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let token = app.link_token(ANN).await;
        let done = app.complete_link(&token, NEW_PASSWORD).await;
        assert!(done.body.get("redirectUrl").is_none(), "{}", done.text);
        let custom_redirect_url = Some("https://{tenant_name}.good.test/in".to_owned());
        app.policy(WorkflowOverrides { custom_redirect_url, ..WorkflowOverrides::default() }).await;
        let token = app.link_token(ANN).await;
        let done = app.complete_link(&token, PASSWORD).await;
        let url = done.text_at("/redirectUrl");
        assert!(url.ends_with(".good.test/in") && !url.contains('{'), "{url}");
        app.drain().await;
    });
}

#[test]
fn texts_of_a_request_are_bounded() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        for (field, longest) in [("state", 512), ("locale", 35), ("redirectUrl", 2048)] {
            let body = json!({"email": ANN, field: "\u{e9}".repeat(longest + 1)});
            app.workflow("request-password-reset", &body).await.refuses(field, "too_long");
            let body = json!({"email": ANN, field: "a\u{0}b"});
            assert_eq!(app.workflow("request-password-reset", &body).await.status, 400, "{field}");
        }
        let body = json!({"email": ANN, "state": "\u{e9}".repeat(512)});
        assert_eq!(app.workflow("request-password-reset", &body).await.status, 200);
        let long = format!("{}@example.test", "a".repeat(242));
        assert_eq!(long.len(), 255);
        app.ask(&long).await.refuses("email", "too_long");
        app.drain().await;
    });
}
