//! The process dies without warning, at one moment after another.

use std::collections::HashMap;
use std::time::Duration;

use rekey::app::App;
use rekey::domain::ids::UserId;
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::installation::{Installation, Node, PASSWORD, with};
use crate::smtp::Fault;

const ROUNDS: u64 = 10;
const CALLERS: usize = 4;

fn password(round: u64, number: usize) -> String {
    format!("Crashing-Harbour-Lamp-{round:04}-{number}")
}

/// What became of a round when its process was killed.
struct Round {
    number: u64,
    email: String,
    code: String,
    /// The passwords whose completion was acknowledged.
    acknowledged: Vec<usize>,
}

fn completion(code: &str, password: &str) -> Value {
    json!({"passwordResetCode": code, "newPassword": password})
}

/// Completions and requests for mail are under way when the process dies,
/// each round a little later.
async fn crash(installation: &Installation, inside: &App, node: Node, number: u64) -> Round {
    let email = format!("user{number}@example.test");
    let user = installation.user(inside, &email).await;
    let bystander = installation.user(inside, &format!("bystander{number}@example.test")).await;
    let code = installation.handed_over(&node, user).await;
    if number % 3 == 2 {
        // The provider says nothing more, so the process dies in the middle of a delivery.
        installation.smtp.script([Fault::Stall]);
    }
    let bodies: Vec<Value> = (0..CALLERS).map(|caller| completion(&code, &password(number, caller))).collect();
    let work = async {
        mail(installation, &node, bystander).await;
        installation.crowd(&[&node], "reset-password", &bodies).await
    };
    let killer = async {
        tokio::time::sleep(Duration::from_millis(number * 15)).await;
        let id = node.id();
        assert!(std::process::Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    };
    let (answers, ()) = tokio::join!(work, killer);
    node.kill();
    let answers = answers.iter().enumerate();
    let acknowledged = answers.filter(|(_, answer)| answer.as_ref().is_some_and(|answer| answer.status == 200));
    Round { number, email, code, acknowledged: acknowledged.map(|(number, _)| number).collect() }
}

async fn mail(installation: &Installation, node: &Node, user: UserId) {
    installation.try_call(&node.url, "send-password-reset-email", &json!({"userId": user.to_string()})).await;
}

/// Either the old password works and the proof does, or a new one works and
/// the proof does not.
async fn whole(installation: &Installation, inside: &App, node: &Node, round: &Round) {
    let mut works = Vec::new();
    for caller in 0..CALLERS {
        if installation.session(inside, &round.email, &password(round.number, caller)).await.is_some() {
            works.push(caller);
        }
    }
    let old = installation.session(inside, &round.email, PASSWORD).await.is_some();
    let number = round.number;
    assert_eq!(works.len() + usize::from(old), 1, "round {number}: {works:?} work, the old one: {old}");
    for told in &round.acknowledged {
        assert!(works.contains(told), "round {number}: an acknowledged reset is lost");
    }
    let body = completion(&round.code, &password(number, 9));
    let again = installation.call(&node.url, "reset-password", &body).await;
    assert_eq!(again.status, if old { 200 } else { 400 }, "round {number}: {}", again.text);
    let now = if old { password(number, 9) } else { password(number, works[0]) };
    assert!(installation.session(inside, &round.email, &now).await.is_some());
}

/// Whoever was mailed to, and how often, by `Message-ID`.
fn deliveries(installation: &Installation) -> HashMap<String, usize> {
    let mut count = HashMap::new();
    for mail in installation.smtp.messages() {
        let data = mail.data();
        let id = data.lines().find(|line| line.to_lowercase().starts_with("message-id:")).unwrap().to_owned();
        *count.entry(id).or_default() += 1;
    }
    count
}

async fn crashes_lose_nothing(installation: &mut Installation) {
    installation.set("REKEY__MAIL__SMTP__TIMEOUT_SECONDS", "2");
    installation.bootstrap();
    let inside = installation.inside().await;
    let mut node = installation.node().await;
    let mut completed = 0;
    for number in 0..ROUNDS {
        let round = crash(installation, &inside, node, number).await;
        // The leases of the dead run out by themselves; nobody waits for that
        // here. Only theirs: nobody is alive at this moment.
        installation.database.run("UPDATE messages SET leased_until = 0 WHERE leased_until > 0").await;
        installation.database.run("UPDATE jobs SET leased_until = 0 WHERE leased_until > 0").await;
        node = installation.node().await;
        whole(installation, &inside, &node, &round).await;
        completed += usize::from(!round.acknowledged.is_empty());
    }
    println!("{completed} of {ROUNDS} rounds were acknowledged before the end");
    let waiting = "SELECT count(*) AS n FROM messages WHERE state = 'queued'";
    installation.until(waiting, 0, Duration::from_secs(40)).await;
    let sent = "SELECT count(*) AS n FROM messages WHERE state = 'sent'";
    let sent = usize::try_from(installation.database.number(sent).await).unwrap();
    let deliveries = deliveries(installation);
    assert_eq!(deliveries.len(), sent, "a mail was noted as sent and never was, or the other way round");
    assert!(deliveries.values().all(|times| *times <= 2), "a mail came more than twice: {deliveries:?}");
    assert_eq!(installation.database.number("SELECT count(*) AS n FROM messages WHERE state = 'dead'").await, 0);
    let notices = "SELECT count(*) AS n FROM messages WHERE kind = 'PASSWORD_UPDATED' AND state = 'sent'";
    let notices = installation.database.number(notices).await;
    assert_eq!(notices, i64::try_from(ROUNDS).unwrap(), "each account was changed once and told once");
    inside.engine.database.clone().close().await.unwrap();
}

#[test]
fn a_crash_leaves_everything_whole_on_sqlite() {
    with(TestDatabase::sqlite, async |installation| Box::pin(crashes_lose_nothing(installation)).await);
}

#[test]
fn a_crash_leaves_everything_whole_on_postgresql() {
    with(TestDatabase::postgres, async |installation| Box::pin(crashes_lose_nothing(installation)).await);
}
