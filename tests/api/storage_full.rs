//! The database has no room, or refuses a COMMIT: nothing is acknowledged that
//! is not there.

use rekey::store::ConnectionTrait as _;
use serde_json::json;

use crate::support::app::{TestApp, on_postgres, on_sqlite};

async fn requests(app: &TestApp, round: &str) -> Vec<u16> {
    let mut answers = Vec::new();
    for number in 0..40 {
        let email = format!("{round}{number}@example.test");
        answers.push(app.workflow("request-password-reset", &json!({"email": email})).await.status);
    }
    answers
}

#[test]
fn after_there_was_no_room_what_is_acknowledged_is_written() {
    on_sqlite(async |app| {
        let pages = async |app: &TestApp, most: u32| {
            let sql = format!("PRAGMA max_page_count = {most}");
            app.app.engine.database.write().execute_unprepared(&sql).await.unwrap();
        };
        let mut written = 0;
        for round in ["one", "two", "three"] {
            pages(app, 1).await;
            let full = requests(app, &format!("{round}-full")).await;
            assert!(full.contains(&503), "there was always room: {full:?}");
            assert!(full.iter().all(|status| [200, 503].contains(status)), "{full:?}");
            written += full.iter().filter(|status| **status == 200).count();
            pages(app, 1_000_000).await;
            assert_eq!(requests(app, &format!("{round}-room")).await, [200; 40]);
            written += 40;
            let name = format!("{round}@example.test");
            let made = app.post("/user_management/users", &json!({"email": name})).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let rows = app.database.count("reset_requests").await;
            assert_eq!(rows, i64::try_from(written).unwrap(), "{round}: acknowledged and not written");
            assert_eq!(
                app.database.number(&format!("SELECT count(*) AS n FROM users WHERE email = '{name}'")).await,
                1
            );
            app.restart().await;
            let rows = app.database.count("reset_requests").await;
            assert_eq!(rows, i64::try_from(written).unwrap(), "{round}: lost at the restart");
        }
        app.drain().await;
    });
}

#[test]
fn a_refused_commit_acknowledges_nothing() {
    on_postgres(async |app| {
        app.database
            .run(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN IF TG_TABLE_NAME = 'users' THEN RAISE EXCEPTION 'refused'; END IF; \
                 PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
            )
            .await;
        for table in ["users", "reset_requests"] {
            app.database
                .run(&format!(
                    "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED \
                     FOR EACH ROW EXECUTE FUNCTION refuse()"
                ))
                .await;
        }
        let user = json!({"email": "ann@example.test"});
        for _ in 0..3 {
            assert_eq!(app.post("/user_management/users", &user).await.status, 503);
            assert_eq!(app.workflow("request-password-reset", &user).await.status, 503);
        }
        for table in ["users", "reset_requests"] {
            app.database.run(&format!("DROP TRIGGER refuse ON {table}")).await;
        }
        assert_eq!(app.post("/user_management/users", &user).await.status, 201);
        assert_eq!(app.workflow("request-password-reset", &user).await.status, 200);
        assert_eq!(app.database.count("users").await, 1);
        assert_eq!(app.database.count("reset_requests").await, 1);
        app.drain().await;
    });
}
