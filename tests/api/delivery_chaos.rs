//! A mail server that does everything wrong, one step after the other.

use std::time::Duration;

use serde_json::json;

use crate::support::app::{TestApp, on_both_databases};
use crate::support::delivery::on_both_with_backup;
use crate::support::smtp::{Mood, Security, SmtpServer, Step};

const BOTH: (&str, &str) = ("REKEY__MAIL__CHAIN", "default,backup");

/// Sends a mail while the first server is in a mood, and one when it is well.
async fn mail_in(app: &TestApp, mood: Mood, number: usize) -> String {
    // On a new connection, or the first steps would not be taken.
    app.smtp.hang_up();
    app.smtp.is(mood);
    let user = app.user(&format!("user{number}@example.test")).await;
    app.send_link(user).await;
    let state = app.latest_message().await["state"].as_str().unwrap().to_owned();
    app.smtp.is(Mood::Well);
    app.advance(Duration::from_secs(1));
    let user = app.user(&format!("after{number}@example.test")).await;
    app.send_link(user).await;
    assert_eq!(app.latest_message().await["attemptLog"][0]["transport"], "default", "{mood:?}");
    app.advance(Duration::from_secs(1));
    state
}

/// How many mails arrived for somebody, on both servers.
fn arrived(app: &TestApp, backup: &SmtpServer, number: usize) -> usize {
    let address = format!("user{number}@example.test");
    app.smtp.messages().iter().chain(&backup.messages()).filter(|mail| mail.to[0] == address).count()
}

#[test]
fn whatever_step_it_stalls_or_hangs_up_at_the_next_server_takes_the_mail() {
    on_both_with_backup(&[BOTH], async |app, backup| {
        let moods = Step::ALL.into_iter().flat_map(|step| [Mood::HangsUp(step), Mood::Stalls(step)]);
        for (number, mood) in moods.enumerate() {
            assert_eq!(mail_in(app, mood, number).await, "SENT", "{mood:?}");
            // Only one that was taken without a word may come twice.
            let most = if matches!(mood, Mood::HangsUp(Step::Taken) | Mood::Stalls(Step::Taken)) { 2 } else { 1 };
            assert_eq!(arrived(app, backup, number), most, "{mood:?}");
        }
        assert!(app.smtp.stalls() >= Step::ALL.len(), "it has stalled {} times", app.smtp.stalls());
    });
}

#[test]
fn every_refusal_at_every_step_leads_to_the_next_server_but_that_of_the_address() {
    on_both_with_backup(&[BOTH], async |app, backup| {
        let steps = [Step::Greeting, Step::Hello, Step::Sender, Step::Recipient, Step::Data, Step::Content];
        let moods = steps.into_iter().flat_map(|step| {
            ["421 4.3.2 going down", "451 4.3.0 not now", "554 5.3.0 never", "550 5.7.1 not you"]
                .map(|answer| Mood::Says(step, answer))
        });
        for (number, mood) in moods.enumerate() {
            let state = mail_in(app, mood, number).await;
            let refused = mood == Mood::Says(Step::Recipient, "554 5.3.0 never");
            assert_eq!(state, if refused { "DEAD" } else { "SENT" }, "{mood:?}");
            assert_eq!(arrived(app, backup, number), usize::from(!refused), "{mood:?}");
        }
        assert_eq!(app.get("/api/v1/messages/suppressions").await.body["totalResults"], 1);
    });
}

#[test]
fn b05_no_mail_goes_in_clear_to_a_server_that_has_lost_its_tls() {
    on_both_with_backup(&[BOTH, ("REKEY__MAIL__SMTP__TLS", "starttls")], async |app, backup| {
        let user = app.user("ann@example.test").await;
        app.send_link(user).await;
        assert_eq!((app.smtp.messages().len(), backup.messages().len()), (0, 1));
        assert_eq!(app.latest_message().await["attemptLog"][0]["stage"], "tls");
    });
}

#[test]
fn b05_no_mail_goes_to_a_server_that_is_not_who_it_should_be() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(SmtpServer::start_with(Security::StartTls));
    let unknown = server.url().replace("?tls=starttls", "");
    let other_name = unknown.replace("localhost", "127.0.0.1");
    let ca = server.ca_file().display().to_string();
    for (url, ca) in [(unknown, ""), (other_name, ca.as_str())] {
        let settings = [
            BOTH,
            ("REKEY__MAIL__SMTP__URL", url.as_str()),
            ("REKEY__MAIL__SMTP__TLS", "starttls"),
            ("REKEY__MAIL__SMTP__CA_FILE", ca),
        ];
        on_both_with_backup(&settings, async |app, backup| {
            let user = app.user("ann@example.test").await;
            app.send_link(user).await;
            assert_eq!((server.messages().len(), backup.messages().len()), (0, 1), "{url}");
            let log = app.latest_message().await;
            assert_eq!(log["attemptLog"][0]["stage"], "tls", "{log}");
        });
    }
}

#[test]
fn a_slow_server_is_waited_for_and_its_connections_are_used_again() {
    on_both_databases(async |app| {
        app.smtp.takes(Duration::from_millis(40));
        for number in 0..12 {
            let user = app.user(&format!("user{number}@example.test")).await;
            let answer = app.workflow("send-password-reset-email", &json!({"userId": user.to_string()})).await;
            assert_eq!(answer.status, 200);
        }
        app.drain().await;
        assert_eq!(app.smtp.messages().len(), 12);
        let most = usize::try_from(app.app.settings.mail.smtp.pool_size).unwrap();
        assert!(app.smtp.connections() <= most, "{} connections", app.smtp.connections());
    });
}
