//! The outbox when the provider is unwell, or a worker dies.

use std::time::Duration;

use rekey::domain::entropy::SystemEntropy;
use rekey::domain::ids::TenantId;
use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::reset::Strategy;
use rekey::store::{jobs, retention};
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::proofs::{Mode, with_password};
use crate::support::resets::wrong;
use crate::support::smtp::{Fault, Received};

const BUSY: Fault = Fault::Recipient("451 4.3.0 come back later");
/// Longer than the first wait after a failure; shorter than the shortest one
/// after that plus the first.
const FIRST_WAIT: Duration = Duration::from_secs(6);

fn message_id(mail: &Received) -> String {
    let data = mail.data();
    let line = data.lines().find(|line| line.to_lowercase().starts_with("message-id:")).unwrap();
    line.split_once(':').unwrap().1.trim().to_owned()
}

async fn send(app: &TestApp, user: &str) {
    let answer = app.workflow("send-password-reset-email", &json!({"userId": user})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// How many messages have this state and tries, and an answer with these words.
async fn rows(app: &mut TestApp, state: &str, attempts: u32, words: &str) -> i64 {
    let sql = format!(
        "SELECT count(*) AS n FROM messages WHERE state = '{state}' AND attempts = {attempts} \
         AND coalesce(answer, '') LIKE '%{words}%'"
    );
    app.database.number(&sql).await
}

#[test]
fn a_busy_provider_is_tried_again_later_and_no_caller_notices() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        app.smtp.script([BUSY, Fault::Content("452 4.2.2 mailbox full")]);
        let asked = app.workflow("request-password-reset", &json!({"email": "ann@example.test"})).await;
        app.drain().await;
        assert_eq!(rows(app, "queued", 1, "451 4.3.0 come back later").await, 1);
        let again = app.workflow("request-password-reset", &json!({"email": "nobody@example.test"})).await;
        assert_eq!(asked.shape(), again.shape(), "a caller can see that mail is broken");
        app.drain().await;
        assert_eq!(rows(app, "queued", 1, "451").await, 1, "it is tried again too early");
        app.advance(FIRST_WAIT);
        app.drain().await;
        assert_eq!(rows(app, "queued", 2, "452 4.2.2 mailbox full").await, 1);
        app.advance(FIRST_WAIT);
        app.drain().await;
        assert_eq!(rows(app, "queued", 2, "452").await, 1, "the second wait is as short as the first");
        app.advance(FIRST_WAIT);
        app.drain().await;
        assert_eq!((rows(app, "sent", 3, "250").await, app.smtp.messages().len()), (1, 1));
    });
}

#[test]
fn a_refused_mail_goes_to_the_dead_letters_with_the_providers_words() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await.to_string();
        app.smtp.script([Fault::Content("554 5.6.0 not this one")]);
        send(app, &user).await;
        app.drain().await;
        assert_eq!(rows(app, "dead", 1, "554 5.6.0 not this one").await, 1);
        app.advance(Duration::from_secs(3600));
        app.drain().await;
        assert!(app.smtp.messages().is_empty(), "a dead letter was sent");
        send(app, &user).await;
        app.drain().await;
        assert_eq!(app.smtp.messages().len(), 1, "a dead letter blocks its mailbox");
    });
}

#[test]
fn a_provider_that_breaks_off_or_stalls_gets_the_same_message_again() {
    on_both_with(&[("REKEY__MAIL__SMTP__TIMEOUT_SECONDS", "1")], async |app| {
        let user = app.user("ann@example.test").await.to_string();
        app.smtp.script([Fault::DropDuringData, Fault::Stall, Fault::None]);
        send(app, &user).await;
        for tries in 1..=3 {
            app.drain().await;
            let state = if tries == 3 { "sent" } else { "queued" };
            assert_eq!(rows(app, state, tries, "").await, 1, "try {tries}");
            app.advance(FIRST_WAIT * tries);
        }
        assert_eq!(app.smtp.messages().len(), 1);
        let mail = &app.smtp.messages()[0];
        let id = app.database.number("SELECT count(*) AS n FROM messages").await;
        assert_eq!(id, 1);
        assert!(message_id(mail).starts_with("<message_"), "the id is not the row's: {}", message_id(mail));
    });
}

#[test]
fn a_mail_whose_fate_is_unknown_comes_again_under_the_same_name() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await.to_string();
        send(app, &user).await;
        app.drain().await;
        // The worker died after the provider took it and before it could note that.
        app.database.run("UPDATE messages SET state = 'queued', finished_at = NULL").await;
        app.drain().await;
        let mails = app.smtp.messages();
        assert_eq!(mails.len(), 2);
        assert_eq!(message_id(&mails[0]), message_id(&mails[1]));
        assert_eq!(mails[0].link_token(), mails[1].link_token());
    });
}

#[test]
fn a_secret_is_never_sent_late() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        app.smtp.script([BUSY; 20]);
        send(app, &user.to_string()).await;
        for _ in 0..15 {
            app.drain().await;
            app.advance(Duration::from_secs(121));
        }
        app.smtp.script([Fault::None]);
        app.advance(Duration::from_secs(1800));
        app.drain().await;
        assert_eq!(app.messages(user, "PASSWORD_RESET_LINK", "dropped").await, 1);
        assert!(app.smtp.messages().is_empty());
    });
}

#[test]
fn the_mail_of_a_superseded_reset_is_dropped_with_it_and_a_notice_is_not() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await.to_string();
        send(app, &user).await;
        let answer = app.workflow("create-password-reset-link", &json!({"userId": user})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(rows(app, "dropped", 0, "not pending").await, 1);
        send(app, &user).await;
        assert_eq!(rows(app, "queued", 0, "").await, 2);
        app.drain().await;
        assert_eq!(app.smtp.messages().len(), 2);
    });
}

#[test]
fn a_mailbox_is_served_in_order_and_holds_up_no_other() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let bob = app.user("bob@example.test").await;
        let link = Mode::HandedOver.proof(app, ann).await;
        assert_eq!(app.smtp.messages().len(), 1);
        app.advance(Duration::from_secs(1));
        app.smtp.script([BUSY]);
        let done = app.workflow("reset-password", &with_password(&link, NEW_PASSWORD)).await;
        assert_eq!(done.status, 200);
        app.drain().await;
        app.advance(Duration::from_secs(1));
        send(app, &ann.to_string()).await;
        send(app, &bob.to_string()).await;
        app.drain().await;
        let to: Vec<String> = app.smtp.messages().iter().skip(1).flat_map(|mail| mail.to.clone()).collect();
        assert_eq!(to, ["bob@example.test"], "a mail overtook the one before it, or waited for a stranger's");
        app.advance(FIRST_WAIT);
        app.drain().await;
        let mails = app.smtp.messages();
        let texts: Vec<bool> = mails.iter().skip(2).map(|mail| mail.text().contains("token=")).collect();
        assert_eq!(texts, [false, true], "first the notice, then the link");
    });
}

#[test]
fn the_work_of_a_dead_worker_is_taken_over_when_its_lease_is_over() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let body = json!({"email": "ann@example.test"});
        assert_eq!(app.workflow("request-password-reset", &body).await.status, 200);
        let until = (app.now() + Duration::from_secs(60)).as_millis();
        app.database.run(&format!("UPDATE jobs SET leased_by = 'dead', leased_until = {until}")).await;
        app.advance(Duration::from_millis(59_999));
        app.drain().await;
        assert_eq!(app.database.count("messages").await, 0, "a job was taken from a worker that may live");
        app.smtp.script([BUSY]);
        app.advance(Duration::from_millis(1));
        app.drain().await;
        let until = (app.now() + Duration::from_secs(600)).as_millis();
        app.database.run(&format!("UPDATE messages SET run_at = 0, leased_by = 'dead', leased_until = {until}")).await;
        app.advance(Duration::from_millis(599_999));
        app.drain().await;
        assert!(app.smtp.messages().is_empty(), "a mail was taken from a worker that may live");
        app.advance(Duration::from_millis(1));
        app.drain().await;
        assert_eq!(app.smtp.messages().len(), 1);
    });
}

#[test]
fn a_row_that_cannot_be_read_or_written_is_a_dead_letter_and_holds_up_nobody() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let bob = app.user("bob@example.test").await;
        let gone = TenantId::generate(app.now(), &SystemEntropy);
        for (broken, words) in
            [("kind = 'NONSENSE'".to_owned(), "unreadable"), (format!("tenant_id = '{gone}'"), "compose")]
        {
            let arrived = app.smtp.messages().len();
            send(app, &ann.to_string()).await;
            // With an address of its own it outlives the reset, as a notice does.
            let broken = format!("{broken}, recipient = 'ann@example.test'");
            app.database.run(&format!("UPDATE messages SET {broken} WHERE state = 'queued'")).await;
            app.advance(Duration::from_secs(1));
            send(app, &ann.to_string()).await;
            send(app, &bob.to_string()).await;
            app.drain().await;
            app.drain().await;
            assert_eq!(rows(app, "dead", 1, words).await, 1, "{broken}");
            assert_eq!(app.smtp.messages().len(), arrived + 2, "{broken} holds up others");
        }
    });
}

#[test]
fn more_mails_than_connections_all_arrive() {
    on_both_with(&[("REKEY__MAIL__SMTP__POOL_SIZE", "2")], async |app| {
        for number in 0..9 {
            let user = app.user(&format!("user{number}@example.test")).await;
            send(app, &user.to_string()).await;
        }
        app.drain().await;
        assert_eq!((rows(app, "sent", 1, "250").await, app.smtp.messages().len()), (9, 9));
        assert!(app.smtp.connections() <= 2, "more connections than allowed");
    });
}

#[test]
fn a_dead_job_is_kept_for_an_hour_and_only_its_worker_can_bury_one() {
    on_both_databases(async |app| {
        let body = json!({"email": "ann@example.test"});
        assert_eq!(app.workflow("request-password-reset", &body).await.status, 200);
        let database = app.app.engine.database.clone();
        let lease = Duration::from_secs(60);
        let leased = jobs::lease(database.write(), "slow", 1, lease, app.now()).await.unwrap();
        app.advance(lease);
        assert_eq!(jobs::lease(database.write(), "heir", 1, lease, app.now()).await.unwrap().len(), 1);
        let dead = "SELECT count(*) AS n FROM jobs WHERE dead";
        jobs::give_back(database.write(), "slow", leased[0].id, None, "too late").await.unwrap();
        assert_eq!(app.database.number(dead).await, 0, "it was buried while somebody else had it");
        jobs::give_back(database.write(), "heir", leased[0].id, None, "in vain").await.unwrap();
        assert_eq!(app.database.number(dead).await, 1);
        retention::purge(database.write(), app.now()).await.unwrap();
        assert_eq!(app.database.count("jobs").await, 1, "it went too early");
        app.advance(Duration::from_secs(3600));
        assert!(!retention::purge(database.write(), app.now()).await.unwrap().more);
        assert_eq!(app.database.count("jobs").await, 0, "it keeps an address");
    });
}

#[test]
fn what_is_past_its_time_is_deleted_in_steps() {
    on_both_databases(async |app| {
        let rows: Vec<String> = (0..501).map(|n| format!("('e{n}', 'a', NULL, NULL, 'k', '{{}}', 0)")).collect();
        let columns = "id, application_id, tenant_id, user_id, kind, data, created_at";
        app.database.run(&format!("INSERT INTO events ({columns}) VALUES {}", rows.join(", "))).await;
        let database = app.app.engine.database.clone();
        let first = retention::purge(database.write(), app.now()).await.unwrap();
        let second = retention::purge(database.write(), app.now()).await.unwrap();
        assert_eq!((first.rows, first.more, second.rows, second.more), (500, true, 1, false));
    });
}

#[test]
fn a_code_is_not_sent_again_while_the_budget_of_wrong_ones_is_spent() {
    on_both_with(&[("REKEY__LIMITS__WRONG_CODES_PER_ACCOUNT", "2")], async |app| {
        app.user("ann@example.test").await;
        app.policy(WorkflowOverrides { strategy: Some(Strategy::Otp), ..WorkflowOverrides::default() }).await;
        let (request, code) = app.code("ann@example.test").await;
        for _ in 0..2 {
            let body = json!({"requestCode": request, "verificationCode": wrong(&code)});
            assert_ne!(app.workflow("verify-code", &body).await.status, 200);
        }
        app.advance(Duration::from_secs(61));
        assert_eq!(app.resend(&request).await.status, 200);
        let mail = app.latest_mail().await;
        assert_eq!(app.smtp.messages().len(), 2);
        assert!(!mail.text().contains(&code), "{}", mail.text());
    });
}
