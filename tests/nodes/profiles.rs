//! Starting: in development, then in production; whole, and in parts.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::installation::{Installation, Node, with};

/// The API key of the demo, from what a start has printed.
async fn demo_key(node: &Node) -> String {
    for _ in 0..100 {
        let said = node.said();
        if let Some((key, _)) = said.split_once("Bearer ").and_then(|(_, rest)| rest.split_once('\'')) {
            assert!(said.contains("/forgot-password?application=demo\n"), "{said}");
            return key.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no key was printed: {}", node.said());
}

async fn asks(installation: &mut Installation, node: &Node, key: &str) -> u16 {
    installation.made = json!({"apiKey": key});
    let body: Value = json!({"email": "ada@example.com"});
    installation.call(&node.url, "request-password-reset", &body).await.status
}

#[test]
fn what_development_made_is_worth_nothing_in_production() {
    with(TestDatabase::sqlite, async |installation| {
        installation.set("REKEY_PROFILE", "development");
        let first = installation.node().await;
        let one = demo_key(&first).await;
        let second = installation.node().await;
        let two = demo_key(&second).await;
        assert_ne!(one, two);
        for (node, key) in [(&first, &one), (&second, &two), (&first, &two), (&second, &one)] {
            assert_eq!(asks(installation, node, key).await, 200, "a second start voids the first one's key");
        }
        assert!(second.stop() && first.stop());

        installation.set("REKEY_PROFILE", "production");
        let refusal = installation.start().refuses();
        assert!(refusal.contains("rekey keys init"), "{refusal}");
        std::fs::remove_file(installation.keys_file()).unwrap();
        let refusal = installation.start().refuses();
        assert!(refusal.contains("rekey keys init"), "{refusal}");
        installation.run(&["keys", "init"]);
        let node = installation.node().await;
        for key in [&one, &two] {
            assert_eq!(asks(installation, &node, key).await, 401, "the demo's key is good in production");
        }
        let shut_out = "SELECT count(*) AS n FROM users WHERE email = 'ada@example.com' AND disabled";
        assert_eq!(installation.database.number(shut_out).await, 1);
        assert!(node.log().contains("demo"), "nobody is told: {}", node.log());
        assert!(node.stop());

        installation.set("REKEY_PROFILE", "development");
        let node = installation.node().await;
        let three = demo_key(&node).await;
        assert_eq!(asks(installation, &node, &three).await, 200);
        assert_eq!(asks(installation, &node, &one).await, 401);
        assert_eq!(installation.database.number(shut_out).await, 0, "she may try things out again");
        assert!(node.stop());
    });
}

#[test]
fn only_its_owner_reads_the_database() {
    with(TestDatabase::sqlite, async |installation| {
        let node = installation.node().await;
        let path = installation.database.url().trim_start_matches("sqlite://").to_owned();
        for beside in ["", "-wal", "-shm"] {
            let mode = std::fs::metadata(format!("{path}{beside}")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "rekey.db{beside} has the mode {mode:o}");
        }
        assert!(node.stop());
    });
}

#[test]
fn doctor_refuses_keys_that_others_may_read() {
    with(TestDatabase::sqlite, async |installation| {
        let node = installation.node().await;
        assert!(installation.run(&["doctor"]).contains("ok   keys"));
        std::fs::set_permissions(installation.keys_file(), std::fs::Permissions::from_mode(0o640)).unwrap();
        let said = installation.fails(&["doctor"]);
        assert!(said.contains("FAIL keys") && said.contains("chmod 600"), "{said}");
        assert!(node.stop());
        let node = installation.node().await;
        assert!(node.log().contains("chmod 600"), "no start warns of it: {}", node.log());
        assert!(node.stop());
    });
}

#[test]
fn a_worker_shows_its_health_and_answers_nothing_else() {
    with(TestDatabase::sqlite, async |installation| {
        installation.bootstrap();
        let api = installation.start_role("api");
        installation.ready(&api).await;
        let worker = installation.start_role("worker");
        installation.ready(&worker).await;
        assert_eq!(installation.get(&worker, "/health/live").await.0, 200);
        let (status, numbers) = installation.get(&worker, "/metrics").await;
        assert!(status == 200 && numbers.contains("rekey_"), "{status} {numbers}");
        for path in ["/forgot-password", "/user_management/users", "/openapi.json", "/docs"] {
            assert_eq!(installation.get(&worker, path).await.0, 404, "{path}");
        }
        let user = {
            let inside = installation.inside().await;
            let user = installation.user(&inside, "ann@example.test").await;
            inside.engine.database.clone().close().await.unwrap();
            user
        };
        installation.call(&api.url, "send-password-reset-email", &json!({"userId": user.to_string()})).await;
        installation.until("SELECT count(*) AS n FROM messages WHERE state = 'sent'", 1, Duration::from_secs(15)).await;
        assert!(worker.stop() && api.stop());
    });
}
