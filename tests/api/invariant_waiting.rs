//! What ends a reset while a completion with its proof is already under way.
//! The completion has shown its proof and waits for a place in the hash pool;
//! what happens meanwhile counts.

use std::time::Duration;

use rekey::domain::ids::{PasswordResetId, UserId};
use rekey::workflows::resets::Client;
use rekey::workflows::users::UserChange;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::proofs::{Mode, with_password, wrong_code};

/// Starts a completion, lets something happen while it waits, and lets it go on.
async fn meanwhile(app: &TestApp, reset: PasswordResetId, proof: &Value, happens: impl AsyncFnOnce()) -> Answer {
    let engine = &app.app.engine;
    let most = engine.limits.completions_per_reset;
    let mut places = Vec::new();
    for _ in 0..most {
        places.push(engine.in_flight.enter(reset, most).await.unwrap());
    }
    let release = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        happens().await;
        drop(places);
    };
    let body = with_password(proof, NEW_PASSWORD);
    tokio::join!(app.workflow("reset-password", &body), release).0
}

async fn change(app: &TestApp, user: UserId, change: UserChange) {
    app.app.engine.update_user(&app.authority(), None, user, change, &Client::default()).await.unwrap();
}

async fn happen(app: &TestApp, what: &str, mode: Mode, user: UserId, proof: &Value) {
    match what {
        "cancelled" => {
            app.workflow("cancel-password-reset", &json!({"userId": user.to_string()})).await;
        }
        "superseded" => {
            app.workflow("create-password-reset-link", &json!({"userId": user.to_string()})).await;
        }
        "expired" => app.advance(Duration::from_secs(60 * mode.minutes())),
        "disabled" => change(app, user, UserChange { disabled: Some(true), ..UserChange::default() }).await,
        "deleted" => app.app.engine.delete_user(&app.authority(), user, None).await.unwrap(),
        _ => {
            for _ in 0..5 {
                let code = wrong_code(proof["verificationCode"].as_str().unwrap());
                let guess = json!({"requestCode": proof["requestCode"], "verificationCode": code});
                assert_eq!(app.workflow("verify-code", &guess).await.status, 400);
            }
        }
    }
}

#[test]
fn a_proof_that_ends_while_its_completion_waits_does_nothing() {
    on_both_databases(async |app| {
        for mode in Mode::ALL {
            for what in ["cancelled", "superseded", "expired", "disabled", "deleted", "exhausted"] {
                if what == "exhausted" && mode != Mode::Code {
                    continue; // Only codes are guessed.
                }
                let email = format!("{what}-{mode:?}@example.test");
                let user = app.user(&email).await;
                let (reset, proof) = mode.made(app, user).await;
                let answer = meanwhile(app, reset, &proof, async || happen(app, what, mode, user, &proof).await).await;
                assert_eq!(answer.status, 400, "{mode:?} {what}: {}", answer.text);
                app.drain().await;
                assert_eq!(app.messages(user, "PASSWORD_UPDATED", "sent").await, 0, "{mode:?} {what}");
                if what != "deleted" {
                    assert_eq!(app.credential_version(user).await, 0, "{mode:?} {what}");
                }
                if !matches!(what, "deleted" | "disabled") {
                    assert!(app.session(&email, PASSWORD).await.is_some(), "{mode:?} {what}");
                }
            }
        }
    });
}

#[test]
fn a_completion_that_finds_no_place_in_time_leaves_the_proof_usable() {
    on_both_databases(async |app| {
        if app.database.kind() == "PostgreSQL" {
            return; // The places are the process's own, and waiting for them takes ten seconds.
        }
        let user = app.user("ann@example.test").await;
        let (reset, proof) = Mode::HandedOver.made(app, user).await;
        let busy = meanwhile(app, reset, &proof, async || tokio::time::sleep(Duration::from_secs(11)).await).await;
        assert_eq!((busy.status, busy.text_at("/code")), (503, "try_again_later".to_owned()));
        assert!(busy.headers.contains_key("retry-after"));
        let done = app.workflow("reset-password", &with_password(&proof, NEW_PASSWORD)).await;
        assert_eq!(done.status, 200, "{}", done.text);
        app.drain().await;
    });
}
