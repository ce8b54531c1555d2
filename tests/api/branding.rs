//! How pages look, and where links may lead: managed, with boundaries.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rekey::domain::access::{Boundary, Grant, Permission};
use rekey::domain::policy::WorkflowOverrides;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_both_databases};
use crate::support::http::Answer;

const LOGO: &[u8] = include_bytes!("../browser/logo.png");
const PATH: &str = "/api/v1/branding";

async fn put(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.call_as(&app.key.clone(), Method::PUT, path, Some(body)).await
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.call_as(&app.key.clone(), Method::GET, path, None).await
}

#[test]
fn a_tenants_branding_lies_over_the_applications_and_shows_on_its_pages() {
    on_both_databases(async |app| {
        let empty = get(app, PATH).await;
        assert_eq!((empty.status, empty.body["metadata"]["version"].clone()), (200, json!(0)));
        let logo = BASE64_STANDARD.encode(LOGO);
        let whole = json!({ "displayName": "Acme <One>", "primaryColor": "#FFEE00", "logo": logo });
        let made = put(app, PATH, &whole).await;
        assert_eq!(made.status, 200, "{}", made.text);
        assert_eq!(made.body["own"]["logo"]["mediaType"], "image/png");
        let tenant = app.tenant.to_string();
        let own = format!("{PATH}?tenantId={tenant}");
        let changed = put(app, &own, &json!({ "backgroundColor": "#102030" })).await;
        assert_eq!(changed.body["effective"]["primaryColor"], "#ffee00", "{}", changed.text);
        assert!(changed.body["own"]["primaryColor"].is_null());
        let page = app.send(Method::GET, "/forgot-password", &[], None).await;
        assert!(page.text.contains("Acme &lt;One&gt;"), "{}", page.text);
        let linked = |part: &str| {
            let found = page.text.split('"').find(|text| text.contains("/brand/") && text.contains(part));
            found.unwrap().replace("&#x3D;", "=")
        };
        let style = app.send(Method::GET, &linked("style.css"), &[], None).await;
        assert!(style.text.starts_with(":root{--accent:#") && style.text.contains("--paper:#"), "{}", style.text);
        assert!(!style.text.starts_with(":root{--accent:#ffee00"), "yellow cannot be read on white: {}", style.text);
        assert!(style.headers["cache-control"].ends_with("immutable"));
        let logo = app.send(Method::GET, &linked("logo"), &[], None).await;
        assert_eq!((logo.status, logo.headers["content-type"].as_str()), (200, "image/png"));
        assert_eq!(logo.headers["x-content-type-options"], "nosniff");
        let kept = put(app, PATH, &json!({ "keepLogo": true })).await;
        assert!(kept.body["own"]["logo"].is_object() && kept.body["metadata"]["version"] == 2, "{}", kept.text);
        let gone = put(app, PATH, &json!({})).await;
        assert!(gone.body["effective"]["logo"].is_null());
    });
}

#[test]
fn what_is_no_colour_name_or_image_is_refused() {
    on_both_databases(async |app| {
        let encoded = |bytes: &[u8]| json!(BASE64_STANDARD.encode(bytes));
        let mut vast = LOGO.to_vec();
        vast[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        for (field, value, code) in [
            ("primaryColor", json!("red"), "invalid_color"),
            ("primaryColor", json!("#000000;}body{background:url(//evil.test)"), "invalid_color"),
            ("backgroundColor", json!("#12345"), "invalid_color"),
            ("displayName", json!(" "), "empty"),
            ("displayName", json!("x".repeat(81)), "too_long"),
            ("displayName", json!("a\nb"), "invalid_characters"),
            ("logo", json!("%%%"), "invalid_image"),
            ("logo", encoded(svg), "invalid_image"),
            ("logo", encoded(b"GIF89a\x20\0\x20\0\0\0\0"), "invalid_image"),
            ("logo", encoded(&vast), "out_of_range"),
            ("logo", encoded(&vec![0; 65 * 1024]), "too_long"),
        ] {
            let refused = put(app, PATH, &json!({ field: value })).await;
            assert_eq!(refused.status, 400, "{field} {code}: {}", refused.text);
            assert_eq!(refused.body["violations"][field][0]["code"], code, "{}", refused.text);
        }
        assert_eq!(get(app, PATH).await.body["metadata"]["version"], 0);
    });
}

#[test]
fn a_grant_for_a_tenant_reaches_that_tenant_alone() {
    on_both_databases(async |app| {
        let tenant = app.tenant;
        let boundary = Boundary::Tenant(tenant);
        let grants = [Permission::BrandingRead, Permission::BrandingWrite];
        let grants = grants.map(|permission| Grant::new(permission, boundary.clone())).to_vec();
        let (_, key) = app.account(grants).await;
        let body = json!({ "displayName": "North" });
        let own = format!("{PATH}?tenantId={tenant}");
        assert_eq!(app.call_as(&key, Method::PUT, &own, Some(&body)).await.status, 200);
        assert_eq!(app.call_as(&key, Method::PUT, PATH, Some(&body)).await.status, 403);
        let other = format!("{PATH}?tenantId=tenant_01JH0000000000000000000000");
        for method in [Method::PUT, Method::GET] {
            let sent = (method == Method::PUT).then_some(&body);
            assert_eq!(app.call_as(&key, method, &other, sent).await.status, 404);
        }
    });
}

#[test]
fn registered_redirect_urls_may_be_named_and_others_not() {
    on_both_databases(async |app| {
        let target = "https://app.example.com/after?x=1";
        let wanted = json!({ "origins": ["https://app.example.com"], "redirectUrls": [target] });
        let made = put(app, "/api/v1/origins", &wanted).await;
        assert_eq!((made.status, made.body["redirectUrls"][0].clone()), (200, json!(target)), "{}", made.text);
        let ask = |url: &str| json!({ "email": "ada@example.org", "redirectUrl": url });
        let call = "/api/v1/password-reset/request-password-reset";
        let key = app.key.clone();
        assert_eq!(app.call_as(&key, Method::POST, call, Some(&ask(target))).await.status, 200);
        let other = app.call_as(&key, Method::POST, call, Some(&ask("https://app.example.com/after"))).await;
        assert_eq!(other.status, 400, "{}", other.text);
        let action = |url: &str| WorkflowOverrides { action_link_url: Some(url.into()), ..Default::default() };
        app.user("ada@example.org").await;
        for (page, leads_there) in [("https://app.example.com/r", true), ("https://app.example.com.evil.test/r", false)]
        {
            app.policy(action(page)).await;
            app.advance(std::time::Duration::from_secs(7200));
            app.call_as(&key, Method::POST, call, Some(&json!({ "email": "ada@example.org" }))).await;
            app.drain().await;
            let mail = app.latest_mail().await.text();
            assert_eq!(mail.contains(&format!("{page}?token=")), leads_there, "{mail}");
        }
        for bad in ["http://app.example.com/", "https://u:p@a.test/", "https://a.test/#x", "javascript:alert(1)"] {
            let refused = put(app, "/api/v1/origins", &json!({ "origins": [], "redirectUrls": [bad] })).await;
            assert_eq!(refused.status, 400, "{bad}");
            assert!(refused.body["violations"]["redirectUrls[0]"].is_array(), "{}", refused.text);
        }
        let headers = [("if-match", "\"7\""), ("content-type", "application/json")];
        let authorization = format!("Bearer {key}");
        let headers = [headers[0], headers[1], ("authorization", authorization.as_str())];
        let stale = app.send(Method::PUT, "/api/v1/origins", &headers, Some(wanted.to_string().into_bytes())).await;
        assert_eq!(stale.status, 412, "{}", stale.text);
    });
}
