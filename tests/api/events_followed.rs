//! Following events while others write: none is skipped and none comes twice,
//! however late a transaction commits.

use std::collections::BTreeSet;
use std::time::Duration;

use rekey::app::App;
use rekey::domain::clock::Timestamp;
use rekey::domain::entropy::{Entropy as _, SystemEntropy};
use rekey::domain::event::{Event, EventKind};
use rekey::domain::ids::EventId;
use rekey::domain::webhook::sample;
use rekey::store::events;
use serde_json::Value;

use crate::support::app::{TestApp, on_both_databases, on_postgres};

fn happening(app: &TestApp, now: Timestamp) -> Event {
    Event {
        id: EventId::generate(now, &SystemEntropy),
        application: app.application,
        tenant: Some(app.tenant),
        user: None,
        kind: EventKind::UserUpdated,
        data: sample(EventKind::UserUpdated, now),
        created_at: now,
    }
}

/// What comes after a cursor, oldest first.
async fn next(app: &TestApp, cursor: Option<&String>, more: &str) -> Vec<String> {
    let after = cursor.map_or_else(String::new, |id| format!("&after={id}"));
    let answer = app.get(&format!("/events?order=asc&limit=7{after}{more}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let ids = answer.body["data"].as_array().unwrap().iter().map(|event: &Value| event["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

#[test]
fn a_reader_waits_for_whoever_began_earlier_and_for_nobody_else() {
    on_postgres(async |app| {
        let database = &app.app.engine.database;
        app.user("ann@example.test").await;
        let before = next(app, None, "").await;
        let [slow, quick, lost] = [0; 3].map(|_| happening(app, app.now()));
        // Somebody writes for long without telling of anything.
        let silent = database.begin().await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&silent, "UPDATE users SET locale = 'en'").await.unwrap();
        let early = database.begin().await.unwrap();
        events::append(&early, std::slice::from_ref(&slow)).await.unwrap();
        let failing = database.begin().await.unwrap();
        events::append(&failing, std::slice::from_ref(&lost)).await.unwrap();
        let late = database.begin().await.unwrap();
        events::append(&late, std::slice::from_ref(&quick)).await.unwrap();
        late.commit().await.unwrap();
        // Whoever read `quick` now could never be shown `slow`, which comes before it.
        assert_eq!(next(app, before.last(), "").await, Vec::<String>::new());
        let by_kind = "&events=user.updated";
        assert_eq!(next(app, None, by_kind).await, Vec::<String>::new());
        early.commit().await.unwrap();
        assert_eq!(next(app, before.last(), "").await, [slow.id.to_string()], "one is still open");
        failing.rollback().await.unwrap();
        assert_eq!(next(app, Some(&slow.id.to_string()), "").await, [quick.id.to_string()]);
        silent.rollback().await.unwrap();
    });
}

/// Writes in many transactions, each open for a while; some fail.
/// Answers what was committed.
async fn write(app: &TestApp, instance: &App, transactions: usize) -> Vec<String> {
    let mut committed = Vec::new();
    for number in 0..transactions {
        let now = app.now();
        let chance = SystemEntropy.u128();
        let happened: Vec<_> = (0..=chance % 3).map(|_| happening(app, now)).collect();
        let transaction = instance.engine.database.begin().await.unwrap();
        events::append(&transaction, &happened).await.unwrap();
        tokio::time::sleep(Duration::from_millis(u64::try_from((chance >> 8) % 25).unwrap())).await;
        if chance.is_multiple_of(5) {
            events::append(&transaction, &[happening(app, now)]).await.unwrap();
            transaction.rollback().await.unwrap();
            continue;
        }
        transaction.commit().await.unwrap();
        committed.extend(happened.iter().map(|event| event.id.to_string()));
        app.advance(Duration::from_millis(u64::try_from(number % 3).unwrap()));
    }
    committed
}

#[test]
fn a_reader_who_follows_many_writers_misses_nothing_and_sees_nothing_twice() {
    on_both_databases(async |app| {
        let (_, other, stop) = app.another_instance().await;
        let (sender, receiver) = tokio::sync::watch::channel(false);
        let writing = async {
            let writers = (0..12).map(|number| write(app, if number % 2 == 0 { &app.app } else { &other }, 20));
            let committed = futures_util::future::join_all(writers).await.concat();
            sender.send(true).unwrap();
            committed
        };
        let following = async {
            let mut seen: Vec<String> = Vec::new();
            loop {
                let over = *receiver.borrow();
                let page = next(app, seen.last(), "").await;
                if page.is_empty() {
                    if over {
                        return seen;
                    }
                    // The clock stands nearly still: without a pause the calls run out.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                seen.extend(page);
            }
        };
        let (committed, seen) = tokio::join!(writing, following);
        assert!(committed.len() > 200, "{}", committed.len());
        assert_eq!(seen.len(), committed.len());
        assert_eq!(seen.iter().collect::<BTreeSet<_>>(), committed.iter().collect::<BTreeSet<_>>());
        // The other way round it is the same list.
        let newest = app.get("/events?limit=100").await;
        let newest: Vec<_> =
            newest.body["data"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap()).collect();
        assert_eq!(newest, seen.iter().rev().take(100).map(String::as_str).collect::<Vec<_>>());
        stop.stop().await;
        other.engine.database.clone().close().await.unwrap();
    });
}
