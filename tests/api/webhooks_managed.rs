//! Webhooks through the management door.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::app::on_both_databases;
use crate::support::receiver::{Receiver, Reply};
use crate::support::webhooks::on_both_calling_here;

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";
const NOBODY: &str = "01JH0000000000000000000000";

#[test]
fn an_endpoint_is_managed_with_its_versions() {
    on_both_databases(async |app| {
        let body = json!({"url": "https://8.8.8.8/hook", "events": ["user.created"]});
        let made = app.post(ENDPOINTS, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert!(made.text_at("/secret").starts_with("whsec_"));
        let path = format!("{ENDPOINTS}/{}", made.text_at("/id"));
        let shown = app.get(&path).await;
        let metadata = |modified: &str, version: i64| {
            json!({"creationTime": "2026-01-01T00:00:00.000Z",
            "lastModifiedTime": modified, "version": version})
        };
        assert_eq!(
            shown.body,
            json!({"id": made.body["id"], "url": "https://8.8.8.8/hook", "events": ["user.created"],
            "status": "ENABLED", "metadata": metadata("2026-01-01T00:00:00.000Z", 1)})
        );
        app.advance(Duration::from_secs(1));
        let bearer = format!("Bearer {}", app.key);
        let write = async |method: Method, version: &str, body: &str| {
            let headers =
                [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", version)];
            app.send(method, &path, &headers, Some(body.as_bytes().to_vec())).await
        };
        let changed = write(Method::PATCH, "\"1\"", r#"{"status":"DISABLED"}"#).await;
        assert_eq!((changed.status, &changed.body["status"]), (200, &json!("DISABLED")), "{}", changed.text);
        assert_eq!(changed.body["metadata"], metadata("2026-01-01T00:00:01.000Z", 2));
        let stale = write(Method::PATCH, "\"1\"", r#"{"status":"ENABLED"}"#).await;
        assert_eq!((stale.status, &stale.body["code"]), (412, &json!("version_mismatch")));
        assert_eq!(write(Method::DELETE, "\"1\"", "").await.status, 412);
        assert_eq!(write(Method::PATCH, "latest", "{}").await.status, 400);
        let wrong = app.call(Method::PATCH, &path, Some(&json!({"status": "OFF", "events": ["x"]}))).await;
        assert_eq!(
            (wrong.violations("status"), wrong.violations("events")),
            (vec!["invalid_value".into()], vec!["unknown_event".into()])
        );
        assert_eq!(app.call(Method::PATCH, &path, Some(&json!({"secret": "x"}))).await.status, 400);
        assert_eq!(app.call(Method::PATCH, &path, Some(&json!({"url": "https://10.0.0.1/"}))).await.status, 400);
        assert_eq!(app.post(ENDPOINTS, &body).await.violations("url"), ["not_available"]);
        assert_eq!(app.get(&path).await.body["metadata"]["version"], 2, "nothing of that has changed it");
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        let gone = app.get(&path).await;
        assert_eq!((gone.status, &gone.body["code"]), (404, &json!("webhook_endpoint_not_found")));
    });
}

#[test]
fn a_url_has_one_spelling_and_nothing_invisible_in_it() {
    on_both_databases(async |app| {
        let create = async |url: &str| {
            let workos = json!({"endpoint_url": url, "events": ["user.created"]});
            let made = app.post(ENDPOINTS, &json!({"url": url, "events": ["user.created"]})).await;
            (made, app.post("/webhook_endpoints", &workos).await)
        };
        for hidden in [
            "HTTPS://8.8.8.8/x\r\nX: y",
            " https://8.8.8.8/x",
            "https://8.8.8.8/x ",
            "https://8.8.8.8\\x",
            "https://8.8.8.8/\u{a0}x",
            "https://8.8.8.8/\tx",
            "https://8.8.8.8/\u{7f}",
        ] {
            let (managed, workos) = create(hidden).await;
            assert_eq!(managed.violations("url"), ["not_allowed"], "{hidden:?}: {}", managed.text);
            assert_eq!(workos.status, 422, "{hidden:?}: {}", workos.text);
        }
        let (made, _) = create("HTTPS://8.8.8.8:443/a/../x").await;
        assert_eq!((made.status, &made.body["url"]), (201, &json!("https://8.8.8.8/x")), "{}", made.text);
        for same in ["https://8.8.8.8/x", "https://８.8.8.8/x", "https://0x8.8.8.8/x", "https://8.8.8.8/./x"] {
            let (managed, workos) = create(same).await;
            assert_eq!(managed.violations("url"), ["not_available"], "{same}: {}", managed.text);
            assert_eq!(workos.body["code"], "duplicate_endpoint", "{same}: {}", workos.text);
        }
        let (other, _) = create("https://8.8.8.8/y").await;
        let path = format!("{ENDPOINTS}/{}", other.text_at("/id"));
        let changed = app.call(Method::PATCH, &path, Some(&json!({"url": "HTTPS://8.8.8.8/z"}))).await;
        assert_eq!(changed.body["url"], "https://8.8.8.8/z", "{}", changed.text);
        let taken = app.call(Method::PATCH, &path, Some(&json!({"url": "HTTPS://8.8.8.8/x"}))).await;
        assert_eq!(taken.violations("url"), ["not_available"], "{}", taken.text);
    });
}

#[test]
fn lists_come_in_numbered_pages() {
    on_both_databases(async |app| {
        for name in ["b", "a", "c"] {
            app.endpoint(&format!("https://8.8.8.8/{name}"), &["user.created"]).await;
            app.advance(Duration::from_secs(1));
        }
        let urls = async |query: &str| {
            let answer = app.get(&format!("{ENDPOINTS}?{query}")).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let items = answer.body["items"].as_array().unwrap();
            let last: String =
                items.iter().map(|item| item["url"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
            let numbers =
                ["totalResults", "startIndex", "itemsPerPage"].map(|name| answer.body[name].as_u64().unwrap());
            (last, numbers)
        };
        assert_eq!(urls("").await, ("cab".to_owned(), [3, 1, 3]));
        assert_eq!(urls("sort_by=url").await, ("abc".to_owned(), [3, 1, 3]));
        assert_eq!(urls("sort_by=creationTime:asc&start_index=2&count=1").await, ("a".to_owned(), [3, 2, 1]));
        assert_eq!(urls("query=url%20co%20%228/c%22").await, ("c".to_owned(), [1, 1, 1]));
        assert_eq!(urls("query=url%20co%20%22%25%22").await, (String::new(), [0, 1, 0]));
        assert_eq!(urls("count=0").await, (String::new(), [3, 1, 0]));
        let refused = app.get(&format!("{ENDPOINTS}?start_index=0&count=101&sort_by=secret")).await;
        for (field, code) in [("start_index", "out_of_range"), ("count", "out_of_range"), ("sort_by", "invalid_value")]
        {
            assert_eq!(refused.violations(field), [code], "{}", refused.text);
        }
        let refused = app.get("/api/v1/webhook-deliveries?state=LOST&endpointId=x").await;
        assert_eq!(
            (refused.violations("state"), refused.violations("endpointId")),
            (vec!["invalid_value".into()], vec!["invalid_id".into()])
        );
    });
}

#[test]
fn deliveries_are_found_by_state_and_endpoint() {
    on_both_calling_here(async |app| {
        let (good, bad) = (Receiver::start().await, Receiver::start().await);
        bad.always(Reply::Status(500));
        let first = app.endpoint(&good.url(), &["user.created"]).await;
        let second = app.endpoint(&bad.url(), &["user.created"]).await;
        app.happen(1).await;
        app.drain().await;
        assert_eq!(app.deliveries("").await.len(), 2);
        let delivered = app.deliveries("state=DELIVERED").await;
        assert_eq!((delivered.len(), &delivered[0]["endpointId"]), (1, &json!(first.id)));
        let pending = app.deliveries(&format!("endpointId={}", second.id)).await;
        assert_eq!(
            (pending.len(), &pending[0]["state"], &pending[0]["event"]),
            (1, &json!("PENDING"), &json!("user.created"))
        );
        assert_eq!(app.deliveries(&format!("endpointId={}&state=DEAD", second.id)).await.len(), 0);
        let id = pending[0]["id"].as_str().unwrap();
        let shown = app.get(&format!("/api/v1/webhook-deliveries/{id}")).await;
        assert_eq!(shown.body, pending[0]);
        assert!(!shown.text.contains("example.test"), "the log holds no data: {}", shown.text);
        let (_, _, stranger) = app.another_application("other").await;
        for (method, path) in [(Method::GET, id.to_owned()), (Method::POST, format!("{id}/replay"))] {
            let path = format!("/api/v1/webhook-deliveries/{path}");
            let refused = app.call_as(&stranger, method, &path, None).await;
            assert_eq!((refused.status, &refused.body["code"]), (404, &json!("webhook_delivery_not_found")));
        }
        let theirs = app.call_as(&stranger, Method::GET, "/api/v1/webhook-deliveries", None).await;
        assert_eq!(theirs.body["totalResults"], 0);
    });
}

#[test]
fn an_endpoint_is_tried_out_once_with_an_event_that_never_happened() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        let made = app.endpoint(&receiver.url(), &["user.deleted"]).await;
        let path = format!("{ENDPOINTS}/{}/test-fire", made.id);
        let fired = app.post(&path, &json!({"event": "session.created"})).await;
        assert_eq!((fired.status, &fired.body["test"]), (202, &json!(true)), "{}", fired.text);
        app.drain().await;
        let request = &receiver.received()[0];
        assert!(request.is_signed_with(&made.secret));
        assert_eq!(
            (&request.json()["event"], &request.json()["id"]),
            (&json!("session.created"), &fired.body["eventId"])
        );
        assert_eq!(app.get("/events").await.body["data"], json!([]), "it has not happened");
        receiver.always(Reply::Status(500));
        assert_eq!(app.post(&path, &json!({})).await.status, 202);
        app.drain().await;
        let dead = app.deliveries("state=DEAD").await;
        assert_eq!((dead.len(), &dead[0]["attempts"], &dead[0]["event"]), (1, &json!(1), &json!("user.created")));
        assert_eq!(app.post(&path, &json!({"event": "user.creates"})).await.violations("event"), ["unknown_event"]);
        let nobody = format!("{ENDPOINTS}/webhook_endpoint_{NOBODY}/test-fire");
        assert_eq!(app.post(&nobody, &json!({})).await.status, 404);
    });
}
