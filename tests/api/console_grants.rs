//! What a service account may do, changed in the console.

use std::time::Duration;

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_both_databases};
use crate::support::console::{Operator, assert_asks_again, leads_to};

/// An account that may see users everywhere: its page, and a key of it.
async fn account(app: &TestApp) -> (String, String, String) {
    let (id, key) = app.account(vec![Grant::new(Permission::UserRead, Boundary::Application)]).await;
    (format!("/console/applications/{}/service-accounts/{id}", app.application), id.to_string(), key)
}

/// The version that the forms of a page were made for.
async fn version(olga: &mut Operator, app: &TestApp, page: &str) -> String {
    let page = olga.get(app, page).await;
    let after = page.text.split("name=\"version\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    after.split('"').next().unwrap().to_owned()
}

/// The grants as the management API shows them.
async fn grants(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/api/v1/service-accounts/{id}")).await.body["grants"].clone()
}

#[test]
fn what_an_account_may_do_is_widened_narrowed_and_taken_away_at_once() {
    on_both_databases(async |app| {
        let berlin = app.another_tenant("berlin").await;
        let (page, id, key) = account(app).await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let (new, first) = (format!("{page}/grants/new"), format!("{page}/grants/0"));
        let seen = version(&mut olga, app, &new).await;
        let nothing = olga.act(app, &new, &new, &[("version", &seen), ("where", "only"), ("tenants", "munich")]).await;
        assert!(nothing.status == 422 && nothing.text.contains("Tick at least one thing"), "{}", nothing.text);
        assert!(nothing.text.contains("There is no tenant of the name munich."), "{}", nothing.text);
        let more = [
            ("version", seen.as_str()),
            ("may password-reset-workflow:execute", "on"),
            ("where", "except"),
            ("tenants", "berlin\r\n"),
            ("mode RESET_LINK", "on"),
            ("minutes", "30"),
            ("networks", "127.0.0.0/8"),
            ("until", "2027-01-31T18:00"),
        ];
        assert_eq!(leads_to(&olga.act(app, &new, &new, &more).await), page);
        let shown = olga.get(app, &page).await;
        for said in [
            "In the whole application",
            "In every tenant except ",
            "Only links to hand over",
            "Links live at most 30 minutes",
            "Only from 127.0.0.0/8",
            "Until 31 Jan 2027, 18:00 UTC",
        ] {
            assert!(shown.text.contains(said), "{said}: {}", shown.text);
        }
        let narrowed = json!({"permission": "password-reset-workflow:execute",
            "boundary": {"type": "TENANT_EXCLUSION_LIST", "tenantIds": [berlin]}, "modes": ["RESET_LINK"],
            "maxLinkLifetimeMinutes": 30, "sourceNetworks": ["127.0.0.0/8"], "expiresAt": "2027-01-31T18:00:00.000Z"});
        assert_eq!(grants(app, &id).await[1], narrowed);
        let stale = olga.act(app, &first, &first, &more).await;
        assert!(stale.status == 409 && stale.text.contains("Olga changed this meanwhile"), "{}", stale.text);
        let users = async || {
            let path = "/user_management/users?email=ann@example.test";
            app.call_as(&key, Method::GET, path, None).await.status
        };
        assert_eq!(users().await, 200);
        let seen = version(&mut olga, app, &page).await;
        let other = [("version", seen.as_str()), ("may tenant:read", "on"), ("where", "self"), ("until", "")];
        assert_eq!(leads_to(&olga.act(app, &first, &first, &other).await), page);
        assert_eq!(users().await, 403);
        let seen = version(&mut olga, app, &page).await;
        let remove = format!("{page}/grants/0/remove");
        assert_eq!(leads_to(&olga.act(app, &page, &remove, &[("version", &seen)]).await), page);
        assert_eq!(grants(app, &id).await.as_array().unwrap().len(), 1);
        assert_eq!(olga.get(app, &format!("{page}/grants/7")).await.status, 404);
    });
}

#[test]
fn a_boundary_with_a_name_is_kept_by_its_name_and_what_is_wrong_is_marked() {
    on_both_databases(async |app| {
        let boundary =
            json!({"name": "Customers", "boundary": {"type": "TENANT_INCLUSION_LIST", "tenantIds": [app.tenant]}});
        let boundary = app.post("/api/v1/permission-boundaries", &boundary).await;
        assert_eq!(boundary.status, 201, "{}", boundary.text);
        let (page, id, _) = account(app).await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let first = format!("{page}/grants/0");
        let shown = olga.get(app, &first).await;
        assert!(shown.text.contains("As “Customers” says"), "{}", shown.text);
        let seen = version(&mut olga, app, &first).await;
        let place = format!("named {}", boundary.text_at("/id"));
        let wrong = [
            ("version", seen.as_str()),
            ("may user:read", "on"),
            ("where", &place),
            ("minutes", "0"),
            ("networks", "10.0.0.1/8"),
            ("until", "tomorrow"),
        ];
        let refused = olga.act(app, &first, &first, &wrong).await;
        assert_eq!(refused.status, 422);
        for field in ["minutes", "networks", "until"] {
            assert!(refused.text.contains(&format!("id=\"{field}-error\"")), "{field}: {}", refused.text);
        }
        let good = [("version", seen.as_str()), ("may user:read", "on"), ("may user:write", "on"), ("where", &place)];
        assert_eq!(leads_to(&olga.act(app, &first, &first, &good).await), page);
        let all = grants(app, &id).await;
        assert!(all.as_array().unwrap().iter().all(|grant| grant["boundaryId"] == boundary.text_at("/id")), "{all}");
        let nowhere = [("version", seen.as_str()), ("may user:read", "on"), ("where", "home")];
        let stale = olga.act(app, &first, &first, &nowhere).await;
        assert_eq!(stale.status, 409, "of a version that is over");
    });
}

#[test]
fn grants_are_not_changed_by_whoever_has_not_proven_themselves_lately() {
    on_both_databases(async |app| {
        let (page, id, _) = account(app).await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let before = grants(app, &id).await;
        app.advance(Duration::from_secs(301));
        let first = format!("{page}/grants/0");
        let seen = version(&mut olga, app, &first).await;
        let wish = [("version", seen.as_str()), ("may user:write", "on"), ("where", "application")];
        let asked = olga.act(app, &first, &first, &wish).await;
        assert_asks_again(&asked);
        let asked = olga.act(app, &page, &format!("{first}/remove"), &[("version", &seen)]).await;
        assert_asks_again(&asked);
        assert_eq!(grants(app, &id).await, before);
        olga.confirms(app).await;
        assert_eq!(leads_to(&olga.act(app, &first, &first, &wish).await), page);
        assert_ne!(grants(app, &id).await, before);
    });
}

#[test]
fn the_form_stays_small_and_keeps_its_choice_among_many_tenants_and_boundaries() {
    on_both_databases(async |app| {
        let mut tenants = Vec::new();
        for at in 0..60 {
            tenants.push(app.another_tenant(&format!("a-customer-with-a-rather-long-name-{at:03}")).await);
        }
        let mut last = String::new();
        for at in 0..60 {
            let body = json!({"name": format!("Customers of branch {at:03}"),
                "boundary": {"type": "TENANT_EXCLUSION_LIST", "tenantIds": tenants}});
            last = app.post("/api/v1/permission-boundaries", &body).await.text_at("/id");
        }
        let grant = json!([{"permission": "user:read", "boundaryId": last}]);
        let body = json!({"name": "many", "grants": grant});
        let made = app.post("/api/v1/service-accounts", &body).await;
        let page = format!("/console/applications/{}/service-accounts/{}", app.application, made.text_at("/id"));
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let first = format!("{page}/grants/0");
        let shown = olga.get(app, &first).await;
        assert!(shown.text.len() <= 60 * 1024, "{} bytes", shown.text.len());
        assert!(shown.text.contains(&format!("value=\"named {last}\" checked")), "{}", shown.text);
        let seen = version(&mut olga, app, &first).await;
        let place = format!("named {last}");
        let wish = [("version", seen.as_str()), ("may user:read", "on"), ("where", &place), ("minutes", "5")];
        assert_eq!(leads_to(&olga.act(app, &first, &first, &wish).await), page);
    });
}

#[test]
fn a_place_is_named_changed_for_everybody_who_works_there_and_forgotten_when_nobody_does() {
    on_both_databases(async |app| {
        app.another_tenant("berlin").await;
        let (page, _, key) = account(app).await;
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/permission-boundaries", app.application);
        let wrong = [("name", " "), ("where", "only"), ("tenants", "munich")];
        let refused = olga.act(app, &here, &here, &wrong).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        for said in ["The name is one line", "There is no tenant of the name munich.", ">munich</textarea>"] {
            assert!(refused.text.contains(said), "{said}: {}", refused.text);
        }
        let shops = [("name", "German <shops>"), ("where", "only"), ("tenants", "berlin")];
        assert_eq!(leads_to(&olga.act(app, &here, &here, &shops).await), here);
        let again = olga.act(app, &here, &here, &shops).await;
        assert!(again.status == 422 && again.text.contains("There is one of this name already."), "{}", again.text);
        let list = olga.get(app, &here).await;
        assert!(list.text.contains("German &lt;shops&gt;") && list.text.contains(">in berlin<"), "{}", list.text);
        let one = list.text.split(&format!("<a href=\"{here}/")).nth(1).unwrap().split('"').next().unwrap();
        let (id, one) = (one.to_owned(), format!("{here}/{one}"));
        // An account that works there, and sees nobody of the default tenant.
        app.user("ann@example.test").await;
        let first = format!("{page}/grants/0");
        let seen = version(&mut olga, app, &first).await;
        let place = format!("named {id}");
        let there = [("version", seen.as_str()), ("may user:read", "on"), ("where", place.as_str())];
        assert_eq!(leads_to(&olga.act(app, &first, &first, &there).await), page);
        let users = async || {
            let found = app.call_as(&key, Method::GET, "/user_management/users?email=ann@example.test", None).await;
            found.body["data"].as_array().map(Vec::len)
        };
        assert_eq!(users().await, Some(0));
        let seen = version(&mut olga, app, &one).await;
        let wider = [("version", seen.as_str()), ("name", "Shops"), ("where", "except"), ("tenants", "berlin")];
        app.advance(Duration::from_secs(301));
        assert_asks_again(&olga.act(app, &one, &one, &wider).await);
        olga.confirms(app).await;
        assert_eq!(leads_to(&olga.act(app, &one, &one, &wider).await), one);
        assert_eq!(users().await, Some(1), "from the next call on");
        let stale = olga.act(app, &one, &one, &wider).await;
        assert!(stale.status == 409 && stale.text.contains("Olga changed this meanwhile"), "{}", stale.text);
        let seen = version(&mut olga, app, &one).await;
        let end = format!("{one}/delete");
        let used = olga.act(app, &one, &end, &[("version", &seen)]).await;
        assert!(used.status == 409 && used.text.contains("Something still uses it."), "{}", used.text);
        let grants = version(&mut olga, app, &page).await;
        let remove = format!("{page}/grants/0/remove");
        assert_eq!(leads_to(&olga.act(app, &page, &remove, &[("version", &grants)]).await), page);
        assert_eq!(leads_to(&olga.act(app, &one, &end, &[("version", &seen)]).await), here);
        assert_eq!(olga.get(app, &one).await.status, 404);
    });
}
