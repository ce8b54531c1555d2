//! The wait after wrong passwords, and what ends it.

use rekey::domain::secret::Secret;
use rekey::workflows::resets::Client;
use rekey::workflows::users::UserChange;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::proofs::{Mode, with_password};

const ANN: &str = "ann@example.test";

async fn told(app: &TestApp, password: &str) -> u16 {
    let body = json!({"grant_type": "password", "email": ANN, "password": password,
        "client_id": app.client.0, "client_secret": app.key});
    app.post("/user_management/authenticate", &body).await.status
}

/// Twelve wrong passwords; from the eleventh on one has to wait.
async fn guess(app: &TestApp) {
    for number in 0..12 {
        assert_eq!(told(app, "Wrong-Harbour-Lamp-7319").await, if number < 10 { 400 } else { 429 });
    }
    app.drain().await;
}

#[test]
fn a_new_password_ends_the_wait_for_the_old_one() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        for (round, mode) in Mode::ALL.into_iter().enumerate() {
            guess(app).await;
            let password = format!("{NEW_PASSWORD} {round}");
            let proof = with_password(&mode.proof(app, user).await, &password);
            assert_eq!(app.workflow("reset-password", &proof).await.status, 200);
            assert_eq!(told(app, &password).await, 200, "{mode:?}");
        }
        guess(app).await;
        let password = Secret::new("Changed-Harbour-Lamp-7319");
        let change = UserChange { password: Some(password.clone()), ..UserChange::default() };
        app.app.engine.update_user(&app.authority(), None, user, change, &Client::default()).await.unwrap();
        assert_eq!(told(app, password.expose()).await, 200, "after a change by the backend");
        guess(app).await;
        let change = UserChange { first_name: Some(Some("Anna".to_owned())), ..UserChange::default() };
        app.app.engine.update_user(&app.authority(), None, user, change, &Client::default()).await.unwrap();
        assert_eq!(told(app, password.expose()).await, 429, "another change ends nothing");
        app.drain().await;
    });
}
