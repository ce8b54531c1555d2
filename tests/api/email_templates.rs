//! Email templates through the management door: written, tried out, published,
//! taken back, and used by the mails that follow.

use std::time::Duration;

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::smtp::Received;

const PATH: &str = "/api/v1/email-templates";

#[expect(clippy::needless_pass_by_value, reason = "reads best with a literal")]
pub fn link(parts: Value) -> Value {
    json!({"kind": "PASSWORD_RESET_LINK", "locale": "en", "parts": parts})
}

impl TestApp {
    /// Saves a draft with the application's key.
    pub async fn draft(&self, body: &Value) -> Answer {
        self.call(Method::PUT, &format!("{PATH}/draft"), Some(body)).await
    }

    /// The same, made for a version.
    async fn draft_if(&self, key: &str, version: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", version)];
        self.send(Method::PUT, &format!("{PATH}/draft"), &headers, Some(body.to_string().into_bytes())).await
    }

    /// Saves a draft and publishes it.
    pub async fn publish(&self, body: &Value) -> Answer {
        let saved = self.draft(body).await;
        assert_eq!(saved.status, 200, "{}", saved.text);
        let mut place = body.clone();
        place.as_object_mut().unwrap().remove("parts");
        self.post(&format!("{PATH}/publish"), &place).await
    }

    async fn template(&self, query: &str) -> Answer {
        self.get(&format!("{PATH}?{query}")).await
    }
}

/// The whole mail, its lines joined where the encoding broke them.
pub fn whole(mail: &Received) -> String {
    mail.data().replace("=\r\n", "")
}

fn codes(answer: &Answer) -> Vec<String> {
    let marks = answer.body["lint"].as_array().unwrap_or_else(|| panic!("no lint in {}", answer.text));
    let told = |mark: &Value| {
        let text = |name: &str| mark[name].as_str().unwrap().to_owned();
        format!("{} {}:{} {} {}", text("part"), mark["line"], mark["column"], text("severity"), text("code"))
    };
    marks.iter().map(told).collect()
}

#[test]
fn a_template_is_drafted_published_and_used() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let shown = app.template("kind=PASSWORD_RESET_LINK&locale=en").await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        assert_eq!(shown.body["parts"]["subject"]["origin"]["level"], "BUILT_IN");
        assert_eq!((&shown.body["metadata"]["version"], &shown.body["draft"]), (&json!(0), &Value::Null));
        assert!(shown.body["variables"].as_array().unwrap().contains(&json!("actionUrl")));
        let parts = json!({"subject": "Your way back to {{application.displayName}}",
            "html": "<p>Go <a href=\"{{actionUrl}}\">here</a>, {{user.givenName}}, until {{moment expiresAt}}.</p>",
            "text": "Go to {{actionUrl}} within {{expiresInMinutes}} minutes"});
        let saved = app.draft(&link(parts)).await;
        assert_eq!((saved.status, codes(&saved)), (200, vec![]), "{}", saved.text);
        assert_eq!(saved.body["metadata"]["version"], 1);
        app.link_token("ann@example.test").await;
        assert!(!whole(&app.latest_mail().await).contains("Your way back"), "a draft is not sent");
        let made = app
            .post(
                &format!("{PATH}/publish"),
                &json!({"kind": "PASSWORD_RESET_LINK", "locale": "en",
            "note": "friendlier"}),
            )
            .await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert_eq!((&made.body["version"]["number"], &made.body["version"]["note"]), (&json!(1), &json!("friendlier")));
        assert_eq!(made.body["version"]["author"]["type"], "SERVICE_ACCOUNT");
        // The newest row is the one with the largest id, which begins with its time.
        app.advance(Duration::from_secs(1));
        app.link_token("ann@example.test").await;
        let mail = whole(&app.latest_mail().await);
        assert!(mail.contains("Subject: Your way back to shop"), "{mail}");
        let row = app.database.text("SELECT template AS t FROM messages ORDER BY id DESC LIMIT 1").await;
        let row: Value = serde_json::from_str(&row).unwrap();
        assert_eq!(
            row["parts"]["subject"],
            json!({"level": "APPLICATION", "locale": "en", "because": "DEFAULT", "version": 1})
        );
        assert_eq!((&row["locale"], &row["because"]), (&json!("en"), &json!("DEFAULT")));
        assert_eq!(row["parts"]["layout"], json!({"level": "BUILT_IN", "locale": "en", "because": "DEFAULT"}));
        let shown = app.template("kind=PASSWORD_RESET_LINK&locale=en").await;
        assert_eq!(shown.body["parts"]["subject"]["origin"]["version"], 1);
        assert_eq!((&shown.body["draft"], &shown.body["publishedVersion"]), (&Value::Null, &json!(1)));
    });
}

#[test]
fn a_tenant_goes_before_its_application_part_by_part() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        app.user("ann@example.test").await;
        app.user_in(elsewhere, "bob@example.test").await;
        let here = json!({"kind": "PASSWORD_RESET_LINK", "tenantId": elsewhere.to_string(),
            "parts": {"subject": "Tenant {{tenant.displayName}}"}});
        assert_eq!(app.publish(&here).await.status, 200);
        let all = json!({"kind": "PASSWORD_RESET_LINK", "parts": {"subject": "Application",
            "preheader": "From the application"}});
        assert_eq!(app.publish(&all).await.status, 200);
        let layout = json!({"kind": "LAYOUT", "parts": {"layout":
            "<!doctype html><html lang=\"{{locale}}\"><title>{{subject}}</title><b>Shop</b> {{{body}}}</html>"}});
        assert_eq!(app.publish(&layout).await.status, 200);
        let query = format!("kind=PASSWORD_RESET_LINK&tenantId={elsewhere}");
        let shown = app.template(&query).await;
        let level = |part: &str| shown.body["parts"][part]["origin"]["level"].as_str().unwrap().to_owned();
        assert_eq!(
            ["subject", "preheader", "text", "html", "layout"].map(level),
            ["TENANT", "APPLICATION", "BUILT_IN", "BUILT_IN", "APPLICATION"]
        );
        for (email, tenant, subject) in
            [("ann@example.test", app.tenant, "Application"), ("bob@example.test", elsewhere, "Tenant elsewhere")]
        {
            app.drain().await;
            let body = json!({"email": email, "tenantId": tenant.to_string()});
            assert_eq!(app.workflow("request-password-reset", &body).await.status, 200);
            let mail = whole(&app.latest_mail().await);
            assert!(mail.contains(&format!("Subject: {subject}\r\n")) && mail.contains("<b>Shop</b>"), "{mail}");
        }
    });
}

#[test]
fn a_mail_that_ends_in_a_tag_or_hides_what_it_must_say_is_not_published() {
    on_both_databases(async |app| {
        let place = json!({"kind": "PASSWORD_RESET_LINK", "locale": "en"});
        let text = "{{actionUrl}} {{expiresAt}}";
        let good = "{{actionUrl}} {{expiresAt}}\n";
        for (html, text, told) in [
            (format!("{good}Ici: <a href=\"https://evil.test/phish\" "), text, "html 2:6 ERROR not_closed"),
            (format!("{good}<img src=x onerror=\"alert(1)\" "), text, "html 2:1 ERROR not_closed"),
            ("<!-- {{actionUrl}} --> {{expiresAt}}".to_owned(), text, "html 1:6 ERROR missing_variable"),
            (good.to_owned(), "{{actionUrl}}", "text 1:1 ERROR missing_variable"),
            (good.to_owned(), "{{actionUrl}} {{expiresAt}}\nor\n www.evil.test", "text 3:2 ERROR foreign_link"),
            (
                good.to_owned(),
                "{{#if user.givenName}}{{actionUrl}}{{/if}} {{expiresAt}}",
                "text 1:23 ERROR missing_variable",
            ),
        ] {
            let saved = app.draft(&link(json!({"html": html, "text": text}))).await;
            assert_eq!((saved.status, codes(&saved)), (200, vec![told.to_owned()]), "{html} {text}: {}", saved.text);
            let refused = app.post(&format!("{PATH}/publish"), &place).await;
            assert_eq!(refused.told(), "400 template_not_valid", "{html} {text}");
        }
    });
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_is_not_published() {
    on_both_databases(async |app| {
        let bad = link(
            json!({"subject": "{{user.nam}}", "html": "<p>\n {{actionUrl}} <a href=\"https://evil.test\">{{expiresAt}}</a>"}),
        );
        let saved = app.draft(&bad).await;
        assert_eq!(saved.status, 200, "{}", saved.text);
        assert_eq!(
            codes(&saved),
            ["subject 1:1 ERROR unknown_variable", "text 1:1 WARNING text_missing", "html 2:19 ERROR foreign_link"]
        );
        let place = json!({"kind": "PASSWORD_RESET_LINK", "locale": "en"});
        let refused = app.post(&format!("{PATH}/publish"), &place).await;
        assert_eq!(refused.told(), "400 template_not_valid");
        assert_eq!(codes(&refused), codes(&saved));
        let broken = app.draft(&link(json!({"text": "{{actionUrl}}\n{{#if user.email}}"}))).await;
        assert_eq!(codes(&broken), ["text 2:1 ERROR syntax"]);
        assert_eq!(app.post(&format!("{PATH}/publish"), &place).await.told(), "400 template_not_valid");
        let shown = app.template("kind=PASSWORD_RESET_LINK&locale=en").await;
        assert_eq!(shown.body["publishedVersion"], Value::Null);
        assert_eq!(shown.body["draft"]["parts"]["text"], "{{actionUrl}}\n{{#if user.email}}", "it is not lost");
        let nothing = app.post(&format!("{PATH}/publish"), &json!({"kind": "TEST"})).await;
        assert_eq!(nothing.told(), "409 no_draft");
        for (field, body) in [
            ("kind", json!({"parts": {}})),
            ("kind", json!({"kind": "NEWS", "parts": {}})),
            ("locale", json!({"kind": "TEST", "locale": "english", "parts": {}})),
            ("parts", json!({"kind": "TEST"})),
            ("parts.layout", json!({"kind": "TEST", "parts": {"layout": "x"}})),
            ("parts.subject", json!({"kind": "LAYOUT", "parts": {"subject": "x"}})),
            ("parts.text", json!({"kind": "TEST", "parts": {"text": "x".repeat(128 * 1024 + 1)}})),
            ("parts.html", json!({"kind": "TEST", "parts": {"html": "x", "mjml": "x"}})),
        ] {
            let refused = app.draft(&body).await;
            assert_eq!((refused.status, refused.violations(field).len()), (400, 1), "{field}: {}", refused.text);
        }
        assert_eq!(app.draft(&json!({"kind": "TEST", "parts": {"txt": "x"}})).await.told(), "400 invalid_request");
    });
}

#[test]
fn versions_are_kept_with_what_changed_and_come_back_as_new_ones() {
    on_both_databases(async |app| {
        for subject in ["One", "Two"] {
            let made = app.publish(&json!({"kind": "TEST", "parts": {"subject": subject}})).await;
            assert_eq!(made.status, 200, "{}", made.text);
        }
        app.draft(&json!({"kind": "TEST", "parts": {"subject": "Three"}})).await;
        let body = json!({"kind": "TEST", "version": 1, "note": "Two was a mistake"});
        let back = app.post(&format!("{PATH}/rollback"), &body).await;
        assert_eq!(back.status, 200, "{}", back.text);
        assert_eq!((&back.body["version"]["number"], &back.body["version"]["restores"]), (&json!(3), &json!(1)));
        let shown = app.template("kind=TEST").await;
        assert_eq!(shown.body["parts"]["subject"]["source"], "One");
        assert_eq!(shown.body["draft"]["parts"]["subject"], "Three", "what somebody writes stays");
        let listed = app.get(&format!("{PATH}/versions?kind=TEST")).await;
        assert_eq!(listed.body["totalResults"], 3, "{}", listed.text);
        let numbers: Vec<_> =
            listed.body["items"].as_array().unwrap().iter().map(|item| item["number"].clone()).collect();
        assert_eq!(numbers, [3, 2, 1]);
        let diff = listed.text_at("/items/1/diff");
        assert!(diff.contains("--- subject") && diff.contains("-One") && diff.contains("+Two"), "{diff}");
        assert_eq!(listed.body["items"][0]["note"], "Two was a mistake");
        let second = app.get(&format!("{PATH}/versions?kind=TEST&start_index=2&count=1&sort_by=number:asc")).await;
        assert_eq!(second.body["items"][0]["number"], 2);
        let missing = app.post(&format!("{PATH}/rollback"), &json!({"kind": "TEST", "version": 9})).await;
        assert_eq!(missing.told(), "404 template_version_not_found");
        let acts = app.get("/api/v1/audit-log?count=100").await;
        if acts.status == 200 {
            for act in ["email_template.draft_saved", "email_template.published", "email_template.rolled_back"] {
                assert!(acts.text.contains(act), "{act} in {}", acts.text);
            }
        }
    });
}

#[test]
fn a_stale_write_names_who_was_faster() {
    on_both_databases(async |app| {
        let (_, other) = app.account(vec![Grant::new(Permission::EmailTemplateWrite, Boundary::Application)]).await;
        let body = json!({"kind": "TEST", "parts": {"subject": "Mine"}});
        assert_eq!(app.draft_if(&other, "\"0\"", &body).await.status, 200);
        let stale = app.draft_if(&app.key, "\"0\"", &body).await;
        assert_eq!(stale.told(), "412 version_mismatch");
        assert_eq!(stale.body["changedBy"]["name"], "robot", "{}", stale.text);
        assert_eq!(app.draft_if(&app.key, "\"1\"", &body).await.body["metadata"]["version"], 2);
        let (one, two) = tokio::join!(app.draft_if(&app.key, "\"2\"", &body), app.draft_if(&other, "\"2\"", &body));
        let mut told = [one.status, two.status];
        told.sort_unstable();
        assert_eq!(told, [200, 412], "{} {}", one.text, two.text);
    });
}

#[test]
fn each_level_belongs_to_those_who_may_act_there() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        let both = |boundary: Boundary| {
            let grant = |permission| Grant::new(permission, boundary.clone());
            vec![grant(Permission::EmailTemplateRead), grant(Permission::EmailTemplateWrite)]
        };
        let (_, key) = app.account(both(Boundary::Tenant(elsewhere))).await;
        let place = |tenant: Option<String>| json!({"kind": "TEST", "tenantId": tenant, "parts": {"subject": "x"}});
        let put = async |tenant: Option<String>| {
            app.call_as(&key, Method::PUT, &format!("{PATH}/draft"), Some(&place(tenant))).await.told()
        };
        assert_eq!(put(None).await, "403 forbidden", "the application's");
        assert_eq!(put(Some(app.tenant.to_string())).await, "404 tenant_not_found");
        assert_eq!(put(Some("tenant_x".to_owned())).await, "404 tenant_not_found");
        assert!(put(Some(elsewhere.to_string())).await.starts_with("200"));
        let get = async |query: &str| app.call_as(&key, Method::GET, &format!("{PATH}{query}"), None).await.told();
        assert_eq!(get("?kind=TEST").await, "403 forbidden");
        assert_eq!(get(&format!("?kind=TEST&tenantId={}", app.tenant)).await, "404 tenant_not_found");
        assert_eq!(get(&format!("/versions?kind=TEST&tenantId={}", app.tenant)).await, "404 tenant_not_found");
        assert!(get(&format!("?kind=TEST&tenantId={elsewhere}")).await.starts_with("200"));
        let (_, reader) = app.account(vec![Grant::new(Permission::EmailTemplateRead, Boundary::Application)]).await;
        let refused = app.call_as(&reader, Method::PUT, &format!("{PATH}/draft"), Some(&place(None))).await;
        assert_eq!(refused.told(), "403 forbidden");
    });
}
