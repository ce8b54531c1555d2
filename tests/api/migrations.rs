//! The schema history, with rows in the tables.

use rekey::store::ConnectionTrait as _;
use serde_json::json;

use crate::support::app::on_both_databases;

#[test]
fn the_history_goes_down_step_by_step_and_up_again() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        app.user("bob@example.test").await;
        let path = format!("/user_management/users/{user}/email_verification/send");
        assert_eq!(app.post(&path, &json!({})).await.status, 200);
        app.link_token("bob@example.test").await;
        assert!(app.database.count("email_verifications").await > 0 && app.database.count("password_resets").await > 0);
        let database = &app.app.engine.database;
        let mut taken_back = Vec::new();
        // The history ends where there is nothing left to take back.
        loop {
            database.migrate_down().await.unwrap();
            let pending = database.pending_migrations().await.unwrap();
            if pending.len() == taken_back.len() {
                break;
            }
            taken_back = pending;
        }
        assert!(taken_back.iter().any(|name| name.contains("email_verifications")), "{taken_back:?}");
        assert!(database.read().execute_unprepared("SELECT count(*) FROM users").await.is_err());
        database.migrate_up().await.unwrap();
        assert!(database.pending_migrations().await.unwrap().is_empty());
        assert_eq!(app.database.count("users").await, 0);
    });
}
