//! Several transports: the next one takes over, and a dead one costs nothing.

use std::time::{Duration, Instant};

use rekey::telemetry::metrics::Metrics;
use serde_json::json;

use crate::support::app::{on_both_databases, on_both_with};
use crate::support::delivery::{A_WHILE, on_both_with_backup};
use crate::support::smtp::{Mood, Step};

const BOTH: (&str, &str) = ("REKEY__MAIL__CHAIN", "default,backup");

#[test]
fn the_next_transport_takes_what_the_first_one_does_not() {
    on_both_with_backup(&[BOTH], async |app, backup| {
        let user = app.user("ann@example.test").await;
        app.smtp.is(Mood::Says(Step::Content, "451 4.3.0 disk trouble"));
        app.send_link(user).await;
        assert_eq!((app.smtp.messages().len(), backup.messages().len()), (0, 1));
        let message = app.latest_message().await;
        assert_eq!((&message["state"], &message["attempts"]), (&json!("SENT"), &json!(1)));
        let log = message["attemptLog"].as_array().unwrap();
        assert_eq!(log.len(), 2, "{message}");
        assert_eq!(
            (&log[0]["transport"], &log[0]["outcome"], &log[0]["stage"], &log[0]["code"], &log[0]["answer"]),
            (&json!("default"), &json!("DEFERRED"), &json!("content"), &json!(451), &json!("451 4.3.0 disk trouble"))
        );
        assert_eq!(
            (&log[1]["transport"], &log[1]["outcome"], &log[1]["stage"]),
            (&json!("backup"), &json!("ACCEPTED"), &json!(null))
        );
        app.smtp.is(Mood::Well);
        let user = app.user("bob@example.test").await;
        app.send_link(user).await;
        assert_eq!((app.smtp.messages().len(), backup.messages().len()), (1, 1), "the first one is first again");
    });
}

#[test]
fn a_dead_provider_costs_a_mail_nothing_once_known() {
    on_both_with_backup(&[BOTH], async |app, backup| {
        let mut users = Vec::new();
        for number in 0..8 {
            users.push(app.user(&format!("user{number}@example.test")).await);
        }
        app.smtp.is(Mood::Stalls(Step::Greeting));
        for user in &users[..5] {
            app.send_link(*user).await;
        }
        assert_eq!(backup.messages().len(), 5);
        let asked = app.smtp.connections();
        let begun = Instant::now();
        app.send_link(users[5]).await;
        assert!(begun.elapsed() < Duration::from_millis(900), "it waited for the dead one: {:?}", begun.elapsed());
        assert_eq!((app.smtp.connections(), backup.messages().len()), (asked, 6));
        app.app.runner.gauge().await.unwrap();
        // Other tests in this process have transports of the same names.
        let text = Metrics::install().render();
        assert!(text.contains("rekey_mail_transport_breaker_state{transport=\"backup\"}"), "{text}");
        app.smtp.is(Mood::Well);
        app.advance(A_WHILE);
        app.send_link(users[6]).await;
        app.send_link(users[7]).await;
        assert_eq!((app.smtp.messages().len(), backup.messages().len()), (2, 6), "it is not asked again");
    });
}

#[test]
fn while_every_transport_is_down_no_try_is_counted_and_nothing_is_lost() {
    on_both_databases(async |app| {
        app.smtp.is(Mood::HangsUp(Step::Greeting));
        for number in 0..7 {
            let user = app.user(&format!("user{number}@example.test")).await;
            app.send_link(user).await;
        }
        let asked = app.smtp.connections();
        app.advance(Duration::from_secs(6));
        app.drain().await;
        assert_eq!(app.smtp.connections(), asked, "a provider that is known to be down is asked");
        let tries =
            |sum: i64| format!("SELECT count(*) AS n FROM messages WHERE state = 'queued' AND attempts = {sum}");
        assert_eq!(app.database.number(&tries(1)).await, 5);
        assert_eq!(app.database.number(&tries(0)).await, 2);
        // One finds out that it is still down.
        app.advance(Duration::from_secs(5));
        app.drain().await;
        assert_eq!(app.smtp.connections(), asked + 1);
        app.smtp.is(Mood::Well);
        app.advance(Duration::from_secs(60));
        app.drain().await;
        assert_eq!(app.smtp.messages().len(), 7);
        assert_eq!(app.outbox("state=SENT").await.len(), 7);
    });
}

#[test]
fn one_tenants_refused_sender_does_not_close_a_transport_for_the_others() {
    on_both_databases(async |app| {
        app.smtp.is(Mood::Says(Step::Sender, "553 5.7.1 not your domain"));
        for number in 0..6 {
            let user = app.user(&format!("user{number}@example.test")).await;
            app.send_link(user).await;
        }
        app.smtp.is(Mood::Well);
        let user = app.user("ann@example.test").await;
        app.send_link(user).await;
        assert_eq!(app.smtp.messages().len(), 1);
    });
}

#[test]
fn named_sections_are_checked_like_the_others() {
    use rekey::config::Settings;
    let told = |settings: &[(&str, &str)]| {
        let env = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(env).map(|_| ()).unwrap_err().to_string()
    };
    let told =
        |name: &str, value: &str| told(&[("REKEY__MAIL__TRANSPORTS__SPARE__URL", "smtp://127.0.0.1"), (name, value)]);
    let text = told("REKEY__MAIL__TRANSPORTS__SPARE__PASWORD", "x");
    assert!(text.contains("did you mean REKEY__MAIL__TRANSPORTS__SPARE__PASSWORD?"), "{text}");
    let text = told("REKEY__MAIL__TRANSPORTS__SPARE__POOL_SIZE", "many");
    assert!(text.contains("mail.transports.spare.pool_size") && text.contains("a whole number"), "{text}");
    let text = told("REKEY__MAIL__TRANSPORTS__SPARE__USERNAME", "ann");
    assert!(text.contains("mail.transports.spare.password") && text.contains("is missing"), "{text}");
    let text = told("REKEY__MAIL__TRANSPORTS__OTHER__USERNAME", "ann");
    assert!(text.contains("mail.transports.other.url") && text.contains("is missing"), "{text}");
    let text = told("REKEY__MAIL__CHAIN", "default,spar");
    assert!(text.contains("mail.chain") && text.contains("spar is no transport"), "{text}");
    let text = told("REKEY__MAIL__TRANSPORTS__SPARE__AUTH", "xoauth2");
    for missing in ["mail.transports.spare.username", "mail.transports.spare.token_file"] {
        assert!(text.contains(missing), "{text}");
    }
}

#[test]
fn settings_of_a_named_section_are_its_own() {
    on_both_with(
        &[
            ("REKEY__MAIL__SMTP__POOL_SIZE", "2"),
            ("REKEY__MAIL__TRANSPORTS__SPARE__URL", "smtp://ann:secret-of-ann@mail.example.com"),
        ],
        async |app| {
            let spare = &app.app.settings.mail.transports["spare"];
            assert_eq!(spare.server(), Some(("mail.example.com".to_owned(), 587)));
            assert_ne!(spare.pool_size, 2);
            let shown = app.app.settings.masked().unwrap();
            assert!(shown.contains("[mail.transports.spare]") && !shown.contains("secret-of-ann"), "{shown}");
        },
    );
}
