//! The audit log: one unbroken chain, whoever writes, and what breaks it shows.

use std::time::Duration;

use rekey::domain::access::{Authority, Origin};
use rekey::domain::audit::{Act, Break, Chain, Link, ends, follow};
use rekey::domain::entropy::SystemEntropy;
use rekey::store::{Database, audit};
use rekey::workflows::audit::record;
use reqwest::Method;
use serde_json::json;

use crate::support::app::{TestApp, on_both_databases, on_postgres};

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";

fn chain(app: &TestApp) -> Chain {
    Chain::Application(app.application)
}

/// Follows the chain of the application from where it begins to its end;
/// answers how many entries there are.
async fn follows(app: &TestApp) -> Result<i64, Break> {
    let database = app.app.engine.database.read();
    let Some(found) = audit::ends(database, chain(app)).await.unwrap() else { return Ok(0) };
    let (name, mut at) = (chain(app).to_string(), found.purged);
    loop {
        let some = audit::following(database, chain(app), at.position, found.last.position).await.unwrap();
        if some.is_empty() {
            break;
        }
        at = some.iter().try_fold(at, |at: Link, next| follow(at, &name, next))?;
    }
    ends(at, found.last).map(|()| at.position - found.purged.position)
}

/// The actions so far, oldest first.
async fn actions(app: &TestApp) -> Vec<String> {
    let all = audit::following(app.app.engine.database.read(), chain(app), 0, i64::MAX).await.unwrap();
    all.into_iter().map(|linked| linked.entry.action).collect()
}

#[test]
fn managed_writes_are_written_down_with_who_and_what() {
    on_both_databases(async |app| {
        let made = app.endpoint("https://8.8.8.8/secret-path?token=s3cret", &["user.created"]).await;
        let path = format!("{ENDPOINTS}/{}", made.id);
        let changed = app.call(Method::PATCH, &path, Some(&json!({"status": "DISABLED"}))).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let refused = app.call(Method::PATCH, &path, Some(&json!({"url": "https://10.0.0.1/"}))).await;
        assert_eq!(refused.status, 400);
        assert_eq!(app.call(Method::PATCH, &path, Some(&json!({}))).await.status, 200, "nothing to do");
        let user = app.user("ann@example.test").await;
        let body = json!({"userId": user.to_string(), "reason": "call 17 of ann@example.test"});
        let link = app.workflow("create-password-reset-link", &body).await;
        assert_eq!(link.status, 200, "{}", link.text);
        let cancelled = app.workflow("cancel-password-reset", &json!({"userId": user.to_string()})).await;
        assert_eq!(cancelled.body["count"], 1);
        let nothing = app.workflow("cancel-password-reset", &json!({"userId": user.to_string()})).await;
        assert_eq!(nothing.body["count"], 0);
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(
            actions(app).await,
            [
                "webhook_endpoint.created",
                "webhook_endpoint.updated",
                "user.created",
                "password_reset.link_created",
                "user.password_resets_cancelled",
                "webhook_endpoint.deleted"
            ]
        );
        assert_eq!(follows(app).await, Ok(6));
        let all = audit::following(app.app.engine.database.read(), chain(app), 0, i64::MAX).await.unwrap();
        let told: Vec<_> = all.iter().map(|linked| linked.entry.to_object()).collect();
        assert_eq!(told[0]["details"], json!({"host": "8.8.8.8"}), "never the path, which may hold a secret");
        assert_eq!(told[0]["actor"]["type"], "SERVICE_ACCOUNT");
        assert_eq!(told[0]["requestId"].as_str().map(|id| id.starts_with("req_")), Some(true));
        assert_eq!(told[0]["network"], "127.0.0.0/24");
        assert_eq!(told[1]["details"], json!({"changed": ["status"]}));
        assert_eq!(told[3]["tenantId"], json!(app.tenant));
        let details = json!({"userId": user, "lifetimeMinutes": 60, "reason": "call 17 of a…@example.test"});
        assert_eq!(told[3]["details"], details);
        app.drain().await;
    });
}

#[test]
fn a_stale_write_names_who_was_faster() {
    on_both_databases(async |app| {
        let made = app.endpoint("https://8.8.8.8/", &["user.created"]).await;
        let path = format!("{ENDPOINTS}/{}", made.id);
        let grants = rekey::domain::access::Permission::ALL;
        let grants = grants.iter().map(|permission| {
            rekey::domain::access::Grant::new(*permission, rekey::domain::access::Boundary::Application)
        });
        let (other, key) = app.account(grants.collect()).await;
        assert_eq!(app.call_as(&key, Method::PATCH, &path, Some(&json!({"status": "DISABLED"}))).await.status, 200);
        let bearer = format!("Bearer {}", app.key);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", "\"1\"")];
        let stale = app.send(Method::PATCH, &path, &headers, Some(br#"{"status":"ENABLED"}"#.to_vec())).await;
        assert_eq!((stale.status, &stale.body["code"]), (412, &json!("version_mismatch")), "{}", stale.text);
        assert_eq!(stale.body["changedBy"], json!({"type": "SERVICE_ACCOUNT", "id": other, "name": "robot"}));
        assert_eq!(stale.body["changedTime"], "2026-01-01T00:00:00.000Z");
    });
}

async fn write_many(app: &TestApp, database: &Database, many: usize) {
    let authority = Authority::new(app.scope(), Origin::command_line());
    for n in 0..many {
        let transaction = database.begin().await.unwrap();
        let act = Act::new("tenant.updated", n).with("n", n);
        record(&transaction, &authority, &SystemEntropy, app.now(), act).await.unwrap();
        // What is rolled back leaves no gap.
        if n % 5 == 4 { drop(transaction) } else { transaction.commit().await.unwrap() }
    }
}

#[test]
fn many_writers_of_several_instances_make_one_chain() {
    on_postgres(async |app| {
        let (_, second, running) = app.another_instance().await;
        let (one, two) = (&app.app.engine.database, &second.engine.database);
        let writers = (0..8).map(|n| write_many(app, if n % 2 == 0 { one } else { two }, 15));
        futures_util::future::join_all(writers).await;
        assert_eq!(follows(app).await, Ok(8 * 12));
        running.stop().await;
    });
}

#[test]
fn what_is_done_to_rows_behind_its_back_shows() {
    on_both_databases(async |app| {
        let database = app.app.engine.database.clone();
        write_many(app, &database, 10).await;
        assert_eq!(follows(app).await, Ok(8));
        let third = "WHERE position = 3";
        for (tampering, undoing) in [
            ("action = 'tenant.deleted'", "action = 'tenant.updated'"),
            ("actor_id = 'sa_1'", "actor_id = NULL"),
            ("created_at = created_at + 1", "created_at = created_at - 1"),
            ("details = '{\"n\":7}'", "details = '{\"n\":2}'"),
        ] {
            app.database.run(&format!("UPDATE audit_entries SET {tampering} {third}")).await;
            assert_eq!(follows(app).await, Err(Break::Changed(3)), "{tampering}");
            app.database.run(&format!("UPDATE audit_entries SET {undoing} {third}")).await;
            assert_eq!(follows(app).await, Ok(8), "{undoing}");
        }
        app.database.run("DELETE FROM audit_entries WHERE position = 8").await;
        assert_eq!(follows(app).await, Err(Break::Missing(8)));
        app.database.run("DELETE FROM audit_entries WHERE position = 3").await;
        assert_eq!(follows(app).await, Err(Break::Missing(3)));
    });
}

#[test]
fn what_is_past_its_time_goes_and_the_rest_still_holds() {
    on_both_databases(async |app| {
        let database = app.app.engine.database.clone();
        write_many(app, &database, 5).await;
        app.advance(audit::KEPT.saturating_sub(Duration::from_secs(60)));
        write_many(app, &database, 3).await;
        app.advance(Duration::from_secs(120));
        let purge = async || {
            let transaction = database.begin().await.unwrap();
            let round = audit::purge(&transaction, app.now()).await.unwrap();
            transaction.commit().await.unwrap();
            round
        };
        assert_eq!(purge().await.rows, 4);
        assert_eq!(purge().await.rows, 0);
        assert_eq!(follows(app).await, Ok(3));
        write_many(app, &database, 1).await;
        assert_eq!(follows(app).await, Ok(4));
        app.database.run("DELETE FROM audit_entries WHERE position = 5").await;
        assert_eq!(follows(app).await, Err(Break::Missing(5)), "the oldest that is left cannot be taken away either");
    });
}
