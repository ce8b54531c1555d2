//! The disk refuses every write for a while. What is acknowledged is there,
//! whenever it was acknowledged.

use std::time::Duration;

use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::installation::{Installation, Node, PASSWORD, with};

const NEW_PASSWORD: &str = "Quiet-Harbour-Lamp-7319";

/// Asks for a reset by address so many times; answers how many were
/// acknowledged. The others are told to come again.
async fn acknowledged(installation: &Installation, node: &Node, round: &str, times: usize) -> i64 {
    let bodies: Vec<Value> = (0..times).map(|n| json!({"email": format!("{round}{n}@example.test")})).collect();
    let mut acknowledged = 0;
    for answer in installation.crowd(&[node], "request-password-reset", &bodies).await {
        let answer = answer.expect("every call is answered");
        match answer.status {
            200 => acknowledged += 1,
            503 => assert!(answer.headers.contains_key("retry-after")),
            _ => panic!("{} {}", answer.status, answer.text),
        }
    }
    acknowledged
}

#[test]
fn after_a_full_disk_what_is_acknowledged_is_written() {
    with(TestDatabase::sqlite, async |installation| {
        installation.bootstrap();
        let node = installation.start_outliving_limits();
        installation.ready(&node).await;
        let inside = installation.inside().await;
        let user = installation.user(&inside, "ann@example.test").await;
        let code = installation.handed_over(&node, user).await;
        inside.engine.database.clone().close().await.unwrap();
        let completion = json!({"passwordResetCode": code, "newPassword": NEW_PASSWORD});
        let mut written = acknowledged(installation, &node, "before", 8).await;
        assert_eq!(written, 8);

        node.limit_files(Some(8192));
        assert_eq!(acknowledged(installation, &node, "full", 20).await, 0, "acknowledged without a place to write");
        assert_eq!(installation.call(&node.url, "reset-password", &completion).await.status, 503);
        // What was found a moment ago may hold for a moment.
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(installation.readiness(&node).await, (503, "writes".to_owned()));

        node.limit_files(None);
        tokio::time::sleep(Duration::from_secs(3)).await;
        installation.ready(&node).await;
        written += acknowledged(installation, &node, "after", 20).await;
        assert_eq!(written, 28, "there is room again");
        assert_eq!(installation.database.count("reset_requests").await, written, "acknowledged and not written");
        let completed = installation.call(&node.url, "reset-password", &completion).await;
        assert_eq!(completed.status, 200, "{}", completed.text);

        node.kill();
        let node = installation.node().await;
        assert_eq!(installation.database.count("reset_requests").await, written, "lost at the restart");
        let inside = installation.inside().await;
        assert!(installation.session(&inside, "ann@example.test", NEW_PASSWORD).await.is_some());
        assert!(installation.session(&inside, "ann@example.test", PASSWORD).await.is_none());
        inside.engine.database.clone().close().await.unwrap();
        assert!(node.stop());
    });
}
