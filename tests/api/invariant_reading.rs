//! GET, HEAD and OPTIONS change nothing, whatever a mail scanner follows.

use reqwest::Method;

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::console::Browser;
use crate::support::proofs::{Mode, with_password};

/// Something that differs as soon as anybody has written anything.
async fn trace(app: &mut TestApp) -> String {
    if app.database.kind() == "PostgreSQL" {
        return app.database.dump().await;
    }
    app.database.number("SELECT data_version AS n FROM pragma_data_version").await.to_string()
}

#[test]
fn opening_a_link_twenty_times_uses_nothing_up() {
    on_both_databases(async |app| {
        for mode in [Mode::Link, Mode::HandedOver] {
            let user = app.user(&format!("{mode:?}@example.test")).await;
            let proof = mode.proof(app, user).await;
            let token = proof.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
            let path = format!("/reset-password?token={token}");
            let before = trace(app).await;
            for number in 0..20 {
                let agent = format!("Scanner/{number}");
                for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                    let seen = app.send(method.clone(), &path, &[("user-agent", &agent)], None).await;
                    assert!(seen.status < 500, "{method}: {}", seen.status);
                    assert!(!seen.text.contains(&token), "{method}: the token is in the page");
                }
                let mut browser = Browser::default();
                browser.get(app, &path).await;
                assert_eq!(browser.get(app, "/reset-password").await.status, 200);
            }
            assert_eq!(trace(app).await, before, "{mode:?}: looking has written something");
            let done = app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await;
            assert_eq!(done.status, 200, "{}", done.text);
            app.drain().await;
        }
    });
}

#[test]
fn no_call_that_changes_something_listens_to_get() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let proof = Mode::Link.proof(app, user).await;
        let token = proof["emailAuthCode"].as_str().unwrap();
        let before = trace(app).await;
        for call in ["reset-password", "verify-code", "request-password-reset", "cancel-password-reset"] {
            let path = format!(
                "/api/v1/password-reset/{call}?emailAuthCode={token}&newPassword={NEW_PASSWORD}&email=ann@example.test&userId={user}"
            );
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                let answer = app.call_as(&app.key.clone(), method.clone(), &path, None).await;
                assert!(matches!(answer.status, 204 | 405), "{method} {call}: {}", answer.status);
            }
        }
        assert_eq!(trace(app).await, before);
        assert_eq!(app.credential_version(user).await, 0);
    });
}
