//! `/api/v1/audit-log`: listed, exported and verified through the door.

use std::collections::BTreeMap;

use rekey::domain::access::{Authority, Boundary, Origin, Permission};
use rekey::domain::audit::Act;
use rekey::domain::entropy::SystemEntropy;
use rekey::domain::secret::{hex, unhex};
use rekey::workflows::audit::record;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::app::{TestApp, on_both_databases};
use crate::support::managed::{every_permission, some};

const LOG: &str = "/api/v1/audit-log";

async fn tenant(app: &TestApp, name: &str) -> String {
    let made = app.post("/api/v1/tenants", &json!({"name": name})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.text_at("/id")
}

#[test]
fn a_caller_of_one_tenant_sees_its_entries_and_no_others() {
    on_both_databases(async |app| {
        let (one, two) = (tenant(app, "one").await, tenant(app, "two").await);
        app.endpoint("https://8.8.8.8/", &["user.created"]).await;
        let (_, bounded) = app.account(every_permission(&Boundary::Tenant(one.parse().unwrap()))).await;
        let seen = app.call_as(&bounded, Method::GET, LOG, None).await;
        assert_eq!((seen.status, &seen.body["totalResults"]), (200, &json!(1)), "{}", seen.text);
        assert_eq!(seen.text_at("/items/0/tenantId"), one);
        let excluded = Boundary::TenantExclusionList([two.parse().unwrap()].into());
        let (_, excluded) = app.account(every_permission(&excluded)).await;
        let seen = app.call_as(&excluded, Method::GET, LOG, None).await;
        assert_eq!(seen.body["totalResults"], 1, "what is of no tenant is for the whole application: {}", seen.text);
        for path in ["export", "verify"] {
            let refused = app.call_as(&bounded, Method::GET, &format!("{LOG}/{path}"), None).await;
            assert_eq!(refused.told(), "403 forbidden", "{path}");
        }
        let (_, _, stranger) = app.another_application("other").await;
        assert_eq!(app.call_as(&stranger, Method::GET, LOG, None).await.body["totalResults"], 0);
        let all = app.get(&format!("{LOG}?query=targetType%20eq%20%22tenant%22&sort_by=position:asc")).await;
        assert_eq!(all.body["totalResults"], 2, "{}", all.text);
        assert_eq!(all.text_at("/items/1/target/id"), two);
        let wrong = app.get(&format!("{LOG}?query=secret%20eq%20%22x%22")).await;
        assert_eq!(wrong.violations("query"), ["unknown_attribute"]);
        app.drain().await;
    });
}

/// Checks an export as somebody would who has nothing else: each line is its
/// entry, its hash and the one before it.
fn holds(export: &str) -> bool {
    let mut previous = "0".repeat(64);
    export.lines().all(|line| {
        // In the order of their names, whatever order the library keeps.
        let mut members: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
        let (hash, before) = (members.remove("hash").unwrap(), members.remove("previousHash").unwrap());
        let text = serde_json::to_string(&members).unwrap();
        let bytes = unhex::<32>(&previous).unwrap();
        let computed = Sha256::new().chain_update(bytes).chain_update(text).finalize();
        let computed = hex(&computed);
        let is_next = before == previous.as_str() && hash == computed.as_str();
        previous = computed;
        is_next
    })
}

#[test]
fn an_export_can_be_checked_by_whoever_holds_it() {
    on_both_databases(async |app| {
        for n in 0..3 {
            tenant(app, &format!("tenant {n}")).await;
        }
        let export = app.get(&format!("{LOG}/export")).await;
        assert_eq!((export.status, export.headers["content-type"].as_str()), (200, "application/x-ndjson"));
        assert_eq!(export.text.lines().count(), 3);
        assert!(holds(&export.text), "{}", export.text);
        assert!(!holds(&export.text.replace("tenant 1", "tenant 7")));
        let without = export.text.lines().take(1).chain(export.text.lines().skip(2)).collect::<Vec<_>>().join("\n");
        assert!(!holds(&without));
    });
}

#[test]
fn a_log_longer_than_any_batch_is_exported_and_verified_whole() {
    on_both_databases(async |app| {
        let authority = Authority::new(app.scope(), Origin::command_line());
        let transaction = app.app.engine.database.begin().await.unwrap();
        for n in 0..1234 {
            let act = Act::new("tenant.updated", n).with("n", n);
            record(&transaction, &authority, &SystemEntropy, app.now(), act).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let export = app.get(&format!("{LOG}/export")).await;
        assert_eq!(export.text.lines().count(), 1234);
        assert!(holds(&export.text));
        let whole = app.get(&format!("{LOG}/verify")).await;
        assert_eq!((&whole.body["valid"], &whole.body["entries"]), (&json!(true), &json!(1234)), "{}", whole.text);
        let last: Value = serde_json::from_str(export.text.lines().last().unwrap()).unwrap();
        assert_eq!(whole.body["lastHash"], last["hash"]);
    });
}

#[test]
fn a_row_that_was_changed_by_sql_shows() {
    on_both_databases(async |app| {
        for n in 0..5 {
            tenant(app, &format!("tenant {n}")).await;
        }
        let whole = app.get(&format!("{LOG}/verify")).await;
        assert_eq!((&whole.body["valid"], &whole.body["entries"]), (&json!(true), &json!(5)), "{}", whole.text);
        app.database.run("UPDATE audit_entries SET target_id = 'tenant_x' WHERE position = 2").await;
        let broken = app.get(&format!("{LOG}/verify")).await;
        assert_eq!(broken.body["valid"], false);
        assert_eq!(broken.body["broken"]["position"], 2, "{}", broken.text);
        assert_eq!(broken.text_at("/broken/code"), "CHANGED");
        app.database.run("DELETE FROM audit_entries WHERE position = 2").await;
        assert_eq!(app.get(&format!("{LOG}/verify")).await.text_at("/broken/code"), "MISSING");
        app.database.run("DELETE FROM audit_chains").await;
        assert_eq!(app.get(&format!("{LOG}/verify")).await.text_at("/broken/code"), "END");
    });
}

#[test]
fn the_log_needs_its_own_permission() {
    on_both_databases(async |app| {
        let (_, key) = app.account(some(&[Permission::TenantRead, Permission::ServiceAccountWrite])).await;
        for path in ["", "/export", "/verify"] {
            let refused = app.call_as(&key, Method::GET, &format!("{LOG}{path}"), None).await;
            assert_eq!(refused.told(), "403 forbidden");
        }
        let above = "/api/v1/operators/audit-log";
        assert_eq!(app.get(above).await.told(), "403 forbidden", "whatever an account holds");
        let operator = app.operator("Ada").await;
        let seen = app.call_as(&operator, Method::GET, above, None).await;
        assert_eq!(seen.text_at("/items/0/action"), "operator.created");
        assert_eq!(seen.body["items"][0]["actor"], json!({"type": "COMMAND_LINE", "id": null}));
        let whole = app.call_as(&operator, Method::GET, &format!("{above}/verify"), None).await;
        assert_eq!((&whole.body["valid"], &whole.body["entries"]), (&json!(true), &json!(1)));
        let export = app.call_as(&operator, Method::GET, &format!("{above}/export"), None).await;
        assert!(holds(&export.text), "{}", export.text);
    });
}
