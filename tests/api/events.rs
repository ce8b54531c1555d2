//! Reading events: what is in them, who sees which, and how they are asked for.

use std::time::Duration;

use rekey::domain::access::{Boundary, Grant, Permission};
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

/// The events that a query finds.
async fn found(app: &TestApp, query: &str) -> Vec<Value> {
    found_as(app, &app.key, query).await
}

async fn found_as(app: &TestApp, key: &str, query: &str) -> Vec<Value> {
    let answer = app.call_as(key, reqwest::Method::GET, &format!("/events?{query}"), None).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.body["data"].as_array().unwrap().clone()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

/// The members of an object, sorted.
fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({"grant_type": "password", "email": email, "password": password, "client_id": app.client.0,
        "client_secret": app.key, "ip_address": "198.51.100.7", "user_agent": "Browser/1"});
    app.post("/user_management/authenticate", &body).await
}

/// Everything that can happen to a user, in its order.
async fn a_life(app: &TestApp) {
    let made = app.post("/user_management/users", &json!({"email": "ann@example.test", "password": PASSWORD})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let user = made.text_at("/id");
    assert_eq!(sign_in(app, "ann@example.test", PASSWORD).await.status, 200);
    assert_eq!(sign_in(app, "ann@example.test", NEW_PASSWORD).await.status, 400);
    assert_eq!(sign_in(app, "nobody@example.test", NEW_PASSWORD).await.status, 400);
    let reset = app.post("/user_management/password_reset", &json!({"email": "ann@example.test"})).await;
    assert_eq!(reset.status, 201, "{}", reset.text);
    let body = json!({"token": reset.text_at("/password_reset_token"), "new_password": NEW_PASSWORD});
    assert_eq!(app.post("/user_management/password_reset/confirm", &body).await.status, 200);
    let path = format!("/user_management/users/{user}");
    let change = json!({"first_name": "Ann"});
    assert_eq!(app.call_as(&app.key, reqwest::Method::PUT, &path, Some(&change)).await.status, 200);
    assert_eq!(app.call_as(&app.key, reqwest::Method::DELETE, &path, None).await.status, 204);
    app.drain().await;
}

const LIFE: [&str; 11] = [
    "user.created",
    "authentication.password_succeeded",
    "session.created",
    "authentication.password_failed",
    "authentication.password_failed",
    "password_reset.created",
    "password_reset.succeeded",
    "session.revoked",
    "user.updated",
    "user.updated",
    "user.deleted",
];

#[test]
fn every_change_is_told_once_in_order_with_the_whole_thing_as_it_was_then() {
    on_both_databases(async |app| {
        a_life(app).await;
        let events = found(app, "order=asc&limit=100").await;
        assert_eq!(kinds(&events), LIFE);
        let at = |place: usize| &events[place]["data"];
        for event in &events {
            assert_eq!(members(event), ["created_at", "data", "event", "id", "object"]);
            assert_eq!(event["object"], "event");
        }
        let user = ["created_at", "email", "email_verified", "external_id", "first_name", "id", "last_name"];
        let user = [user.as_slice(), &["last_sign_in_at", "locale", "metadata", "name", "object"]].concat();
        let user = [user.as_slice(), &["profile_picture_url", "updated_at"]].concat();
        for place in [0, 8, 9, 10] {
            assert_eq!(members(at(place)), user);
        }
        assert_eq!((&at(0)["email_verified"], &at(8)["email_verified"]), (&json!(false), &json!(true)));
        assert_eq!((&at(8)["first_name"], &at(9)["first_name"]), (&Value::Null, &json!("Ann")));
        let attempt = ["email", "ip_address", "status", "type", "user_agent", "user_id"];
        assert_eq!(members(at(1)), attempt);
        assert_eq!((&at(1)["status"], &at(1)["ip_address"]), (&json!("succeeded"), &json!("198.51.100.7")));
        for (place, email) in [(3, json!("ann@example.test")), (4, Value::Null)] {
            assert_eq!(members(at(place)), [["email", "error"].as_slice(), &attempt[1..]].concat());
            assert_eq!((&at(place)["email"], &at(place)["status"]), (&email, &json!("failed")));
            assert_eq!(members(&at(place)["error"]), ["code", "message"]);
        }
        assert_eq!((&at(2)["status"], &at(2)["ended_at"]), (&json!("active"), &Value::Null));
        assert_eq!((&at(7)["status"], at(7)["ended_at"].is_string()), (&json!("revoked"), true));
        assert_eq!((&at(2)["user_agent"], &at(2)["id"]), (&json!("Browser/1"), &at(7)["id"]));
        for place in [5, 6] {
            assert_eq!(members(at(place)), ["created_at", "email", "expires_at", "id", "object", "user_id"]);
        }
    });
}

#[test]
fn the_filter_is_understood_in_every_spelling() {
    on_both_databases(async |app| {
        a_life(app).await;
        for spelling in [
            "events=user.created,user.deleted",
            "events=user.created&events=user.deleted",
            "events=user.deleted,,user.created,user.created",
            "events[]=user.created&events[]=user.deleted",
            "events%5B%5D=user.created&events%5B%5D=user.deleted",
            "events[0]=user.created&events[1]=user.deleted",
            "events%5B0%5D=user.created&events%5B1%5D=user.deleted",
            "events=user.created%2Cuser.deleted",
            "events[0]=user.created&events=user.deleted&unknown=1",
        ] {
            let events = found(app, &format!("order=asc&{spelling}")).await;
            assert_eq!(kinds(&events), ["user.created", "user.deleted"], "{spelling}");
        }
        assert_eq!(found(app, "limit=100").await.len(), LIFE.len(), "no filter filters nothing");
        let many = found(app, "order=asc&events=session.created,user.updated,session.revoked&limit=3").await;
        assert_eq!(kinds(&many), ["session.created", "session.revoked", "user.updated"], "merged in order");
    });
}

#[test]
fn what_cannot_be_meant_is_refused_by_the_name_of_its_field() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let event = ids(&found(app, "").await)[0].clone();
        let unknown = format!("event_{}", "0".repeat(26));
        let recent = rekey::domain::ids::EventId::generate(app.now(), &rekey::domain::entropy::SystemEntropy);
        for (query, field, code) in [
            ("events=user.creates".to_owned(), "events", "unknown_event"),
            ("events=password_reset.exhausted".to_owned(), "events", "unknown_event"),
            ("events[]=user.created&events[]=*".to_owned(), "events", "unknown_event"),
            ("events=".to_owned(), "events", "empty"),
            ("events=,&events[]=".to_owned(), "events", "empty"),
            ("events[a]=user.created".to_owned(), "events", "invalid_value"),
            ("events%5Ba%5D=user.created&events=user.created".to_owned(), "events", "invalid_value"),
            ("events[0][x]=user.created".to_owned(), "events", "invalid_value"),
            ("eventsx=user.created".to_owned(), "events", "invalid_value"),
            ("range_start=yesterday".to_owned(), "range_start", "invalid_date"),
            ("range_end=2026-13-01".to_owned(), "range_end", "invalid_date"),
            ("range_start=2026-01-02&range_end=2026-01-01".to_owned(), "range_end", "before_range_start"),
            ("after=user_x".to_owned(), "after", "invalid_cursor"),
            (format!("after={recent}"), "after", "invalid_cursor"),
            (format!("before={recent}"), "before", "invalid_cursor"),
            (format!("after={event}&before={event}"), "before", "exactly_one_cursor"),
            (format!("after={event}&after={event}"), "after", "more_than_once"),
            ("limit=0".to_owned(), "limit", "out_of_range"),
            ("limit=101".to_owned(), "limit", "out_of_range"),
            ("order=down".to_owned(), "order", "invalid_value"),
        ] {
            let answer = app.get(&format!("/events?{query}")).await;
            assert_eq!(answer.status, 422, "{query}: {}", answer.text);
            assert_eq!(answer.body["code"], "invalid_request_parameters");
            assert_eq!(answer.body["errors"], json!([{"code": code, "field": field}]), "{query}");
        }
        let tenant = app.get(&format!("/events?organization_id=tenant_{}", "0".repeat(26))).await;
        assert_eq!((tenant.status, tenant.body["code"].as_str()), (404, Some("entity_not_found")));
        // A cursor from before what is still kept goes on with what is.
        assert_eq!(found(app, &format!("order=asc&after={unknown}")).await.len(), 1);
    });
}

#[test]
fn a_list_is_walked_in_both_directions_and_by_time() {
    on_both_databases(async |app| {
        for number in 0..7 {
            app.user(&format!("user{number}@example.test")).await;
            app.advance(Duration::from_secs(3600));
        }
        let all = ids(&found(app, "order=asc").await);
        let newest: Vec<_> = all.iter().rev().cloned().collect();
        for order in ["", "order=desc", "order=normal"] {
            assert_eq!(ids(&found(app, order).await), newest);
        }
        let page = app.get("/events?limit=3&order=asc").await;
        assert_eq!(page.body["list_metadata"], json!({"before": null, "after": all[2]}));
        let page = app.get(&format!("/events?limit=3&order=asc&after={}", all[2])).await;
        assert_eq!(page.body["list_metadata"], json!({"before": all[3], "after": all[5]}));
        assert_eq!(ids(&found(app, &format!("order=asc&after={}", all[5])).await), all[6..]);
        assert_eq!(ids(&found(app, &format!("order=asc&after={}", all[6])).await), Vec::<String>::new());
        assert_eq!(ids(&found(app, &format!("limit=2&order=asc&before={}", all[5])).await), all[3..5]);
        assert_eq!(ids(&found(app, &format!("limit=2&after={}", all[5])).await), [all[4].clone(), all[3].clone()]);
        // The first was made at midnight, one an hour.
        for (range, expected) in [
            ("range_start=2026-01-01T02:00:00.000Z", &all[2..]),
            ("range_start=2026-01-01T02:00:00.001Z", &all[3..]),
            ("range_end=2026-01-01T02:00:00Z", &all[..3]),
            ("range_start=2026-01-01T03:00:00%2B01:00&range_end=2026-01-01T04:00:00%2B01:00", &all[2..4]),
            ("range_start=2026-01-01T03:00:00+01:00&range_end=2026-01-01T04:00:00+01:00", &all[2..4]),
            ("range_start=2026-01-02", &all[7..]),
            ("range_end=2025-12-31", &all[..0]),
        ] {
            assert_eq!(ids(&found(app, &format!("order=asc&{range}")).await), expected, "{range}");
        }
    });
}

#[test]
fn only_the_callers_application_and_tenants_are_visible() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        app.user("ann@example.test").await;
        app.user_in(elsewhere, "bob@example.test").await;
        let (_, _, stranger) = app.another_application("other").await;
        let bounded = async |boundary: Boundary| app.account(vec![Grant::new(Permission::EventRead, boundary)]).await.1;
        let emails = |events: &[Value]| -> Vec<String> {
            events.iter().map(|event| event["data"]["email"].as_str().unwrap().to_owned()).collect()
        };
        let (ann, bob) = ("ann@example.test".to_owned(), "bob@example.test".to_owned());
        assert_eq!(emails(&found(app, "order=asc").await), [ann.clone(), bob.clone()]);
        assert_eq!(emails(&found(app, &format!("organization_id={elsewhere}")).await), [bob.as_str()]);
        assert_eq!(found_as(app, &stranger, "").await.len(), 0);
        let here = bounded(Boundary::Tenant(app.tenant)).await;
        let both = bounded(Boundary::TenantInclusionList([app.tenant, elsewhere].into())).await;
        let others = bounded(Boundary::TenantExclusionList([app.tenant].into())).await;
        assert_eq!(emails(&found_as(app, &here, "events=user.created").await), [ann.as_str()]);
        assert_eq!(emails(&found_as(app, &both, "order=asc").await), [ann, bob.clone()]);
        assert_eq!(emails(&found_as(app, &others, "").await), [bob]);
        let path = format!("/events?organization_id={elsewhere}");
        let refused = app.call_as(&here, reqwest::Method::GET, &path, None).await;
        assert_eq!(refused.status, 404, "{}", refused.text);
        // An event of another application or tenant is no cursor here.
        let cursor = ids(&found(app, "limit=1").await)[0].clone();
        let path = format!("/events?after={cursor}");
        for (key, status) in [(&stranger, 422), (&here, 422), (&both, 200), (&others, 200)] {
            assert_eq!(app.call_as(key, reqwest::Method::GET, &path, None).await.status, status);
        }
    });
}
