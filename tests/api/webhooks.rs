//! Webhook endpoints through the WorkOS-compatible door.

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::json;

use crate::support::app::on_both_databases;
use crate::support::receiver::Receiver;
use crate::support::webhooks::on_both_calling_here;

const URL: &str = "https://198.51.100.7:8443/hook";
const PUBLIC: &str = "https://8.8.8.8/hook";

#[test]
fn an_endpoint_is_made_listed_changed_and_removed() {
    on_both_databases(async |app| {
        let body = json!({"endpoint_url": PUBLIC, "events": ["user.created", "session.revoked"], "unknown": 1});
        let made = app.post("/webhook_endpoints", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.text_at("/id");
        assert!(made.text_at("/secret").starts_with("whsec_") && made.text_at("/secret").len() == 49);
        let expected = json!({"object": "webhook_endpoint", "id": id, "endpoint_url": PUBLIC,
            "secret": made.body["secret"], "status": "enabled", "events": ["user.created", "session.revoked"],
            "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z"});
        assert_eq!(made.body, expected);
        app.advance(std::time::Duration::from_millis(1));
        let other = app.endpoint("https://8.8.4.4/hook", &["user.deleted"]).await;
        assert_ne!(other.secret, made.text_at("/secret"), "each has its own");
        let list = app.get("/webhook_endpoints?order=asc").await;
        assert_eq!(list.body["object"], "list");
        assert_eq!(list.body["list_metadata"], json!({"before": null, "after": null}));
        assert_eq!(list.body["data"][0], expected);
        let page = app.get("/webhook_endpoints?limit=1").await;
        assert_eq!(
            (&page.body["data"][0]["id"], &page.body["list_metadata"]["after"]),
            (&json!(other.id), &json!(other.id))
        );
        let path = format!("/webhook_endpoints/{id}");
        app.advance(std::time::Duration::from_secs(1));
        let change = json!({"status": "disabled", "events": ["user.updated"]});
        let changed = app.call(Method::PATCH, &path, Some(&change)).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert_eq!((&changed.body["status"], &changed.body["events"]), (&json!("disabled"), &json!(["user.updated"])));
        assert_eq!((&changed.body["endpoint_url"], &changed.body["secret"]), (&json!(PUBLIC), &made.body["secret"]));
        assert_eq!(changed.body["updated_at"], "2026-01-01T00:00:01.001Z");
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        for (method, body) in [(Method::DELETE, None), (Method::PATCH, Some(&change))] {
            let gone = app.call(method, &path, body).await;
            assert_eq!((gone.status, gone.body["code"].as_str()), (404, Some("entity_not_found")));
        }
        assert_eq!(app.get("/webhook_endpoints").await.body["data"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_an_endpoint_cannot_be_is_refused_by_name() {
    on_both_databases(async |app| {
        let made = app.endpoint(PUBLIC, &["user.created"]).await;
        let events = json!(["user.created"]);
        for (body, field, code) in [
            (json!({"events": events}), "endpoint_url", "required"),
            (json!({"endpoint_url": [PUBLIC], "events": events}), "endpoint_url", "invalid_type"),
            (json!({"endpoint_url": "https://8.8.4.4/\0", "events": events}), "endpoint_url", "invalid_characters"),
            (json!({"endpoint_url": PUBLIC}), "events", "required"),
            (json!({"endpoint_url": PUBLIC, "events": "user.created"}), "events", "invalid_type"),
            (json!({"endpoint_url": PUBLIC, "events": []}), "events", "empty"),
            (json!({"endpoint_url": PUBLIC, "events": ["user.creates"]}), "events", "unknown_event"),
            (json!({"endpoint_url": PUBLIC, "events": ["password_reset.exhausted"]}), "events", "unknown_event"),
        ] {
            let refused = app.post("/webhook_endpoints", &body).await;
            assert_eq!((refused.status, &refused.body["code"]), (422, &json!("invalid_request_parameters")), "{body}");
            let error = &refused.body["errors"][0];
            assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{body}");
            assert!(error["message"].is_string());
        }
        let path = format!("/webhook_endpoints/{}", made.id);
        for body in [json!({"status": "paused"}), json!({"events": []}), json!({"endpoint_url": 7})] {
            assert_eq!(app.call(Method::PATCH, &path, Some(&body)).await.status, 422, "{body}");
        }
        let again = app.post("/webhook_endpoints", &json!({"endpoint_url": PUBLIC, "events": events})).await;
        assert_eq!((again.status, &again.body["code"]), (400, &json!("duplicate_endpoint")), "{}", again.text);
        for number in 0..49 {
            app.endpoint(&format!("{PUBLIC}/{number}"), &["user.created"]).await;
        }
        let more =
            app.post("/webhook_endpoints", &json!({"endpoint_url": format!("{PUBLIC}/x"), "events": events})).await;
        assert_eq!(more.body["code"], "too_many_endpoints");
    });
}

#[test]
fn k01_an_endpoint_that_is_not_on_the_public_internet_is_refused_when_it_is_named() {
    on_both_databases(async |app| {
        let made = app.endpoint(PUBLIC, &["user.created"]).await;
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0x7f000001/",
            "https://0.0.0.0/",
            "https://[::]/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[2002:7f00:1::]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://168.63.129.16/",
            "https://100.64.0.1/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://192.168.0.1/",
            "https://198.18.0.1/",
            URL,
            "https://224.0.0.1/",
            "https://240.0.0.1/",
            "https://localhost./",
            "https://localhost/",
            "http://8.8.8.8/",
            "https://8.8.8.8:22/",
            "https://8.8.8.8:6379/",
            "file:///etc/passwd",
            "gopher://8.8.8.8/",
            "ftp://8.8.8.8/",
            "https://user:pass@8.8.8.8/",
            "//8.8.8.8/",
            "hook",
            "",
        ] {
            let body = json!({"endpoint_url": url, "events": ["user.created"]});
            let refused = app.post("/webhook_endpoints", &body).await;
            assert_eq!(
                (refused.status, refused.body["code"].as_str()),
                (422, Some("invalid_url")),
                "{url}: {}",
                refused.text
            );
            let path = format!("/webhook_endpoints/{}", made.id);
            let refused = app.call(Method::PATCH, &path, Some(&json!({"endpoint_url": url}))).await;
            assert_eq!((refused.status, refused.body["code"].as_str()), (422, Some("invalid_url")), "{url}");
            let body = json!({"url": url, "events": ["user.created"]});
            let refused = app.post("/api/v1/webhook-endpoints", &body).await;
            assert_eq!(refused.violations("url"), ["not_allowed"], "{url}: {}", refused.text);
        }
        assert_eq!(app.get("/webhook_endpoints").await.body["data"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn k01_an_endpoint_that_has_moved_inside_since_is_not_called() {
    on_both_databases(async |app| {
        let canary = Receiver::start().await;
        let inside = canary.url();
        let by_name = inside.replace("http://127.0.0.1", "https://localhost");
        let mapped = inside.replace("http://127.0.0.1", "https://[::ffff:127.0.0.1]");
        app.endpoint(PUBLIC, &["user.created"]).await;
        for (number, url) in [inside, by_name, mapped].iter().enumerate() {
            // As if its name led elsewhere when it was registered.
            app.database.run(&format!("UPDATE webhook_endpoints SET url = '{url}', failures = 0, retry_at = 0")).await;
            app.database.run("DELETE FROM webhook_deliveries").await;
            app.happen(number).await;
            app.drain().await;
            let all = app.deliveries("").await;
            assert_eq!((all.len(), &all[0]["state"]), (1, &json!("PENDING")));
            let outcome = all[0]["outcome"].as_str().unwrap();
            assert!(outcome.contains("not public") || outcome.contains("https"), "{outcome}");
            assert!(!outcome.contains("127.0.0.1") && !outcome.contains("localhost"), "{outcome}");
        }
        assert!(canary.received().is_empty());
    });
}

#[test]
fn a_secret_is_shown_to_those_who_may_change_endpoints_and_is_in_no_dump() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        let made = app.endpoint(&receiver.url(), &["user.created"]).await;
        app.happen(1).await;
        app.drain().await;
        assert!(receiver.received()[0].is_signed_with(&made.secret));
        assert_eq!(app.get("/webhook_endpoints").await.text_at("/data/0/secret"), made.secret);
        let only = async |permission| app.account(vec![Grant::new(permission, Boundary::Application)]).await.1;
        let reader = only(Permission::WebhookEndpointRead).await;
        let shown = app.call_as(&reader, Method::GET, "/webhook_endpoints", None).await;
        assert_eq!(shown.text_at("/data/0/secret"), "whsec_********");
        for path in [format!("/api/v1/webhook-endpoints/{}", made.id), "/api/v1/webhook-endpoints".to_owned()] {
            let shown = app.get(&path).await;
            assert!(shown.status == 200 && !shown.text.contains("whsec_"), "{}", shown.text);
        }
        let bare = made.secret.trim_start_matches("whsec_").to_owned();
        let dump = app.database.dump().await;
        assert!(dump.contains(&made.id) && !dump.contains(&bare), "the dump tells the secret");
        let sent = &receiver.received()[0];
        assert!(!String::from_utf8_lossy(&sent.body).contains(&bare) && !format!("{:?}", sent.headers).contains(&bare));
    });
}

#[test]
fn endpoints_belong_to_an_application_and_to_no_tenant() {
    on_both_databases(async |app| {
        let made = app.endpoint(PUBLIC, &["user.created"]).await;
        let all = [Permission::WebhookEndpointRead, Permission::WebhookEndpointWrite];
        let in_tenant = all.map(|permission| Grant::new(permission, Boundary::Tenant(app.tenant)));
        let (_, bounded) = app.account(in_tenant.into()).await;
        let refused = app.call_as(&bounded, Method::GET, "/webhook_endpoints", None).await;
        assert_eq!(refused.status, 403, "it would be told of other tenants: {}", refused.text);
        let (_, _, stranger) = app.another_application("other").await;
        let path = format!("/webhook_endpoints/{}", made.id);
        let change = json!({"endpoint_url": "https://8.8.4.4/"});
        assert_eq!(app.call_as(&stranger, Method::PATCH, &path, Some(&change)).await.status, 404);
        assert_eq!(app.call_as(&stranger, Method::DELETE, &path, None).await.status, 404);
        let theirs = app.call_as(&stranger, Method::GET, "/webhook_endpoints", None).await;
        assert_eq!(theirs.body["data"], json!([]));
        // The same place may serve two applications.
        let body = json!({"endpoint_url": PUBLIC, "events": ["user.created"]});
        assert_eq!(app.call_as(&stranger, Method::POST, "/webhook_endpoints", Some(&body)).await.status, 201);
    });
}
