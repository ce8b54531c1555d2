//! A success and all its effects are one transaction: whatever fails before
//! the commit leaves everything as it was, the proof included.

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::proofs::{Mode, with_password};

/// Makes every insert into (or update of) a table fail, behind rekey's back.
async fn break_table(app: &mut TestApp, table: &str, event: &str) {
    if app.database.kind() == "SQLite" {
        let sql = format!("CREATE TRIGGER broken BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END");
        app.database.run(&sql).await;
        return;
    }
    app.database
        .run("CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$")
        .await;
    let trigger = if event == "COMMIT" {
        // It fails at the very last moment.
        format!("CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW")
    } else {
        format!("CREATE TRIGGER broken BEFORE {event} ON {table} FOR EACH ROW")
    };
    app.database.run(&format!("{trigger} EXECUTE FUNCTION broken()")).await;
}

async fn mend_table(app: &mut TestApp, table: &str) {
    let on = if app.database.kind() == "SQLite" { String::new() } else { format!(" ON {table}") };
    app.database.run(&format!("DROP TRIGGER broken{on}")).await;
}

/// Everything that a completion changes, in numbers.
async fn effects(app: &mut TestApp) -> Vec<i64> {
    let mut all = Vec::new();
    for sql in [
        "SELECT count(*) AS n FROM events",
        "SELECT count(*) AS n FROM messages",
        "SELECT CAST(sum(credential_version) AS bigint) AS n FROM users",
        "SELECT count(*) AS n FROM users WHERE email_verified",
        "SELECT count(*) AS n FROM sessions WHERE ended_at IS NULL",
        "SELECT count(*) AS n FROM password_resets WHERE status = 'pending'",
        "SELECT count(*) AS n FROM password_resets WHERE status = 'completed'",
        "SELECT CAST(coalesce(sum(attempts), 0) AS bigint) AS n FROM reset_requests",
    ] {
        all.push(app.database.number(sql).await);
    }
    all
}

async fn fails_whole_and_works_afterwards(app: &mut TestApp, mode: Mode, table: &str, event: &str) {
    let email = format!("{mode:?}-{table}-{event}@example.test");
    let user = app.user(&email).await;
    let session = app.session(&email, PASSWORD).await.unwrap();
    let proof = mode.proof(app, user).await;
    let before = effects(app).await;
    break_table(app, table, event).await;
    let failed = app.workflow("reset-password", &with_password(&proof, "Another-Harbour-Lamp-1")).await;
    assert!(matches!(failed.status, 500 | 503), "{mode:?} {table}: {} {}", failed.status, failed.text);
    assert!(!failed.text.contains("broken"), "the cause is shown: {}", failed.text);
    assert_eq!(effects(app).await, before, "{mode:?}: something of a failed completion stayed ({table} {event})");
    mend_table(app, table).await;
    assert!(app.refreshes(&session).await, "{mode:?} {table}: a session ended");
    assert!(app.session(&email, PASSWORD).await.is_some(), "{mode:?} {table}: the old password is gone");
    assert!(app.session(&email, "Another-Harbour-Lamp-1").await.is_none());

    let done = app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await;
    assert_eq!(done.status, 200, "{mode:?} {table}: the proof was used up: {}", done.text);
    assert!(app.session(&email, NEW_PASSWORD).await.is_some());
    app.drain().await;
}

#[test]
fn a_completion_that_fails_before_its_commit_changes_nothing() {
    on_both_databases(async |app| {
        for mode in Mode::ALL {
            for (table, event) in
                [("events", "INSERT"), ("messages", "INSERT"), ("users", "UPDATE"), ("password_resets", "UPDATE")]
            {
                fails_whole_and_works_afterwards(app, mode, table, event).await;
            }
            if app.database.kind() == "PostgreSQL" {
                fails_whole_and_works_afterwards(app, mode, "events", "COMMIT").await;
            }
        }
    });
}

#[test]
fn a_reset_that_cannot_be_made_leaves_the_older_one_alone() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        let proof = Mode::Link.proof(app, user).await;
        let before = effects(app).await;
        break_table(app, "messages", "INSERT").await;
        let body = serde_json::json!({"userId": user.to_string()});
        for call in ["send-password-reset-email", "create-password-reset-link"] {
            let failed = app.workflow(call, &body).await;
            assert!(matches!(failed.status, 500 | 503), "{call}: {}", failed.text);
        }
        assert_eq!(effects(app).await, before);
        mend_table(app, "messages").await;
        let done = app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await;
        assert_eq!(done.status, 200, "superseded by a reset that was never made: {}", done.text);
        app.drain().await;
    });
}
