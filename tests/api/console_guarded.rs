//! Nothing of the console is for whoever is not signed in, and what cannot be
//! undone is not for whoever has not proven themselves lately.

use std::time::Duration;

use reqwest::Method;

use crate::support::app::{PASSWORD, TestApp, on_both_databases};
use crate::support::console::{Browser, Operator, assert_asks_again, leads_to};

const OLGA: &str = "olga@example.test";

/// The pages on which nobody is signed in yet.
const OPEN: [&str; 3] = ["/console/sign-in", "/console/join", "/console/join/authenticator"];

/// Things that pages are about.
struct Things {
    user: String,
    account: String,
    endpoint: String,
}

impl Things {
    async fn of(app: &TestApp) -> Self {
        Self {
            user: app.user("ann@example.test").await.to_string(),
            account: app.account(Vec::new()).await.0.to_string(),
            endpoint: app.endpoint("https://8.8.8.8/", &["user.created"]).await.id,
        }
    }
}

/// Every call of the console that needs an operator, with ids filled in.
fn closed(app: &TestApp, things: &Things) -> Vec<(Method, String)> {
    let ids = [
        ("{application}", app.application.to_string()),
        ("{tenant}", app.tenant.to_string()),
        ("{user}", things.user.clone()),
        ("{account}", things.account.clone()),
        ("{endpoint}", things.endpoint.clone()),
        ("{group}", "new".to_owned()),
        ("{mail}", "PASSWORD_RESET_LINK".to_owned()),
    ];
    let all = rekey::app::page_tables().into_iter().flatten();
    let console = all.filter(|route| route.path.starts_with("/console") && !OPEN.contains(&route.path));
    let found: Vec<_> = console
        .map(|route| {
            let kind = if route.path.contains("policies") { "workflow" } else { "PASSWORD_RESET_LINK" };
            let path = route.path.replace("{kind}", kind).replace("{locale}", "all");
            let path = ids.iter().fold(path, |path, (name, id)| path.replace(name, id));
            // Whatever else there is, nobody has this one.
            let path: Vec<_> =
                path.split('/').map(|part| if part.starts_with('{') { "nobody" } else { part }).collect();
            (route.method.as_str().parse().unwrap(), path.join("/"))
        })
        .collect();
    assert!(found.len() > 30, "only {}", found.len());
    found
}

#[test]
fn a_signed_out_a_foreign_and_an_api_callers_request_get_nothing() {
    on_both_databases(async |app| {
        let things = Things::of(app).await;
        let mut olga = Operator::joined(app, OLGA).await;
        let page = olga.get(app, "/console/account").await;
        let token = crate::support::console::token(&page);
        for (method, path) in closed(app, &things) {
            let form = (method == Method::POST).then(|| crate::support::console::encoded(&token, &[("reason", "")]));
            for cookie in ["", "__Host-rekey-console=0000000000000000000000000000000000000000000", "rekey-console=x"] {
                let bearer = format!("Bearer {}", app.key);
                let headers = [
                    ("cookie", cookie),
                    ("authorization", bearer.as_str()),
                    ("content-type", "application/x-www-form-urlencoded"),
                ];
                let answer = app.send(method.clone(), &path, &headers, form.clone().map(String::into_bytes)).await;
                assert!(leads_to(&answer).starts_with("/console/sign-in"), "{method} {path}");
                assert!(answer.text.is_empty(), "{method} {path}");
            }
        }
        assert!(app.events(rekey_user(&things.user)).await.iter().all(|kind| !kind.starts_with("password_reset")));
        app.drain().await;
    });
}

fn rekey_user(id: &str) -> rekey::domain::ids::UserId {
    id.parse().unwrap()
}

#[test]
fn every_page_is_small_closed_to_frames_and_kept_by_nobody() {
    on_both_databases(async |app| {
        let things = Things::of(app).await;
        app.link_token("ann@example.test").await;
        let mut olga = Operator::joined(app, OLGA).await;
        let mut seen = 0;
        for (method, path) in closed(app, &things) {
            if method != Method::GET {
                continue;
            }
            let page = olga.get(app, &path).await;
            let found = if path.contains("nobody") { page.status == 404 } else { matches!(page.status, 200 | 303) };
            assert!(found, "{path}: {} {}", page.status, page.text);
            assert!(page.text.len() <= 60 * 1024, "{path}: {} bytes", page.text.len());
            assert_eq!(page.headers["cache-control"], "no-store");
            let policy = &page.headers["content-security-policy"];
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
            assert!(!page.text.contains("style=\"") && !page.text.contains("<style") && !page.text.contains("onclick"));
            seen += usize::from(page.status == 200);
        }
        assert!(seen >= 13, "{seen}");
    });
}

#[test]
fn a_foreign_or_unknown_id_is_not_found() {
    on_both_databases(async |app| {
        let (other, tenant, _) = app.another_application("other").await;
        let ann = app.user("ann@example.test").await;
        let mut olga = Operator::joined(app, OLGA).await;
        for path in [
            format!("/console/applications/{other}/users/{ann}"),
            format!("/console/applications/{}/users/user_01ARZ3NDEKTSV4RRFFQ69G5FAV", app.application),
            format!("/console/applications/{tenant}/overview"),
            "/console/applications/app_01ARZ3NDEKTSV4RRFFQ69G5FAV/overview".to_owned(),
            "/console/nowhere".to_owned(),
        ] {
            let missing = olga.get(app, &path).await;
            assert_eq!(missing.status, 404, "{path}");
            assert!(missing.text.contains("<a href=\"/console\">Back to the console</a>"), "{}", missing.text);
        }
        let list = olga.get(app, &format!("/console/applications/{other}/users")).await;
        assert!(!list.text.contains("ann@example.test"));
        let home = olga.get(app, "/console").await;
        assert_eq!(leads_to(&home), "/console/applications", "there are two");
    });
}

#[test]
fn what_cannot_be_undone_asks_for_password_and_code_again() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let mut olga = Operator::joined(app, OLGA).await;
        let path = format!("/console/applications/{}/users/{ann}", app.application);
        let link = format!("{path}/link");
        let wish = [("minutes", "15"), ("reason", "call 17")];
        app.advance(Duration::from_secs(299));
        assert_eq!(olga.act(app, &path, &link, &wish).await.status, 200, "signed in just now");
        app.advance(Duration::from_secs(1));
        let asked = olga.act(app, &path, &link, &wish).await;
        assert_asks_again(&asked);
        let page = olga.get(app, "/console/confirm").await;
        let wrong = [("password", PASSWORD), ("code", "000000"), ("next", "")];
        assert_eq!(olga.browser.submit(app, &page, "/console/confirm", &wrong).await.status, 422);
        assert_asks_again(&olga.act(app, &path, &link, &wish).await);
        let before = olga.browser.clone();
        olga.confirms(app).await;
        assert_eq!(olga.act(app, &path, &link, &wish).await.status, 200);
        let mut old = Operator { browser: before, phone: olga.phone, email: olga.email };
        assert_eq!(old.get(app, &path).await.status, 303, "the token of before is over");
        app.drain().await;
    });
}

#[test]
fn an_operator_invites_another_and_shuts_them_out() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, OLGA).await;
        let made = olga.act(app, "/console/operators", "/console/operators/invite", &[("name", "Pia")]).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let link = made.text.split("<code id=\"link\">https://rekey.test").nth(1).unwrap().split('<').next().unwrap();
        let link = link.replace("&#x3D;", "=").replace("&amp;", "&");
        let mut taken = Browser::default();
        taken.get(app, &link).await;
        let page = taken.get(app, "/console/join").await;
        let fields = [("name", "Pia"), ("email", OLGA), ("password", PASSWORD), ("repeat", PASSWORD)];
        let refused = taken.submit(app, &page, "/console/join", &fields).await;
        assert_eq!(refused.status, 422, "an operator takes no other one's place");
        let mut pia = Operator::joining(app, &link, "pia@example.test").await;
        let page = olga.get(app, "/console/operators").await;
        let shut = page.text.split("action=\"").filter_map(|part| part.split('"').next());
        let shut = shut.filter(|path| path.ends_with("/shut")).map(str::to_owned).next().unwrap();
        assert_eq!(olga.browser.submit(app, &page, &shut, &[("out", "true")]).await.status, 303);
        assert_eq!(pia.get(app, "/console/account").await.status, 303);
        app.advance(Duration::from_secs(60));
        let code = pia.code(app);
        assert_eq!(pia.signs_in(app, PASSWORD, &code).await.status, 422);
        let log = olga.get(app, "/console/audit").await;
        assert!(log.text.contains("Shut an operator out") && log.text.contains("Olga"), "{}", log.text);
    });
}
