//! Signing in with a password and an authenticator.

use std::time::Duration;

use rekey::domain::policy::WorkflowOverrides;
use rekey::workflows::users::UserChange;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;
use crate::support::second_factor::{MFA_TOTP, SLOW_HASHES, STEP, second_step};

const ANN: &str = "ann@example.test";
const OVER: &str = "400 invalid_pending_authentication_token";

async fn asked(app: &TestApp) -> Answer {
    let asked = app.sign_in(ANN, PASSWORD).await;
    assert_eq!(asked.told(), "403 mfa_challenge", "{}", asked.text);
    asked
}

#[test]
fn a_password_alone_signs_nobody_in_who_has_an_authenticator() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let asked = asked(app).await;
        assert!(asked.body.get("error").is_none() && asked.body.get("access_token").is_none());
        assert_eq!(asked.text_at("/user/id"), user.to_string());
        assert_eq!(asked.text_at("/authentication_challenge/id"), asked.text_at("/authentication_challenge_id"));
        assert_eq!(app.database.count("sessions").await, 0);
        let done = app.second_step(&asked, &phone.code(app)).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(done.text_at("/authentication_method"), "Password");
        assert_eq!(done.text_at("/user/last_sign_in_at"), "2026-01-01T00:00:00.000Z");
        let refresh = json!({"refresh_token": done.text_at("/refresh_token")});
        assert_eq!(app.authenticate_by("refresh_token", refresh).await.status, 200, "no second factor again");
        assert_eq!(app.count_events(user, "authentication.mfa_succeeded").await, 1);
        assert_eq!(app.count_events(user, "authentication.password_succeeded").await, 1);
        assert_eq!(
            app.sign_in(ANN, NEW_PASSWORD).await.told(),
            "400 invalid_credentials",
            "a wrong password tells nothing"
        );
    });
}

#[test]
fn an_authenticator_that_comes_while_the_password_is_checked_is_asked_for() {
    on_both_with(&SLOW_HASHES, async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let asked = app.enrolled_meanwhile(user, app.sign_in(ANN, PASSWORD)).await;
        assert_eq!(asked.told(), "403 mfa_challenge", "{}", asked.text);
        assert_eq!(app.database.count("sessions").await, 0);
        assert_eq!(app.second_step(&asked, &phone.code(app)).await.status, 200);
    });
}

#[test]
fn the_second_step_may_come_as_a_form() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        let body = app.grant(MFA_TOTP, second_step(&asked(app).await, &phone.code(app)));
        let pairs = body.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.as_str().unwrap()));
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let path = "/user_management/authenticate";
        let done = app.send(Method::POST, path, &headers, Some(form.finish().into_bytes())).await;
        assert_eq!(done.status, 200, "{}", done.text);
    });
}

#[test]
fn a_code_signs_in_once() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        let code = phone.code(app);
        let first = asked(app).await;
        assert_eq!(app.second_step(&first, &code).await.status, 200);
        assert_eq!(app.second_step(&first, &code).await.told(), OVER, "the token is used up");
        let second = asked(app).await;
        assert_eq!(app.second_step(&second, &code).await.told(), "400 one_time_code_previously_used");
        app.advance(STEP);
        assert_eq!(app.second_step(&second, &code).await.told(), "400 one_time_code_previously_used");
        assert_eq!(app.second_step(&second, &phone.code(app)).await.status, 200);
        assert_eq!(app.database.count("sessions").await, 2);
    });
}

#[test]
fn one_code_that_comes_many_times_at_once_begins_one_session() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        let (first, second) = (asked(app).await, asked(app).await);
        let answers = app.second_steps(&[&first, &second], &vec![phone.code(app); 20]).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400)), "{answers:?}");
        assert_eq!(app.database.count("sessions").await, 1);
    });
}

#[test]
fn two_instances_take_a_code_once() {
    on_both_databases(async |app| {
        if app.database.kind() == "SQLite" {
            return; // One instance owns an SQLite file.
        }
        let (second, _, running) = app.another_instance().await;
        let (_, phone) = app.user_with_phone(ANN).await;
        for round in 1..=5 {
            let code = phone.code(app);
            let mut bodies = Vec::new();
            for _ in 0..6 {
                bodies.push(app.grant(MFA_TOTP, second_step(&asked(app).await, &code)));
            }
            let client = reqwest::Client::new();
            let calls = bodies.iter().zip([&app.url, &second].into_iter().cycle()).map(|(body, url)| {
                let request = client.post(format!("{url}/user_management/authenticate")).json(body);
                async move { Answer::read(request.send().await.unwrap()).await }
            });
            let answers = futures_util::future::join_all(calls).await;
            assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
            assert_eq!(app.database.count("sessions").await, round);
            app.advance(STEP);
        }
        running.stop().await;
    });
}

#[test]
fn e03_wrong_codes_that_come_at_once_are_capped_per_sign_in() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let first = asked(app).await;
        let mut codes = phone.wrong(app, 50);
        codes.insert(29, phone.code(app));
        let answers = app.second_steps(&[&first], &codes).await;
        let count = |told: &str| answers.iter().filter(|answer| answer.told() == told).count();
        let right = answers[29].status == 200;
        assert!(
            count("400 invalid_one_time_code") <= 5
                && !answers.iter().enumerate().any(|(n, a)| a.status == 200 && n != 29)
        );
        assert!(app.database.number("SELECT attempts AS n FROM pending_sign_ins").await <= 5);
        assert_eq!(count("400 invalid_one_time_code"), app.count_events(user, "authentication.mfa_failed").await);
        if !right {
            let late = app.second_step(&first, &phone.code(app)).await;
            assert_eq!(late.told(), "400 one_time_code_too_many_attempts");
            let again = asked(app).await;
            assert_eq!(app.second_step(&again, &phone.code(app)).await.status, 200, "the user is not shut out");
        }
    });
}

async fn the_account_waits(app: &mut TestApp) {
    let (_, phone) = app.user_with_phone(ANN).await;
    for _ in 0..2 {
        let asked = asked(app).await;
        for code in phone.wrong(app, 5) {
            assert_eq!(app.second_step(&asked, &code).await.told(), "400 invalid_one_time_code");
        }
    }
    let late = asked(app).await;
    let refused = app.second_step(&late, &phone.code(app)).await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    app.advance(STEP);
    assert_eq!(app.second_step(&late, &phone.code(app)).await.status, 200, "a wait, and no lock");
    let after = asked(app).await;
    let wrong = &phone.wrong(app, 1)[0];
    assert_eq!(app.second_step(&after, wrong).await.told(), "400 invalid_one_time_code", "forgotten by the success");
}

#[test]
fn wrong_codes_count_over_all_sign_ins_of_an_account() {
    on_both_databases(the_account_waits);
}

#[test]
fn wrong_codes_count_where_throttles_are_off_too() {
    on_both_with(&[("REKEY__LIMITS__ENABLED", "false")], the_account_waits);
}

#[test]
fn asking_for_the_second_factor_is_no_failed_sign_in() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        for _ in 0..25 {
            asked(app).await;
        }
        assert_eq!(app.second_step(&asked(app).await, &phone.code(app)).await.status, 200);
    });
}

#[test]
fn a_sign_in_waits_ten_minutes_to_the_millisecond() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        let (first, second) = (asked(app).await, asked(app).await);
        app.advance(Duration::from_millis(599_999));
        assert_eq!(app.second_step(&first, &phone.code(app)).await.status, 200);
        app.advance(Duration::from_millis(1));
        app.advance(STEP);
        assert_eq!(app.second_step(&second, &phone.code(app)).await.told(), OVER);
    });
}

#[test]
fn a_token_goes_on_with_its_own_sign_in_and_application_alone() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        let bob = app.user_with_phone("bob@example.test").await;
        let (anns, other) = (asked(app).await, asked(app).await);
        let bobs = app.sign_in("bob@example.test", PASSWORD).await;
        let code = phone.code(app);
        let told = async |field: &str, value: Value| {
            let mut fields = second_step(&anns, &code);
            fields[field] = value;
            app.authenticate_by(MFA_TOTP, fields).await.told()
        };
        let (token, challenge) = ("pending_authentication_token", "authentication_challenge_id");
        for wrong in [
            other.text_at("/authentication_challenge_id"),
            bobs.text_at("/authentication_challenge_id"),
            "x".to_owned(),
        ] {
            assert_eq!(told(challenge, wrong.into()).await, OVER);
        }
        for wrong in [bobs.text_at("/pending_authentication_token"), "x".repeat(43), "%".to_owned(), app.key.clone()] {
            assert_eq!(told(token, wrong.into()).await, OVER);
        }
        for wrong in
            [json!(null), json!(""), json!(["123456"]), json!(123_456), json!("１２３４５６"), json!("123456,654321")]
        {
            let refused = told("code", wrong.clone()).await;
            assert!(refused == "400 " || refused == "400 invalid_one_time_code", "{wrong}: {refused}");
        }
        assert_eq!(app.second_step(&anns, &bob.1.code(app)).await.told(), "400 invalid_one_time_code");
        let (_, _, foreign) = app.another_application("other").await;
        let mut body = app.grant(MFA_TOTP, second_step(&anns, &code));
        body["client_secret"] = foreign.into();
        assert_eq!(app.post("/user_management/authenticate", &body).await.status, 400);
        assert_eq!(app.second_step(&anns, &code).await.status, 200, "none of it used the sign-in up");
    });
}

#[test]
fn a_sign_in_does_not_outlive_the_password_the_account_or_the_key_behind_it() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let waiting = asked(app).await;
        app.set_password(user, NEW_PASSWORD).await;
        assert_eq!(app.second_step(&waiting, &phone.code(app)).await.told(), OVER);
        app.set_password(user, PASSWORD).await;
        let waiting = asked(app).await;
        app.database.run("UPDATE pending_sign_ins SET key_id = 'revoked'").await;
        assert_eq!(app.second_step(&waiting, &phone.code(app)).await.told(), OVER);
        let waiting = asked(app).await;
        app.change_user(user, UserChange { disabled: Some(true), ..UserChange::default() }).await;
        assert_eq!(app.second_step(&waiting, &phone.code(app)).await.told(), OVER);
        assert_eq!(app.database.count("sessions").await, 0);
    });
}

#[test]
fn where_a_second_factor_is_required_whoever_has_none_enrols_and_goes_on() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        app.policy(WorkflowOverrides { mfa_required: Some(true), ..WorkflowOverrides::default() }).await;
        let asked = app.sign_in(ANN, PASSWORD).await;
        assert_eq!(asked.told(), "403 mfa_enrollment", "{}", asked.text);
        assert_eq!(app.database.count("sessions").await, 0);
        let (phone, made) = app.enrol(user).await;
        let fields = json!({
            "code": phone.code(app),
            "pending_authentication_token": asked.text_at("/pending_authentication_token"),
            "authentication_challenge_id": made.text_at("/authentication_challenge/id"),
        });
        let done = app.authenticate_by(MFA_TOTP, fields).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(app.sign_in(ANN, PASSWORD).await.told(), "403 mfa_challenge");
    });
}
