//! What an application is called, where its links may lead and whom it trusts,
//! as an operator sets it in the console.

use std::time::Duration;

use rekey::domain::audit::Chain;
use rekey::store::audit;
use serde_json::json;

use crate::support::app::{TestApp, on_both_databases};
use crate::support::console::{Operator, assert_asks_again, leads_to};

/// The last act above all applications.
async fn last_act_above(app: &TestApp) -> String {
    let all = audit::following(app.app.engine.database.read(), Chain::Operators, 0, i64::MAX).await.unwrap();
    all.last().unwrap().entry.action.clone()
}

#[test]
fn an_application_is_made_and_renamed_by_an_operator() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = "/console/applications";
        let empty = [("name", " "), ("display_name", ""), ("support_email", "nobody"), ("tenant_name", "")];
        let refused = olga.act(app, here, here, &empty).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"name-error\""), "{}", refused.text);
        assert!(refused.text.contains("aria-describedby=\"support-email-hint support-email-error\""));
        let new =
            [("name", "atelier"), ("display_name", "The <Shop>"), ("support_email", ""), ("tenant_name", "north")];
        let made = olga.act(app, here, here, &new).await;
        let settings = leads_to(&made).to_owned();
        assert_eq!(last_act_above(app).await, "application.created");
        let page = olga.get(app, &settings).await;
        assert!(page.text.contains("The &lt;Shop&gt;") && page.text.contains("The application is made."));
        let taken = olga.act(app, here, here, &new).await;
        assert!(taken.status == 422 && taken.text.contains("There is one of this name already."), "{}", taken.text);
        let tenants = olga.get(app, &settings.replace("/settings", "/tenants")).await;
        assert!(tenants.text.contains("<code>north</code>"), "{}", tenants.text);
        let change = [("name", "store"), ("display_name", ""), ("support_email", "help@shop.test"), ("version", "1")];
        assert_eq!(leads_to(&olga.act(app, &settings, &settings, &change).await), settings);
        assert_eq!(last_act_above(app).await, "application.updated");
        let stale = olga.act(app, &settings, &settings, &change).await;
        assert!(stale.status == 409 && stale.text.contains("Olga changed this meanwhile"), "{}", stale.text);
        assert!(stale.text.contains("value=\"help@shop.test\"") && stale.text.contains("value=\"store\""));
        let own = format!("/console/applications/{}/settings", app.application);
        let taken = [("name", "store"), ("display_name", ""), ("support_email", ""), ("version", "1")];
        let refused = olga.act(app, &own, &own, &taken).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"name-error\""), "{}", refused.text);
    });
}

#[test]
fn origins_are_registered_only_by_who_proves_themselves_and_bind_from_then_on() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/settings/origins", app.application);
        assert!(olga.get(app, &here).await.text.contains("No origin is registered yet"));
        let fields = |origins: &'static str, urls: &'static str, version: &'static str| {
            [("origins", origins), ("redirect_urls", urls), ("version", version)]
        };
        let wrong = fields("https://app.test/reset\r\n\r\nhttp://app.test", "nonsense", "0");
        let refused = olga.act(app, &here, &here, &wrong).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"redirect-urls-error\""), "{}", refused.text);
        assert!(refused.text.contains("https://app.test/reset is more than an origin"), "{}", refused.text);
        let good = fields(" https://app.test\r\n\r\n", "com.example.app:/in", "0");
        app.advance(Duration::from_secs(301));
        let asked = olga.act(app, &here, &here, &good).await;
        assert_asks_again(&asked);
        assert_eq!(app.get("/api/v1/origins").await.body["origins"], json!([]));
        olga.confirms(app).await;
        assert_eq!(leads_to(&olga.act(app, &here, &here, &good).await), here);
        let registered = app.get("/api/v1/origins").await.body;
        assert_eq!(
            (&registered["origins"], &registered["redirectUrls"]),
            (&json!(["https://app.test"]), &json!(["com.example.app:/in"]))
        );
        let stale = olga.act(app, &here, &here, &good).await;
        assert!(stale.status == 409 && stale.text.contains("Olga changed this meanwhile"), "{}", stale.text);
        let policy = here.replace("settings/origins", "policies/workflow");
        let elsewhere = [("tenant", ""), ("version", "0"), ("actionLinkUrl", "https://evil.test/")];
        let refused = olga.act(app, &policy, &policy, &elsewhere).await;
        assert!(refused.status == 422 && refused.text.contains("Its origin is not registered"), "{}", refused.text);
        assert_eq!(last_act(app).await, "origins.replaced");
    });
}

/// The last act in the application.
async fn last_act(app: &TestApp) -> String {
    let chain = Chain::Application(app.application);
    let all = audit::following(app.app.engine.database.read(), chain, 0, i64::MAX).await.unwrap();
    let last = &all.last().unwrap().entry;
    assert_eq!(last.actor_type, "CONSOLE_OPERATOR");
    last.action.clone()
}

#[test]
fn an_issuer_is_trusted_changed_and_trusted_no_more() {
    on_both_databases(async |app| {
        let (account, _) = app.account(vec![]).await;
        let account = account.to_string();
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/settings/issuers", app.application);
        let nothing = [("version", "0"), ("issuer", "id"), ("audience", "")];
        let refused = olga.act(app, &here, &here, &nothing).await;
        for field in ["jwks-url", "account"] {
            assert!(
                refused.status == 422 && refused.text.contains(&format!("id=\"{field}-error\"")),
                "{}",
                refused.text
            );
        }
        let mut new = vec![
            ("version", "0"),
            ("issuer", "ftp://id.example.test"),
            ("audience", "shop"),
            ("jwks_url", "https://id.example.test/keys"),
            ("claim", "sub"),
            ("value", "ci"),
            ("account", account.as_str()),
        ];
        let refused = olga.act(app, &here, &here, &new).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"issuer-error\""), "{}", refused.text);
        new[1].1 = "https://id.example.test";
        assert_eq!(leads_to(&olga.act(app, &here, &here, &new).await), here);
        let one = format!("{here}/0");
        let rule = [("version", "1"), ("claim", "sub"), ("value", "nightly"), ("account", account.as_str())];
        assert_eq!(leads_to(&olga.act(app, &one, &format!("{one}/mappings"), &rule).await), one);
        let twice = [("version", "2"), ("claim", "sub"), ("value", "ci"), ("account", account.as_str())];
        let refused = olga.act(app, &one, &format!("{one}/mappings"), &twice).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"value-error\""), "{}", refused.text);
        let change = [
            ("version", "2"),
            ("issuer", "https://id.example.test"),
            ("audience", "store"),
            ("jwks", "{}"),
            ("age", "600"),
        ];
        let refused = olga.act(app, &one, &one, &change).await;
        assert!(refused.status == 422 && refused.text.contains("id=\"jwks-error\""), "{}", refused.text);
        let change = [
            ("version", "2"),
            ("issuer", "https://id.example.test"),
            ("audience", "store"),
            ("jwks_url", "https://id.example.test/keys"),
            ("age", "600"),
        ];
        assert_eq!(leads_to(&olga.act(app, &one, &one, &change).await), one);
        let stale = olga.act(app, &one, &format!("{one}/remove"), &[("version", "2")]).await;
        assert!(stale.status == 409 && stale.text.contains("Olga changed this meanwhile"), "{}", stale.text);
        let removed = olga.act(app, &one, &format!("{one}/mappings/0/remove"), &[("version", "3")]).await;
        assert_eq!(leads_to(&removed), one, "{}", removed.text);
        let shown = app.get("/api/v1/issuers").await.body["issuers"][0].clone();
        let expected = json!({"issuer": "https://id.example.test", "audience": "store", "jwksUrl": "https://id.example.test/keys",
            "maxTokenAgeSeconds": 600, "mappings": [{"claim": "sub", "value": "nightly", "serviceAccountId": account}]});
        assert_eq!(shown, expected);
        let last = olga.act(app, &one, &format!("{one}/mappings/0/remove"), &[("version", "4")]).await;
        assert!(last.status == 422 && last.text.contains("Remove the issuer instead"), "{}", last.text);
        app.advance(Duration::from_secs(301));
        let remove = format!("{one}/remove");
        let asked = olga.act(app, &one, &remove, &[("version", "4")]).await;
        assert_asks_again(&asked);
        olga.confirms(app).await;
        assert_eq!(leads_to(&olga.act(app, &one, &remove, &[("version", "4")]).await), here);
        assert!(olga.get(app, &here).await.text.contains("No issuer is trusted"));
        assert_eq!(last_act(app).await, "issuers.replaced");
    });
}
