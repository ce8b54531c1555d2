//! A proof takes effect at most once, with everything that belongs to it.

use std::time::Duration;

use rekey::domain::ids::UserId;
use serde_json::Value;

use crate::support::app::{PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::proofs::{Mode, with_password};

const CROWD: usize = 200;

fn password(number: usize) -> String {
    format!("Crowded-Harbour-Lamp-{number:04}")
}

/// The one that won; everybody else was refused as the contract says.
#[track_caller]
fn winner(mode: Mode, answers: &[Answer]) -> usize {
    let (field, code) = mode.refusal();
    let mut winners = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        match answer.status {
            200 => winners.push(number),
            400 => assert_eq!(answer.violations(field), [code], "{}", answer.text),
            503 => assert!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers),
            _ => panic!("{mode:?}: {} {}", answer.status, answer.text),
        }
    }
    assert_eq!(winners.len(), 1, "{mode:?}: the winners are {winners:?}");
    winners[0]
}

async fn happened_once(app: &mut TestApp, user: UserId) {
    app.drain().await;
    let events = app.events(user).await;
    assert_eq!(events.iter().filter(|event| *event == "password_reset.succeeded").count(), 1, "{events:?}");
    assert_eq!(events.iter().filter(|event| *event == "session.revoked").count(), 2, "{events:?}");
    assert_eq!(app.messages(user, "PASSWORD_UPDATED", "sent").await, 1);
    assert_eq!(app.messages(user, "PASSWORD_UPDATED", "queued").await, 0);
}

async fn one_of_many_wins(app: &mut TestApp, mode: Mode) {
    let email = format!("{mode:?}@example.test");
    let user = app.user(&email).await;
    let sessions = [app.session(&email, PASSWORD).await.unwrap(), app.session(&email, PASSWORD).await.unwrap()];
    let proof = mode.proof(app, user).await;
    let before = app.credential_version(user).await;
    let bodies: Vec<Value> = (0..CROWD).map(|number| with_password(&proof, &password(number))).collect();
    let url = app.url.clone();
    let answers = app.crowd(&[&url], "reset-password", &bodies).await;
    let won = winner(mode, &answers);
    assert_eq!(answers[won].body["sessionsRevoked"], 2);

    happened_once(app, user).await;
    assert_eq!(app.credential_version(user).await, before + 1);
    for session in &sessions {
        assert!(!app.refreshes(session).await, "an old session lives on");
    }
    assert!(app.session(&email, PASSWORD).await.is_none(), "the old password still works");
    for loser in [(won + 1) % CROWD, (won + 7) % CROWD] {
        assert!(app.session(&email, &password(loser)).await.is_none(), "a loser's password works");
    }
    assert!(app.session(&email, &password(won)).await.is_some(), "the winner's password does not work");
}

#[test]
fn of_two_hundred_completions_with_one_proof_exactly_one_takes_effect() {
    on_both_databases(async |app| {
        for mode in Mode::ALL {
            one_of_many_wins(app, mode).await;
            app.advance(Duration::from_secs(10));
        }
    });
}

#[test]
fn a_lost_answer_is_given_again_without_a_second_effect() {
    on_both_databases(async |app| {
        for mode in Mode::ALL {
            let email = format!("{mode:?}@example.test");
            let user = app.user(&email).await;
            let body = with_password(&mode.proof(app, user).await, &password(1));
            let url = app.url.clone();
            let answers = app.crowd(&[&url], "reset-password", &vec![body; 20]).await;
            let told: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
            assert!((1..=4).contains(&told.len()), "one completes and at most three are told again: {}", told.len());
            assert!(told.iter().all(|answer| answer.text == told[0].text), "the answers differ");
            app.drain().await;
            let events = app.events(user).await;
            assert_eq!(events.iter().filter(|event| *event == "password_reset.succeeded").count(), 1, "{events:?}");
            assert_eq!(app.messages(user, "PASSWORD_UPDATED", "sent").await, 1);
        }
    });
}

#[test]
fn of_many_completions_over_two_instances_exactly_one_takes_effect() {
    on_both_databases(async |app| {
        if app.database.kind() == "SQLite" {
            return; // One instance owns an SQLite file.
        }
        let (second, _, running) = app.another_instance().await;
        for mode in Mode::ALL {
            let email = format!("{mode:?}@example.test");
            let user = app.user(&email).await;
            let proof = mode.proof(app, user).await;
            let bodies: Vec<Value> = (0..60).map(|number| with_password(&proof, &password(number))).collect();
            let first = app.url.clone();
            let answers = app.crowd(&[&first, &second], "reset-password", &bodies).await;
            let won = winner(mode, &answers);
            assert!(app.session(&email, &password(won)).await.is_some());
            app.drain().await;
            assert_eq!(app.messages(user, "PASSWORD_UPDATED", "sent").await, 1);
        }
        running.stop().await;
    });
}
