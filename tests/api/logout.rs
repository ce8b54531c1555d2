//! Signing out by a link that the browser follows.

use rekey::domain::access::Scope;
use rekey::domain::policy::WorkflowOverrides;
use rekey::store::policies::{self, PolicyKind};
use rekey::workflows::sessions::SignedIn;
use reqwest::Method;

use crate::support::app::{PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

const ANN: &str = "ann@example.test";
const GOOD: &str = "https://good.test/bye?a=b";

fn redirects(urls: &[&str]) -> WorkflowOverrides {
    let urls = urls.iter().map(|url| (*url).to_owned()).collect();
    WorkflowOverrides { redirect_urls: Some(urls), ..WorkflowOverrides::default() }
}

async fn follow(
    app: &TestApp,
    method: Method,
    session: &str,
    return_to: Option<&str>,
    headers: &[(&str, &str)],
) -> Answer {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("session_id", session);
    if let Some(target) = return_to {
        query.append_pair("return_to", target);
    }
    let path = format!("/user_management/sessions/logout?{}", query.finish());
    app.send(method, &path, headers, None).await
}

async fn log_out(app: &TestApp, session: &SignedIn, return_to: Option<&str>) -> Answer {
    follow(app, Method::GET, &session.session.to_string(), return_to, &[]).await
}

async fn signed_in(app: &TestApp) -> SignedIn {
    app.session(ANN, PASSWORD).await.unwrap()
}

#[test]
fn a_browser_that_is_sent_here_is_signed_out_and_led_to_a_registered_url() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        app.policy(redirects(&[GOOD])).await;
        let (session, other) = (signed_in(app).await, signed_in(app).await);
        for _ in 0..2 {
            let out = log_out(app, &session, Some(GOOD)).await;
            assert_eq!((out.status, out.headers["location"].as_str()), (302, GOOD));
            assert_eq!(out.headers["cache-control"], "no-store");
        }
        assert!(!app.refreshes(&session).await && app.refreshes(&other).await, "this session alone");
        assert_eq!(app.count_events(user, "session.revoked").await, 1);
    });
}

#[test]
fn b06_a_url_that_is_not_exactly_a_registered_one_leads_nowhere() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        app.policy(redirects(&[GOOD, "https://good.test/\u{fc}"])).await;
        for bad in [
            "https://evil.test",
            "https://good.test/bye",
            "https://good.test/bye?a=b&c=d",
            "https://good.test/bye?a=b#x",
            "https://good.test.evil.test/bye?a=b",
            "https://good.test@evil.test/bye?a=b",
            "HTTPS://good.test/bye?a=b",
            "//good.test/bye?a=b",
            "/\\evil.test",
            "javascript:alert(1)",
            "",
            "https://good.test/bye?a=b\r\nset-cookie: a=b",
        ] {
            let session = signed_in(app).await;
            let out = log_out(app, &session, Some(bad)).await;
            assert_eq!((out.status, out.headers.get("location")), (200, None), "{bad}");
            assert!(out.headers["content-type"].starts_with("text/html") && !out.text.contains("evil"));
            assert!(!app.refreshes(&session).await, "signed out all the same");
        }
        let session = signed_in(app).await;
        assert_eq!(log_out(app, &session, None).await.status, 200);
    });
}

#[test]
fn j03_a_url_that_another_tenant_registered_leads_nowhere() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        let elsewhere = app.another_tenant("elsewhere").await;
        let (other, _, _) = app.another_application("other").await;
        for (scope, tenant) in [(app.scope(), Some(elsewhere)), (Scope::of_record(other), None)] {
            let database = app.app.engine.database.write();
            policies::put(database, &scope, tenant, PolicyKind::Workflow, &redirects(&[GOOD]), app.now())
                .await
                .unwrap();
        }
        app.app.engine.tenancies.clear();
        let session = signed_in(app).await;
        assert_eq!(log_out(app, &session, Some(GOOD)).await.status, 200);
        app.policy(redirects(&[GOOD])).await;
        assert_eq!(log_out(app, &session, Some(GOOD)).await.status, 302);
    });
}

#[test]
fn only_a_visit_signs_out_and_not_a_look() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        app.policy(redirects(&[GOOD])).await;
        let session = signed_in(app).await;
        let id = session.session.to_string();
        assert_eq!(follow(app, Method::HEAD, &id, Some(GOOD), &[]).await.status, 200);
        for header in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
            assert_eq!(follow(app, Method::GET, &id, Some(GOOD), &[header]).await.status, 503);
        }
        for method in [Method::OPTIONS, Method::POST] {
            assert_eq!(follow(app, method, &id, Some(GOOD), &[]).await.status, 405);
        }
        assert_eq!(app.database.number("SELECT count(*) AS n FROM sessions WHERE ended_at IS NULL").await, 1);
        assert_eq!(follow(app, Method::GET, &id, Some(GOOD), &[]).await.status, 302);
    });
}

#[test]
fn a_session_that_nobody_has_leads_nowhere_and_what_is_no_session_is_refused() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        app.policy(redirects(&[GOOD])).await;
        let nobody = "session_01JH0000000000000000000000";
        let out = follow(app, Method::GET, nobody, Some(GOOD), &[]).await;
        assert_eq!((out.status, out.headers.get("location")), (200, None));
        for bad in [
            "",
            "x",
            "session_x",
            "user_01JH0000000000000000000000",
            "session_01jh0000000000000000000000",
            "' OR 1=1--",
        ] {
            let refused = follow(app, Method::GET, bad, Some(GOOD), &[]).await;
            assert_eq!(refused.status, 422, "{bad}: {}", refused.text);
            assert_eq!(refused.headers["content-type"], "application/json");
        }
        assert_eq!(app.send(Method::GET, "/user_management/sessions/logout", &[], None).await.status, 422);
    });
}
