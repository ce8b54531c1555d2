//! The audit log in the console: taken along whole, and checked.

use reqwest::Method;
use serde_json::Value;

use crate::support::app::on_both_databases;
use crate::support::console::Operator;

#[test]
fn a_log_is_downloaded_as_the_api_exports_it_and_found_whole() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}", app.application);
        let tenant = [("name", "berlin"), ("display_name", ""), ("locale", "")];
        olga.act(app, &format!("{here}/tenants"), &format!("{here}/tenants"), &tenant).await;
        let log = format!("{here}/audit");
        let file = olga.get(app, &format!("{log}/export")).await;
        assert_eq!((file.status, file.headers["content-type"].as_str()), (200, "application/x-ndjson"));
        let name = format!("attachment; filename=\"audit-log-{}.ndjson\"", app.application);
        assert_eq!(file.headers["content-disposition"], name);
        assert_eq!(file.text, app.get("/api/v1/audit-log/export").await.text);
        let last: Value = serde_json::from_str(file.text.lines().last().unwrap()).unwrap();
        let found = olga.act(app, &log, &format!("{log}/verify"), &[]).await;
        assert!(found.status == 200 && found.text.contains("The log is whole: "), "{}", found.text);
        assert!(found.text.contains(last["hash"].as_str().unwrap()), "{}", found.text);
        let above = olga.get(app, "/console/audit/export").await;
        assert!(above.text.contains("operator.joined") && !above.text.contains("tenant.created"), "{}", above.text);
        let found = olga.act(app, "/console/audit", "/console/audit/verify", &[]).await;
        assert!(found.text.contains("The log is whole: "), "{}", found.text);
        assert_eq!(app.send(Method::GET, &format!("{log}/export"), &[], None).await.status, 303, "signed out");
    });
}

#[test]
fn a_log_that_was_tampered_with_is_said_to_be() {
    on_both_databases(async |app| {
        let mut olga = Operator::joined(app, "olga@example.test").await;
        let here = format!("/console/applications/{}", app.application);
        for name in ["berlin", "munich", "bremen"] {
            let tenant = [("name", name), ("display_name", ""), ("locale", "")];
            olga.act(app, &format!("{here}/tenants"), &format!("{here}/tenants"), &tenant).await;
        }
        let chain = app.application;
        app.database
            .run(&format!("UPDATE audit_entries SET action = 'tenant.read' WHERE chain = '{chain}' AND position = 2"))
            .await;
        let log = format!("{here}/audit");
        let found = olga.act(app, &log, &format!("{log}/verify"), &[]).await;
        assert!(
            found.text.contains("role=\"alert\"") && found.text.contains("entry 2 is not what was written"),
            "{}",
            found.text
        );
    });
}
