//! Addresses that a provider has refused, and messages sent once more.

use std::time::Duration;

use rekey::domain::access::{Boundary, Grant, Permission};
use rekey::store::retention;
use reqwest::Method;
use serde_json::json;

use crate::support::app::{TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;
use crate::support::smtp::Fault;

const REFUSED: Fault = Fault::Recipient("550 5.1.1 no such mailbox");
const SUPPRESSIONS: &str = "/api/v1/messages/suppressions";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn suppressed(app: &TestApp) -> Vec<serde_json::Value> {
    let answer = app.get(SUPPRESSIONS).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["items"].as_array().unwrap().clone()
}

#[test]
fn a_refused_address_gets_no_mail_until_its_time_is_over() {
    on_both_with(&[("REKEY__MAIL__SUPPRESSION_DAYS", "2")], async |app| {
        let ann = app.user("ann@example.test").await;
        app.smtp.script([REFUSED]);
        app.send_link(ann).await;
        let refused = app.latest_message().await;
        assert_eq!((&refused["state"], &refused["attemptLog"][0]["outcome"]), (&json!("DEAD"), &json!("REFUSED")));
        app.advance(Duration::from_secs(1));
        app.send_link(ann).await;
        let kept = app.latest_message().await;
        assert_eq!((&kept["state"], &kept["attemptLog"]), (&json!("SUPPRESSED"), &json!([])));
        assert_eq!(kept["attempts"], 0, "it was offered to nobody");
        assert!(app.smtp.messages().is_empty());
        let all = suppressed(app).await;
        assert_eq!(all.len(), 1);
        assert_eq!(
            (&all[0]["messageId"], &all[0]["answer"], &all[0]["expiryTime"]),
            (&refused["id"], &json!("550 5.1.1 no such mailbox"), &json!("2026-01-03T00:00:00.000Z"))
        );
        assert!(!all[0]["address"].as_str().unwrap().contains("ann@"), "{}", all[0]);
        assert!(!app.database.text("SELECT address || shown AS t FROM mail_suppressions").await.contains("ann@"));
        let found = app.get(&format!("{SUPPRESSIONS}?email=ANN@Example.Test")).await;
        assert_eq!(found.body["totalResults"], 1);
        assert_eq!(app.get(&format!("{SUPPRESSIONS}?email=bob@example.test")).await.body["totalResults"], 0);
        app.advance(2 * DAY);
        assert!(suppressed(app).await.is_empty());
        app.send_link(ann).await;
        assert_eq!(app.smtp.messages().len(), 1);
        retention::purge(app.app.engine.database.write(), app.now()).await.unwrap();
        assert_eq!(app.database.count("mail_suppressions").await, 0);
    });
}

#[test]
fn an_alarm_is_tried_all_the_same_and_one_that_arrives_lifts_it() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        app.smtp.script([REFUSED, REFUSED]);
        app.send_link(ann).await;
        app.advance(Duration::from_secs(1));
        let notice = json!({"userId": ann.to_string()});
        assert_eq!(app.workflow("create-password-reset-link", &notice).await.status, 200);
        app.drain().await;
        let alarm = app.latest_message().await;
        assert_eq!((&alarm["kind"], &alarm["state"]), (&json!("PASSWORD_RESET_LINK_CREATED"), &json!("DEAD")));
        assert_eq!(suppressed(app).await.len(), 1);
        app.advance(Duration::from_secs(1));
        assert_eq!(app.workflow("create-password-reset-link", &notice).await.status, 200);
        app.drain().await;
        assert_eq!((app.smtp.messages().len(), suppressed(app).await.len()), (1, 0));
        app.send_link(ann).await;
        assert_eq!(app.smtp.messages().len(), 2);
    });
}

#[test]
fn a_suppression_is_removed_by_hand_and_written_down() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        app.smtp.script([REFUSED]);
        app.send_link(ann).await;
        let id = suppressed(app).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("{SUPPRESSIONS}/{id}");
        let (_, _, stranger) = app.another_application("other").await;
        let elsewhere = app.another_tenant("elsewhere").await;
        let boundary = Boundary::TenantInclusionList([elsewhere].into());
        let both = [Permission::MessageRead, Permission::MessageWrite];
        let grants = both.map(|permission| Grant::new(permission, boundary.clone()));
        let (_, neighbour) = app.account(grants.into()).await;
        for key in [&stranger, &neighbour] {
            assert_eq!(app.call_as(key, Method::DELETE, &path, None).await.status, 404);
            assert_eq!(app.call_as(key, Method::GET, SUPPRESSIONS, None).await.body["totalResults"], 0);
            assert_eq!(app.call_as(key, Method::GET, "/api/v1/messages", None).await.body["totalResults"], 0);
        }
        assert_eq!(app.call_as(&app.key, Method::DELETE, &path, None).await.status, 204);
        assert_eq!(app.call_as(&app.key, Method::DELETE, &path, None).await.status, 404);
        let acts = "SELECT count(*) AS n FROM audit_entries WHERE action = 'suppression.deleted'";
        assert_eq!(app.database.number(acts).await, 1);
        app.send_link(ann).await;
        assert_eq!(app.smtp.messages().len(), 1);
    });
}

async fn replay(app: &TestApp, path: &str) -> Answer {
    app.call_as(&app.key, Method::POST, path, None).await
}

#[test]
fn a_dead_or_suppressed_message_is_sent_once_more_while_its_secret_is_good() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        app.smtp.script([Fault::Content("554 5.6.0 not this one")]);
        app.send_link(ann).await;
        let id = app.latest_message().await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/messages/{id}/replay");
        let before = app.latest_message().await["metadata"].clone();
        app.advance(Duration::from_secs(2));
        let again = replay(app, &path).await;
        assert_eq!((again.status, &again.body["state"]), (202, &json!("QUEUED")), "{}", again.text);
        let after = &app.latest_message().await["metadata"];
        assert_eq!(after, &again.body["metadata"]);
        assert!(after["version"].as_i64() > before["version"].as_i64(), "{before} {after}");
        assert!(after["lastModifiedTime"].as_str() > before["lastModifiedTime"].as_str(), "{before} {after}");
        assert_eq!(after["creationTime"], before["creationTime"]);
        let twice = replay(app, &path).await;
        assert_eq!((twice.status, &twice.body["code"]), (409, &json!("message_not_replayable")));
        app.drain().await;
        let mails = app.smtp.messages();
        assert_eq!((mails.len(), app.latest_message().await["attemptLog"].as_array().unwrap().len()), (1, 2));
        assert!(mails[0].header("Message-ID").unwrap().contains(&id));
        let acts = "SELECT count(*) AS n FROM audit_entries WHERE action = 'message.replayed'";
        assert_eq!(app.database.number(acts).await, 1);
        app.database.run("UPDATE messages SET state = 'dead'").await;
        app.advance(DAY);
        let late = replay(app, &path).await;
        assert_eq!((late.status, &late.body["code"]), (409, &json!("message_secret_over")), "{}", late.text);
        app.drain().await;
        assert_eq!(app.smtp.messages().len(), 1);
    });
}

#[test]
fn messages_are_found_by_what_they_are_and_never_show_a_secret() {
    on_both_databases(async |app| {
        let (ann, bob) = (app.user("ann@example.test").await, app.user("bob@example.test").await);
        app.send_link(ann).await;
        app.advance(Duration::from_secs(1));
        let token = app.latest_mail().await.link_token();
        let answer: &'static str = format!("554 5.7.1 https://rekey.test/x?token={token} is on a list").leak();
        app.smtp.script([Fault::Content(answer)]);
        app.database.run("UPDATE messages SET state = 'queued', finished_at = NULL").await;
        app.drain().await;
        app.smtp.script([REFUSED]);
        let notice = json!({"userId": bob.to_string()});
        assert_eq!(app.workflow("create-password-reset-link", &notice).await.status, 200);
        app.drain().await;
        assert_eq!(app.outbox("state=DEAD").await.len(), 2);
        assert_eq!(app.outbox("state=DEAD&kind=PASSWORD_RESET_LINK").await.len(), 1);
        assert_eq!(app.outbox(&format!("userId={bob}&tenantId={}", app.tenant)).await.len(), 1);
        let shown = app.get("/api/v1/messages").await.text;
        let dead = &app.outbox("state=DEAD&kind=PASSWORD_RESET_LINK").await[0];
        let one = app.get(&format!("/api/v1/messages/{}", dead["id"].as_str().unwrap())).await.text;
        for text in [&shown, &one, &app.database.dump().await] {
            assert!(!text.contains(&token), "the token is in {text}");
        }
        assert!(one.contains("token=(hidden) is on a list"), "{one}");
        assert!(shown.contains("bob@example.test"), "to whom it did not go: {shown}");
        let refused = app.get("/api/v1/messages?state=queued&kind=x&userId=y&tenantId=z").await;
        for (field, code) in [
            ("state", "invalid_value"),
            ("kind", "invalid_value"),
            ("userId", "invalid_id"),
            ("tenantId", "invalid_id"),
        ] {
            assert_eq!(refused.violations(field), [code], "{}", refused.text);
        }
    });
}

#[test]
fn attempts_go_with_their_message() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        app.send_link(ann).await;
        assert_eq!(app.database.count("message_attempts").await, 1);
        let database = app.app.engine.database.clone();
        app.advance(29 * DAY);
        retention::purge(database.write(), app.now()).await.unwrap();
        assert_eq!(app.database.count("message_attempts").await, 1);
        app.advance(2 * DAY);
        retention::purge(database.write(), app.now()).await.unwrap();
        assert_eq!((app.database.count("messages").await, app.database.count("message_attempts").await), (0, 0));
    });
}

#[test]
fn a_message_says_to_whom_it_went_and_what_it_was_written_from_and_why() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let slot = json!({"kind": "PASSWORD_RESET_LINK", "locale": "de"});
        let mut drafted = slot.clone();
        drafted["parts"] = json!({"subject": "Neues Passwort"});
        for (method, call, body) in [(Method::PUT, "draft", &drafted), (Method::POST, "publish", &slot)] {
            let done = app.call_as(&app.key, method, &format!("/api/v1/email-templates/{call}"), Some(body)).await;
            assert!(done.status < 300, "{}", done.text);
        }
        let ask = json!({"userId": ann.to_string(), "locale": "de-AT"});
        assert_eq!(app.workflow("send-password-reset-email", &ask).await.status, 200);
        let waiting = app.latest_message().await;
        assert_eq!((&waiting["recipient"], &waiting["template"]), (&json!("ann@example.test"), &json!(null)));
        app.drain().await;
        let sent = app.latest_message().await;
        assert_eq!((&sent["state"], &sent["recipient"]), (&json!("SENT"), &json!("ann@example.test")));
        assert_eq!((&sent["locale"], &sent["template"]["because"]), (&json!("de"), &json!("REQUEST")));
        let parts = &sent["template"]["parts"];
        let own = json!({"level": "APPLICATION", "locale": "de", "because": "REQUEST", "version": 1});
        assert_eq!((&parts["subject"], &parts["html"]["level"]), (&own, &json!("BUILT_IN")));
        let mut olga = crate::support::console::Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}/messages", app.application);
        let list = olga.get(app, &here).await;
        assert!(list.text.contains("<bdi>ann@example.test</bdi>"), "{}", list.text);
        let page = olga.get(app, &format!("{here}/{}", sent["id"].as_str().unwrap())).await;
        for words in [
            "<bdi>ann@example.test</bdi>",
            "<dd>de, as asked for</dd>",
            "<dt>subject</dt><dd>of the application, version 1, in de (as asked for)</dd>",
        ] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
    });
}

#[test]
fn a_mail_that_was_dropped_before_it_was_offered_was_not_tried() {
    on_both_databases(async |app| {
        let ann = app.user("ann@example.test").await;
        let ask = json!({"userId": ann.to_string()});
        assert_eq!(app.workflow("send-password-reset-email", &ask).await.status, 200);
        app.database.run("UPDATE users SET disabled = true").await;
        app.drain().await;
        let dropped = app.latest_message().await;
        assert_eq!(
            (&dropped["state"], &dropped["attempts"], &dropped["attemptLog"]),
            (&json!("DROPPED"), &json!(0), &json!([]))
        );
        assert_eq!(dropped["outcome"], "the account has changed since");
    });
}
