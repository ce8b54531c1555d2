//! Operators: above all applications, and in one at a time as if they held
//! every grant there.

use rekey::domain::access::Boundary;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::on_both_databases;
use crate::support::managed::every_permission;

const APPLICATIONS: &str = "/api/v1/applications";
const NOBODY: &str = "01JH0000000000000000000000";

#[test]
fn what_is_above_all_applications_is_for_operators_alone() {
    on_both_databases(async |app| {
        let (_, all) = app.account(every_permission(&Boundary::Application)).await;
        let operator = app.operator("Ada").await;
        let only: Vec<_> = rekey::app::tables().into_iter().flatten().filter(|route| route.operator).collect();
        assert!(only.len() >= 13, "{}", only.len());
        app.operator("Eve").await;
        let eve = app.database.text("SELECT id AS t FROM operators WHERE name = 'Eve'").await;
        let key = app.database.text(&format!("SELECT id AS t FROM operator_keys WHERE operator_id = '{eve}'")).await;
        for route in only {
            let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
            let id = if route.tag == "Operators" { eve.clone() } else { app.application.to_string() };
            let path = route.path.replace("{id}", &id).replace("{keyId}", &key);
            // A body nobody could read: who calls is settled before it is looked at.
            let body = route.body.map(|_| json!("unreadable"));
            let refused = app.call_as(&all, method.clone(), &path, body.as_ref()).await;
            assert_eq!(refused.told(), "403 forbidden", "{method} {path}");
            let nobody = app.call_as(&format!("op_{}", "x".repeat(43)), method.clone(), &path, body.as_ref()).await;
            assert_eq!(nobody.told(), "401 unauthorized", "{method} {path}");
            assert_eq!(app.send(method.clone(), &path, &[], None).await.status, 401, "{method} {path}");
            let answered = app.call_as(&operator, method.clone(), &path, body.as_ref()).await;
            assert_eq!(
                answered.status,
                if body.is_some() { 400 } else { route.ok },
                "{method} {path}: {}",
                answered.text
            );
        }
    });
}

#[test]
fn an_application_is_made_read_and_changed() {
    on_both_databases(async |app| {
        let key = app.operator("Ada").await;
        let call = async |method, path: &str, body: Option<&Value>| app.call_as(&key, method, path, body).await;
        let body = json!({"name": "north", "displayName": "North", "supportEmail": "help@north.test"});
        let made = call(Method::POST, APPLICATIONS, Some(&body)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("{APPLICATIONS}/{}", made.text_at("/id"));
        assert_eq!(call(Method::GET, &path, None).await.body, made.body);
        let listed = call(Method::GET, &format!("{APPLICATIONS}?query=name%20eq%20%22north%22"), None).await;
        assert_eq!(listed.body["items"], json!([made.body]));
        let taken = call(Method::POST, APPLICATIONS, Some(&body)).await;
        assert_eq!(taken.violations("name"), ["not_available"]);
        let wrong = json!({"name": " x", "supportEmail": "x", "displayName": ""});
        let wrong = call(Method::POST, APPLICATIONS, Some(&wrong)).await;
        assert_eq!(wrong.violations("name"), ["invalid_characters"]);
        assert_eq!(wrong.violations("supportEmail"), ["invalid_email"]);
        assert_eq!(wrong.violations("displayName"), ["empty"]);
        let changed = call(Method::PATCH, &path, Some(&json!({"supportEmail": null}))).await;
        assert_eq!((&changed.body["supportEmail"], &changed.body["metadata"]["version"]), (&json!(null), &json!(2)));
        let change = json!({"displayName": "N"});
        let stale = app.call_with(&key, ("if-match", "\"1\""), Method::PATCH, &path, Some(&change)).await;
        assert_eq!(stale.told(), "412 version_mismatch", "{}", stale.text);
        assert_eq!(
            (stale.text_at("/changedBy/type"), stale.text_at("/changedBy/name")),
            ("OPERATOR".into(), "Ada".into())
        );
        let nobody = call(Method::GET, &format!("{APPLICATIONS}/app_{NOBODY}"), None).await;
        assert_eq!(nobody.told(), "404 application_not_found");
    });
}

#[test]
fn an_operator_names_the_application_unless_there_is_only_one() {
    on_both_databases(async |app| {
        let key = app.operator("Ada").await;
        let tenants = "/api/v1/tenants";
        let only = app.call_as(&key, Method::GET, tenants, None).await;
        assert_eq!((only.status, only.text_at("/items/0/id")), (200, app.tenant.to_string()), "{}", only.text);
        let (other, tenant, _) = app.another_application("other").await;
        let which = app.call_as(&key, Method::GET, tenants, None).await;
        assert_eq!((which.status, which.violations("Rekey-Application")), (400, vec!["required".into()]));
        let there = app.call_with(&key, ("rekey-application", &other.to_string()), Method::GET, tenants, None).await;
        assert_eq!(there.text_at("/items/0/id"), tenant.to_string());
        for wrong in [format!("app_{NOBODY}"), "x".to_owned(), String::new()] {
            let refused = app.call_with(&key, ("rekey-application", &wrong), Method::GET, tenants, None).await;
            assert_eq!(refused.violations("Rekey-Application"), ["unknown_application"], "{wrong}");
        }
        let body = json!({"name": "made above"});
        let header = app.application.to_string();
        let made = app.call_with(&key, ("rekey-application", &header), Method::POST, tenants, Some(&body)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let entry = app.get("/api/v1/audit-log").await;
        assert_eq!(entry.text_at("/items/0/actor/type"), "OPERATOR", "{}", entry.text);
        let mine = app.call_with(&app.key, ("rekey-application", &other.to_string()), Method::GET, tenants, None).await;
        assert_eq!(mine.body["totalResults"], 2, "an account stays in its own application, whatever it says");
    });
}

#[test]
fn an_operator_whose_key_is_revoked_is_nobody() {
    on_both_databases(async |app| {
        let key = app.operator("Ada").await;
        assert_eq!(app.call_as(&key, Method::GET, APPLICATIONS, None).await.status, 200);
        let dump = app.database.dump().await;
        assert!(!dump.contains(&key), "kept by digest only");
        app.database.run("UPDATE operator_keys SET revoked_at = 1").await;
        app.advance(std::time::Duration::from_secs(60));
        assert_eq!(app.call_as(&key, Method::GET, APPLICATIONS, None).await.told(), "401 unauthorized");
    });
}
