//! Webhooks where there is much of something.

use std::time::Duration;

use rekey::store::ConnectionTrait as _;
use reqwest::Method;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, on_both_databases, on_postgres};
use crate::support::receiver::{Receiver, Reply};
use crate::support::webhooks::on_both_calling_here;

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";

#[test]
fn a_user_with_many_sessions_can_be_reset_whoever_is_told() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        assert!(app.session("ann@example.test", PASSWORD).await.is_some());
        let digits = if app.database.kind() == "SQLite" { "printf('%026d', n)" } else { "lpad(n::text, 26, '0')" };
        let sessions = format!(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 599) \
             INSERT INTO sessions (id, application_id, tenant_id, user_id, key_id, nonce, created_at, updated_at, \
             expires_at) SELECT 'session_' || {digits}, s.application_id, s.tenant_id, s.user_id, s.key_id, \
             s.nonce, s.created_at, s.updated_at, s.expires_at FROM numbers, sessions AS s"
        );
        assert_eq!(app.database.run(&sessions).await, 599);
        for number in 0..14 {
            app.endpoint(&format!("https://8.8.8.8/{number}"), &["session.revoked"]).await;
        }
        let token = app.link_token("ann@example.test").await;
        let done = app.complete_link(&token, NEW_PASSWORD).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(app.count_events(user, "session.revoked").await, 600);
        assert_eq!(app.database.count("webhook_deliveries").await, 600 * 14);
        let places = "SELECT count(DISTINCT position) AS n FROM events WHERE kind = 'session.revoked'";
        assert_eq!(app.database.number(places).await, 600, "each has a place of its own");
        let page = app.get("/events?events=session.revoked&limit=100").await;
        assert_eq!(page.body["data"].as_array().unwrap().len(), 100);
    });
}

#[test]
fn what_is_asked_of_postgresql_ends_and_a_migration_may_take_its_time() {
    on_postgres(async |app| {
        let database = &app.app.engine.database;
        for (name, value) in [
            ("statement_timeout", "15s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ] {
            let holds = format!("SELECT 1 / (current_setting('{name}') = '{value}')::int");
            let held = database.read().execute_unprepared(&holds).await;
            assert!(held.is_ok(), "{name} is not {value}");
        }
        // An earlier version knows nothing of positions.
        let old = "INSERT INTO events (id, application_id, kind, data, created_at) \
                   SELECT 'event_01JH0000000000000000000000', id, 'user.created', '{}', 1 FROM applications";
        app.database.run(old).await;
        assert!(app.database.number("SELECT position AS n FROM events WHERE created_at = 1").await > 0);
    });
}

#[test]
fn an_application_with_many_slow_endpoints_delays_no_other() {
    on_both_calling_here(async |app| {
        let (slow, quick) = (Receiver::start().await, Receiver::start().await);
        slow.always(Reply::Late(Duration::from_secs(5)));
        for number in 0..40 {
            app.endpoint(&format!("{}&number={number}", slow.url()), &["user.created"]).await;
        }
        for number in 0..4 {
            app.happen(number).await;
        }
        let (_, _, other) = app.another_application("other").await;
        let body = json!({"endpoint_url": quick.url(), "events": ["user.created"]});
        assert_eq!(app.call_as(&other, Method::POST, "/webhook_endpoints", Some(&body)).await.status, 201);
        let watch = async {
            while slow.received().len() < 30 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            let body = json!({"email": "ann@example.test"});
            assert_eq!(app.call_as(&other, Method::POST, "/user_management/users", Some(&body)).await.status, 201);
            let begun = std::time::Instant::now();
            while quick.received().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            begun.elapsed()
        };
        let took = tokio::select! {
            took = watch => took,
            () = app.drain() => panic!("all is done and nothing came"),
        };
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert!(slow.received().len() <= 32, "{} at once", slow.received().len());
    });
}

#[test]
fn what_was_on_its_way_to_an_endpoint_that_is_gone_is_tidied_away() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        let gone = app.endpoint(&receiver.url(), &["user.created"]).await;
        let kept = app.endpoint(&format!("{}&kept", receiver.url()), &["user.created"]).await;
        app.happen(1).await;
        assert_eq!(app.call(Method::DELETE, &format!("{ENDPOINTS}/{}", gone.id), None).await.status, 204);
        let left = app.deliveries(&format!("endpointId={}", gone.id)).await;
        assert_eq!(left.len(), 1, "it is deleted later, in steps");
        let replay = format!("/api/v1/webhook-deliveries/{}/replay", left[0]["id"].as_str().unwrap());
        let refused = app.call(Method::POST, &replay, None).await;
        assert_eq!((refused.status, &refused.body["code"]), (404, &json!("webhook_endpoint_not_found")));
        app.drain().await;
        assert_eq!(receiver.received().len(), 1, "only the one that is there is told");
        let database = app.app.engine.database.write();
        assert_eq!(rekey::store::retention::purge_unaddressed(database).await.unwrap().rows, 1);
        assert_eq!(rekey::store::retention::purge_unaddressed(database).await.unwrap().rows, 0);
        let all = app.deliveries("").await;
        assert_eq!((all.len(), &all[0]["endpointId"]), (1, &json!(kept.id)));
    });
}

#[test]
fn what_somebody_waits_for_goes_first_even_while_the_endpoint_is_left_alone() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        let made = app.endpoint(&receiver.url(), &["user.created"]).await;
        let path = format!("{ENDPOINTS}/{}", made.id);
        for number in 0..9 {
            app.happen(number).await;
        }
        app.database.run("UPDATE webhook_endpoints SET failures = 3, retry_at = 4102444800000").await;
        app.drain().await;
        assert!(receiver.received().is_empty(), "it is left alone");
        receiver.always(Reply::Status(500));
        let fired = app.post(&format!("{path}/test-fire"), &json!({})).await;
        assert_eq!((fired.status, &fired.body["nextAttemptTime"]), (202, &fired.body["metadata"]["creationTime"]));
        app.drain().await;
        assert_eq!(receiver.event_ids(), [fired.text_at("/eventId")], "and nothing else");
        let waiting = app.deliveries("state=PENDING").await;
        let replay = format!("/api/v1/webhook-deliveries/{}/replay", waiting[0]["id"].as_str().unwrap());
        assert_eq!(app.call(Method::POST, &replay, None).await.status, 202);
        receiver.always(Reply::Status(204));
        app.drain().await;
        assert_eq!(receiver.event_ids()[1], waiting[0]["eventId"], "the one that was replayed came first");
        assert_eq!(receiver.received().len(), 10, "it answers again, and is told of all");
        let disabled = app.call(Method::PATCH, &path, Some(&json!({"status": "DISABLED"}))).await;
        assert_eq!(disabled.status, 200, "{}", disabled.text);
        let refused = app.post(&format!("{path}/test-fire"), &json!({})).await;
        assert_eq!((refused.status, &refused.body["code"]), (409, &json!("endpoint_disabled")));
        // Nothing is changed by a change of nothing, and nothing can be taken away.
        let same = app.call(Method::PATCH, &path, Some(&json!({}))).await;
        assert_eq!((same.status, &same.body["metadata"]), (200, &disabled.body["metadata"]));
        for field in ["url", "events", "status"] {
            let refused = app.call(Method::PATCH, &path, Some(&json!({field: null}))).await;
            assert_eq!((refused.status, refused.violations(field)), (400, vec!["required".to_owned()]));
        }
    });
}

#[test]
fn however_many_add_endpoints_at_once_there_are_fifty_at_most() {
    on_both_databases(async |app| {
        for number in 0..45 {
            app.endpoint(&format!("https://8.8.8.8/{number}"), &["user.created"]).await;
        }
        let app = &*app;
        let more = (45..60).map(async |number| {
            let body = json!({"url": format!("https://8.8.8.8/{number}"), "events": ["user.created"]});
            app.post(ENDPOINTS, &body).await.status
        });
        let answers = futures_util::future::join_all(more).await;
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 5, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == 409).count(), 10, "{answers:?}");
    });
}
