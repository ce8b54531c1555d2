//! The process dies at each step of a delivery.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::database::TestDatabase;
use crate::installation::{Installation, with};
use crate::smtp::{Mood, Step};

const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the mail server stalls once more.
async fn stalls(installation: &Installation, before: usize) {
    let begun = Instant::now();
    while installation.smtp.stalls() == before {
        assert!(begun.elapsed() < PATIENCE, "the mail did not come so far");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn no_mail_is_lost_at_any_step(installation: &mut Installation) {
    installation.bootstrap();
    let inside = installation.inside().await;
    let mut node = installation.node().await;
    for (number, step) in Step::ALL.into_iter().enumerate() {
        let user = installation.user(&inside, &format!("user{number}@example.test")).await;
        let before = installation.smtp.stalls();
        installation.smtp.is(Mood::Stalls(step));
        let body = json!({"userId": user.to_string()});
        assert_eq!(installation.call(&node.url, "send-password-reset-email", &body).await.status, 200);
        stalls(installation, before).await;
        node.kill();
        installation.smtp.is(Mood::Well);
        // Nobody waits here until the leases of the dead run out.
        installation.database.run("UPDATE messages SET leased_until = 0 WHERE leased_until > 0").await;
        node = installation.node().await;
        let waiting = "SELECT count(*) AS n FROM messages WHERE state = 'queued'";
        installation.until(waiting, 0, PATIENCE).await;
        let sent = "SELECT count(*) AS n FROM messages WHERE state = 'sent'";
        assert_eq!(installation.database.number(sent).await, i64::try_from(number).unwrap() + 1, "{step:?}");
        // The next delivery begins with a new connection, not with a kept one.
        assert!(node.stop());
        node = installation.node().await;
    }
    let mut names: HashMap<(String, String), usize> = HashMap::new();
    for mail in installation.smtp.messages() {
        *names.entry((mail.to[0].clone(), mail.header("Message-ID").unwrap())).or_default() += 1;
    }
    for (number, step) in Step::ALL.into_iter().enumerate() {
        let address = format!("user{number}@example.test");
        let times: Vec<usize> = names.iter().filter(|((to, _), _)| *to == address).map(|(_, times)| *times).collect();
        // One name each; only the mail that was taken at the very end comes twice.
        let expected = if step == Step::Taken { 2 } else { 1 };
        assert_eq!(times, [expected], "{step:?}");
    }
    inside.engine.database.clone().close().await.unwrap();
}

#[test]
fn a_delivery_survives_its_process_at_every_step_on_sqlite() {
    with(TestDatabase::sqlite, async |installation| Box::pin(no_mail_is_lost_at_any_step(installation)).await);
}

#[test]
fn a_delivery_survives_its_process_at_every_step_on_postgresql() {
    with(TestDatabase::postgres, async |installation| Box::pin(no_mail_is_lost_at_any_step(installation)).await);
}
