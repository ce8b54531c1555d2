//! What happens reaches the endpoints that want to be told, whatever goes
//! wrong on the way.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::receiver::{Receiver, Reply, Request};
use crate::support::webhooks::on_both_calling_here;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn an_event_arrives_as_it_is_listed_signed_over_every_byte() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        let made = app.endpoint(&receiver.url(), &["user.created", "user.updated"]).await;
        app.happen(1).await;
        app.drain().await;
        let arrived = receiver.received();
        assert_eq!(arrived.len(), 1);
        let request = &arrived[0];
        assert_eq!(request.line, "POST /hook?from=rekey HTTP/1.1");
        assert_eq!(request.headers["content-type"], "application/json");
        assert_eq!(request.json(), app.get("/events").await.body["data"][0]);
        assert!(request.is_signed_with(&made.secret) && !request.is_signed_with("whsec_other"));
        assert_eq!(request.signed_at(), app.now().as_millis());
        let mut changed = request.clone();
        changed.body[10] ^= 1;
        assert!(!changed.is_signed_with(&made.secret));
        assert_eq!(app.only_delivery().await, ("DELIVERED".to_owned(), 1, json!(204)));
        app.advance(HOUR);
        app.drain().await;
        assert_eq!(receiver.received().len(), 1, "it was acknowledged");
    });
}

#[test]
fn a_retry_is_the_same_event_under_a_new_time() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        let made = app.endpoint(&receiver.url(), &["user.created"]).await;
        receiver.script([Reply::Status(500), Reply::Redirect("/elsewhere"), Reply::Status(299)]);
        app.happen(1).await;
        app.drain().await;
        assert_eq!(app.only_delivery().await, ("PENDING".to_owned(), 1, json!(500)));
        app.advance(Duration::from_secs(7));
        app.drain().await;
        assert_eq!(receiver.received().len(), 1, "it comes again too early");
        app.advance(Duration::from_secs(6));
        app.drain().await;
        assert_eq!(app.only_delivery().await, ("PENDING".to_owned(), 2, json!(302)), "a redirect is no success");
        app.advance(Duration::from_secs(13));
        app.drain().await;
        assert_eq!(receiver.received().len(), 2, "the second wait is as short as the first");
        app.advance(Duration::from_secs(24));
        app.drain().await;
        assert_eq!(app.only_delivery().await, ("DELIVERED".to_owned(), 3, json!(299)));
        let arrived = receiver.received();
        assert!(
            arrived
                .iter()
                .all(|request| request.line.starts_with("POST /hook") && request.is_signed_with(&made.secret))
        );
        let ids = receiver.event_ids();
        assert_eq!((arrived.len(), &ids[0], &ids[1]), (3, &ids[1], &ids[2]));
        let times: Vec<_> = arrived.iter().map(Request::signed_at).collect();
        assert!(times[0] < times[1] && times[1] < times[2], "{times:?}");
    });
}

#[test]
fn after_three_days_a_delivery_is_dead_until_somebody_replays_it() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        app.endpoint(&receiver.url(), &["user.created"]).await;
        receiver.always(Reply::Status(503));
        app.happen(1).await;
        let mut hours = 0;
        while app.only_delivery().await.0 == "PENDING" {
            app.drain().await;
            app.advance(HOUR);
            hours += 1;
            assert!(hours < 100, "it never ends");
        }
        assert!((72..=74).contains(&hours), "{hours} hours");
        let tries = receiver.received().len();
        assert!((8..40).contains(&tries), "{tries} tries");
        app.advance(HOUR * 24);
        app.drain().await;
        assert_eq!(receiver.received().len(), tries, "the dead are left alone");
        receiver.always(Reply::Status(200));
        let id = app.deliveries("state=DEAD").await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/webhook-deliveries/{id}/replay");
        let replayed = app.call(Method::POST, &path, None).await;
        assert_eq!((replayed.status, &replayed.body["state"]), (202, &json!("PENDING")), "{}", replayed.text);
        app.drain().await;
        assert_eq!(app.only_delivery().await, ("DELIVERED".to_owned(), 1, json!(200)));
        let ids = receiver.event_ids();
        assert_eq!(ids.first(), ids.last(), "the same event");
    });
}

#[test]
fn only_those_who_want_to_be_told_are() {
    on_both_calling_here(async |app| {
        let [all, some, off, gone] = [0; 4].map(|_| Receiver::start());
        let (all, some, off, gone) = (all.await, some.await, off.await, gone.await);
        app.endpoint(&all.url(), &["user.created", "user.deleted", "session.created"]).await;
        app.endpoint(&some.url(), &["user.deleted"]).await;
        let disabled = app.endpoint(&off.url(), &["user.created"]).await;
        let removed = app.endpoint(&gone.url(), &["user.created"]).await;
        let path = |id: &str| format!("/webhook_endpoints/{id}");
        let user = app.happen(1).await;
        // What waits for one that is removed or switched off goes nowhere.
        assert_eq!(app.call(Method::DELETE, &path(&removed.id), None).await.status, 204);
        let switch = async |status: &str| {
            let body = json!({"status": status});
            assert_eq!(app.call(Method::PATCH, &path(&disabled.id), Some(&body)).await.status, 200);
        };
        switch("disabled").await;
        let (_, _, stranger) = app.another_application("other").await;
        let body = json!({"email": "ann@example.test"});
        assert_eq!(app.call_as(&stranger, Method::POST, "/user_management/users", Some(&body)).await.status, 201);
        app.call(Method::DELETE, &format!("/user_management/users/{user}"), None).await;
        app.drain().await;
        assert_eq!(all.kinds(), ["user.created", "user.deleted"]);
        assert_eq!(some.kinds(), ["user.deleted"]);
        assert!(off.received().is_empty() && gone.received().is_empty());
        switch("enabled").await;
        app.drain().await;
        assert_eq!(off.kinds(), ["user.created"], "it was queued while it was on");
    });
}

#[test]
fn a_delivery_is_queued_if_and_only_if_its_event_is() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        app.endpoint(&receiver.url(), &["user.created", "authentication.password_failed"]).await;
        app.happen(1).await;
        let twice = app.post("/user_management/users", &json!({"email": "user1@example.test"})).await;
        assert_eq!(twice.status, 400, "{}", twice.text);
        assert_eq!(app.database.count("webhook_deliveries").await, 1);
        assert!(!app.signs_in("user1@example.test", "wrong").await);
        assert_eq!(app.database.count("webhook_deliveries").await, 2);
        assert_eq!(app.database.count("events").await, 2);
        app.drain().await;
        assert_eq!(receiver.kinds(), ["authentication.password_failed", "user.created"]);
    });
}

#[test]
fn k06_an_endpoint_that_hangs_or_never_ends_delays_no_other() {
    on_both_calling_here(async |app| {
        let (hanging, endless, healthy) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
        hanging.always(Reply::Never);
        endless.always(Reply::Endless);
        for receiver in [&hanging, &endless, &healthy] {
            app.endpoint(&receiver.url(), &["user.created"]).await;
        }
        for number in 0..40 {
            app.happen(number).await;
        }
        let begun = Instant::now();
        let watch = async {
            while healthy.received().len() < 40 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            begun.elapsed()
        };
        let (took, ()) = tokio::join!(watch, app.drain());
        let whole = begun.elapsed();
        assert!(took < Duration::from_secs(6), "the healthy one waited {took:?}");
        assert!(whole > Duration::from_secs(9) && whole < Duration::from_secs(25), "the time limit is 10 s: {whole:?}");
        assert!(hanging.received().len() <= 4, "{} calls hung", hanging.received().len());
        assert_eq!(endless.received().len(), 40, "64 KiB are enough to see a success");
        let dead = app.deliveries("state=PENDING&count=100").await;
        assert_eq!(dead.len(), 40);
        let tried = dead.iter().find(|delivery| delivery["attempts"] == 1).unwrap();
        assert_eq!(tried["outcome"], "no complete answer in time");
    });
}

#[test]
fn what_a_dead_worker_has_leased_is_taken_over_and_what_a_live_one_has_is_not() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        app.endpoint(&receiver.url(), &["user.created"]).await;
        app.happen(1).await;
        let until = app.now().as_millis() + 60_000;
        let lease = format!("UPDATE webhook_deliveries SET leased_by = 'gone', leased_until = {until}");
        app.database.run(&lease).await;
        app.drain().await;
        assert!(receiver.received().is_empty());
        let id = app.deliveries("").await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/webhook-deliveries/{id}/replay");
        let refused = app.call(Method::POST, &path, None).await;
        assert_eq!((refused.status, &refused.body["code"]), (409, &json!("delivery_under_way")));
        app.advance(Duration::from_secs(61));
        let (_, other, stop) = app.another_instance().await;
        let (one, two) = tokio::join!(app.app.runner.drain(), other.runner.drain());
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        assert_eq!(receiver.received().len(), 1, "once, by one of the two");
        stop.stop().await;
        other.engine.database.clone().close().await.unwrap();
    });
}

/// Queues many more deliveries of the only event to an endpoint.
async fn pile_up(app: &mut TestApp, endpoint: &str, many: usize) {
    let digits = if app.database.kind() == "SQLite" { "printf('%026d', n)" } else { "lpad(n::text, 26, '0')" };
    let now = app.now().as_millis();
    let sql = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {many}) \
         INSERT INTO webhook_deliveries (id, application_id, endpoint_id, event_id, kind, state, run_at, give_up_at, \
         attempts, created_at, updated_at) SELECT 'webhook_delivery_' || {digits}, e.application_id, '{endpoint}', \
         e.id, e.kind, 'PENDING', {now}, {now} + 259200000, 0, {now}, {now} FROM numbers, events AS e"
    );
    assert_eq!(app.database.run(&sql).await, u64::try_from(many).unwrap());
}

#[test]
fn ten_thousand_deliveries_to_a_dead_endpoint_slow_nothing_down() {
    on_both_calling_here(async |app| {
        let healthy = Receiver::start().await;
        let dead = Receiver::start().await;
        dead.always(Reply::Status(500));
        let first = app.happen(0).await;
        let failing = app.endpoint(&dead.url(), &["user.deleted"]).await;
        app.endpoint(&healthy.url(), &["user.created", "user.updated"]).await;
        pile_up(app, &failing.id, 10_000).await;
        let mut longest = Duration::ZERO;
        for number in 1..=20 {
            let begun = Instant::now();
            app.happen(number).await;
            app.drain().await;
            longest = longest.max(begun.elapsed());
            assert_eq!(healthy.received().len(), number);
            app.advance(Duration::from_secs(1));
        }
        assert!(longest < Duration::from_secs(3), "{longest:?}");
        assert!(dead.received().len() < 30, "{} calls to the dead one in 20 s", dead.received().len());
        // What waited is given up in the end, tried or not.
        app.advance(HOUR * 74);
        let left = "SELECT count(*) AS n FROM webhook_deliveries WHERE state = 'PENDING'";
        let now = app.now();
        while rekey::store::webhook_deliveries::give_up(app.app.engine.database.write(), HOUR, now).await.unwrap() > 0 {
        }
        assert_eq!(app.database.number(left).await, 0);
        assert!(app.events(first).await.contains(&"user.created".to_owned()));
    });
}

#[test]
fn an_endpoint_that_recovers_gets_everything_that_waited() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        receiver.always(Reply::Status(500));
        app.endpoint(&receiver.url(), &["user.created"]).await;
        for number in 0..30 {
            app.happen(number).await;
        }
        for _ in 0..5 {
            app.drain().await;
            app.advance(Duration::from_secs(20));
        }
        receiver.always(Reply::Status(200));
        for _ in 0..30 {
            app.drain().await;
            app.advance(Duration::from_secs(60));
        }
        let states = app.deliveries("count=100").await;
        assert!(states.iter().all(|delivery| delivery["state"] == "DELIVERED"), "{states:?}");
        let distinct: std::collections::BTreeSet<_> = receiver.event_ids().into_iter().collect();
        assert_eq!(distinct.len(), 30);
    });
}
