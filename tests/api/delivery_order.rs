//! The order of one mailbox: kept over failures and many workers, and not held
//! up for ever by one mail that nobody takes.

use std::collections::HashMap;
use std::time::Duration;

use rekey::domain::ids::UserId;
use serde_json::json;

use crate::support::app::{TestApp, on_both_databases};
use crate::support::smtp::{Fault, Mood, Received, Step};

const BUSY: Fault = Fault::Content("451 4.3.0 come back later");

/// Queues a notice for a user.
async fn notice(app: &TestApp, user: UserId) {
    let answer = app.workflow("create-password-reset-link", &json!({"userId": user.to_string()})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    app.advance(Duration::from_millis(5));
}

/// The names of the mails to each address, in the order of their arrival.
fn arrived(mails: &[Received]) -> HashMap<String, Vec<String>> {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for mail in mails {
        let names = all.entry(mail.to[0].clone()).or_default();
        let name = mail.header("Message-ID").unwrap();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    all
}

#[test]
fn two_workers_and_a_shaky_provider_keep_the_order_of_every_mailbox() {
    on_both_databases(async |app| {
        let (_, other, running) = app.another_instance().await;
        let mut users = Vec::new();
        for number in 0..10 {
            users.push(app.user(&format!("user{number}@example.test")).await);
        }
        for _ in 0..4 {
            for user in &users {
                notice(app, *user).await;
            }
        }
        app.smtp.script((0..60).map(|number| match number % 4 {
            0 => BUSY,
            1 => Fault::DropDuringData,
            2 => Fault::Recipient("450 4.2.1 busy"),
            _ => Fault::None,
        }));
        for round in 0..60 {
            let (one, two) = tokio::join!(app.app.runner.drain(), other.runner.drain());
            one.unwrap();
            two.unwrap();
            if round == 3 {
                app.smtp.is(Mood::HangsUp(Step::Greeting));
            }
            if round == 8 {
                app.smtp.is(Mood::Well);
            }
            app.advance(Duration::from_secs(15));
        }
        running.stop().await;
        let arrived = arrived(&app.smtp.messages());
        assert_eq!(arrived.len(), 10);
        for (address, names) in arrived {
            // Names begin with the time at which a mail was queued.
            assert!(names.is_sorted() && names.len() == 4, "{address}: {names:?}");
        }
    });
}

#[test]
fn a_mail_that_nobody_takes_holds_its_mailbox_up_for_a_while_and_not_for_ever() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        notice(app, ann).await;
        app.smtp.script([BUSY; 6]);
        for _ in 0..5 {
            app.drain().await;
            app.advance(Duration::from_secs(100));
        }
        notice(app, ann).await;
        let early = app.outbox("").await;
        assert_eq!((early[1]["attempts"].as_u64(), early[0]["attempts"].as_u64()), (Some(5), Some(0)));
        app.drain().await;
        let mails = app.smtp.messages();
        assert_eq!(mails.len(), 1, "the sixth failure lets the others pass");
        let passed = app.outbox("state=SENT").await;
        assert_eq!(passed[0]["id"], early[0]["id"]);
        app.advance(Duration::from_secs(600));
        app.drain().await;
        assert_eq!(app.outbox("state=SENT").await.len(), 2);
    });
}

#[test]
fn a_provider_that_is_down_holds_everything_up_and_mixes_nothing_up() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        app.smtp.is(Mood::HangsUp(Step::Hello));
        for _ in 0..3 {
            notice(app, ann).await;
        }
        for _ in 0..40 {
            app.drain().await;
            app.advance(Duration::from_secs(120));
        }
        assert_eq!(app.outbox("state=QUEUED").await.len(), 3);
        app.smtp.is(Mood::Well);
        for _ in 0..4 {
            app.advance(Duration::from_secs(40 * 60));
            app.drain().await;
        }
        let names = &arrived(&app.smtp.messages())["ann@example.test"];
        assert!(names.len() == 3 && names.is_sorted(), "{names:?}");
    });
}
