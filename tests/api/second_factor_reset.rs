//! Resetting the password of somebody who has an authenticator: who reads
//! their mail does not get round it.

use std::time::Duration;

use futures_util::future::join_all;
use rekey::domain::ids::UserId;
use rekey::domain::policy::WorkflowOverrides;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;
use crate::support::proofs::{Mode, with_password, wrong_code};
use crate::support::second_factor::{Phone, SLOW_HASHES, STEP};

const ANN: &str = "ann@example.test";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const CONFIRM: &str = "/user_management/password_reset/confirm";

fn with_code(body: &Value, code: &str) -> Value {
    let mut body = body.clone();
    body["totpCode"] = code.into();
    body
}

async fn complete(app: &TestApp, body: &Value) -> Answer {
    app.workflow("reset-password", body).await
}

/// Evaluated second factors that were wrong, as the account's window has them.
async fn wrong_ones(app: &mut TestApp, user: UserId) -> i64 {
    app.marks(&format!("second-factor:{user}")).await
}

async fn code_budget(app: &mut TestApp, user: UserId) -> i64 {
    app.marks(&format!("codes:{user}")).await
}

#[test]
fn d13_every_mode_asks_for_the_second_factor_and_keeps_the_proof_until_it_is_right() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        for mode in Mode::ALL {
            let proof = with_password(&mode.proof(app, user).await, NEW_PASSWORD);
            let version = app.credential_version(user).await;
            let asked = complete(app, &proof).await;
            assert_eq!(asked.body, json!({"result": "MFA_REQUIRED"}), "{mode:?}");
            let wrong = phone.wrong(app, 1).remove(0);
            complete(app, &with_code(&proof, &wrong)).await.refuses("totpCode", "invalid_totp_code");
            for malformed in ["12345", "1234567", "abcdef", "١٢٣٤٥٦"] {
                complete(app, &with_code(&proof, malformed)).await.refuses("totpCode", "invalid_totp_code");
            }
            complete(app, &with_code(&proof, "")).await.refuses("totpCode", "empty");
            assert_eq!(app.credential_version(user).await, version, "nothing has changed");
            assert_eq!(wrong_ones(app, user).await, 1, "what cannot be a code is not compared");
            assert_eq!(code_budget(app, user).await, 1, "it counts among the codes of the account");
            assert_eq!(
                app.database.number("SELECT CAST(coalesce(sum(attempts), 0) AS bigint) AS n FROM reset_requests").await,
                0
            );
            let code = phone.code(app);
            let spaced = format!("{} {}", &code[..3], &code[3..]);
            let done = complete(app, &with_code(&proof, &spaced)).await;
            done.is_complete();
            assert_eq!(done.text_at("/userId"), user.to_string());
            assert_eq!((wrong_ones(app, user).await, code_budget(app, user).await), (0, 0), "a success forgets them");
            app.drain().await;
            app.advance(STEP);
        }
        assert_eq!(app.sign_in(ANN, NEW_PASSWORD).await.told(), "403 mfa_challenge", "the factor is as it was");
    });
}

#[test]
fn an_authenticator_that_comes_while_the_password_is_hashed_is_asked_for() {
    on_both_with(&SLOW_HASHES, async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        for mode in Mode::ALL {
            let proof = with_password(&mode.proof(app, user).await, NEW_PASSWORD);
            let version = app.credential_version(user).await;
            let asked = app.enrolled_meanwhile(user, complete(app, &proof)).await;
            assert_eq!(asked.body, json!({"result": "MFA_REQUIRED"}), "{mode:?}");
            assert_eq!(app.credential_version(user).await, version, "nothing has changed");
            complete(app, &with_code(&proof, &phone.code(app))).await.is_complete();
            app.advance(STEP);
        }
        app.drain().await;
    });
}

#[test]
fn the_second_factor_comes_after_the_proof_and_before_the_policy() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let proof = Mode::Link.proof(app, user).await;
        let unproven =
            with_code(&json!({"emailAuthCode": "x".repeat(43), "newPassword": "short"}), &phone.wrong(app, 1)[0]);
        complete(app, &unproven).await.refuses("emailAuthCode", "invalid_email_auth_code");
        assert_eq!(wrong_ones(app, user).await, 0);
        let weak = with_password(&proof, "short");
        assert_eq!(complete(app, &weak).await.told(), "200 MFA_REQUIRED");
        let code = phone.code(app);
        for _ in 0..12 {
            complete(app, &with_code(&weak, &code)).await.refuses("newPassword", "too_short");
        }
        assert_eq!((wrong_ones(app, user).await, code_budget(app, user).await), (0, 0));
        complete(app, &with_code(&with_password(&proof, NEW_PASSWORD), &code)).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn a_step_that_was_used_anywhere_is_used_everywhere() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let code = phone.code(app);
        let asked = app.sign_in(ANN, PASSWORD).await;
        assert_eq!(app.second_step(&asked, &code).await.status, 200);
        let proof = with_password(&Mode::HandedOver.proof(app, user).await, NEW_PASSWORD);
        complete(app, &with_code(&proof, &code)).await.refuses("totpCode", "invalid_totp_code");
        app.advance(STEP);
        let code = phone.code(app);
        complete(app, &with_code(&proof, &code)).await.is_complete();
        let asked = app.sign_in(ANN, NEW_PASSWORD).await;
        assert_eq!(app.second_step(&asked, &code).await.told(), "400 one_time_code_previously_used");
        app.drain().await;
    });
}

/// Fifty wrong second factors and the right one as the thirtieth, all at once. Each comes with a
/// password of its own: with the same one, a late wrong one would be given the lost answer.
async fn storm(app: &TestApp, phone: &Phone, proof: &Value) -> bool {
    let mut codes = phone.wrong(app, 50);
    codes.insert(29, phone.code(app));
    let of_its_own =
        |(number, code): (usize, &String)| with_password(&with_code(proof, code), &format!("{NEW_PASSWORD} {number}"));
    let bodies: Vec<Value> = codes.iter().enumerate().map(of_its_own).collect();
    let answers = app.crowd(&[&app.url], "reset-password", &bodies).await;
    for (number, answer) in answers.iter().enumerate() {
        match answer.status {
            200 => assert_eq!(number, 29, "a wrong code was taken: {}", answer.text),
            400 | 503 => {}
            429 => assert!(answer.headers.contains_key("retry-after")),
            _ => panic!("{} {}", answer.status, answer.text),
        }
    }
    answers[29].status == 200
}

#[test]
fn e03_ten_wrong_second_factors_a_day_whatever_the_proofs_and_however_many_at_once() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let proof = with_password(&Mode::HandedOver.proof(app, user).await, NEW_PASSWORD);
        if storm(app, &phone, &proof).await {
            return app.drain().await; // It was among the first ten, and nothing is left to guess.
        }
        assert_eq!((wrong_ones(app, user).await, code_budget(app, user).await), (10, 10));
        app.drain().await;
        assert_eq!(app.messages(user, "RESET_ATTEMPTS_EXHAUSTED", "sent").await, 1, "the owner hears of it, once");
        let again = with_password(&Mode::Link.proof(app, user).await, NEW_PASSWORD);
        let refused = complete(app, &with_code(&again, &phone.code(app))).await;
        assert_eq!(refused.told(), "429 too_many_requests", "{}", refused.text);
        assert_eq!(app.credential_version(user).await, 0);
        app.advance(DAY);
        let fresh = with_password(&Mode::Link.proof(app, user).await, NEW_PASSWORD);
        complete(app, &with_code(&fresh, &phone.code(app))).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn g04_wrong_emailed_codes_do_not_shut_the_owner_of_an_authenticator_out_of_links() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        for _ in 0..2 {
            let mut guess = Mode::Code.proof(app, user).await;
            for _ in 0..5 {
                guess["verificationCode"] = wrong_code(guess["verificationCode"].as_str().unwrap()).into();
                assert_eq!(app.workflow("verify-code", &guess).await.status, 400);
            }
            app.drain().await;
        }
        assert_eq!((code_budget(app, user).await, wrong_ones(app, user).await), (10, 0));
        let link = with_password(&Mode::Link.proof(app, user).await, NEW_PASSWORD);
        complete(app, &with_code(&link, &phone.code(app))).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn a_lost_answer_is_given_again_without_another_code() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        for mode in Mode::ALL {
            let proof =
                with_password(&mode.proof(app, user).await, if mode == Mode::Code { PASSWORD } else { NEW_PASSWORD });
            let whole = with_code(&proof, &phone.code(app));
            let first = complete(app, &whole).await;
            first.is_complete();
            for again in [&whole, &proof] {
                assert_eq!(complete(app, again).await.body, first.body, "{mode:?}");
            }
            app.drain().await;
            app.advance(STEP);
        }
    });
}

#[test]
fn e06_the_same_call_many_times_at_once_succeeds_with_one_effect() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let proof = with_password(&Mode::HandedOver.proof(app, user).await, NEW_PASSWORD);
        let whole = with_code(&proof, &phone.code(app));
        // The first, and as many more as may ask for its answer again.
        let answers = app.crowd(&[&app.url], "reset-password", &vec![whole; 4]).await;
        for answer in &answers {
            answer.is_complete();
            assert_eq!(answer.body, answers[0].body);
        }
        assert_eq!(app.credential_version(user).await, 1);
        app.drain().await;
        assert_eq!(app.messages(user, "PASSWORD_UPDATED", "sent").await, 1);
    });
}

async fn want_factors(app: &TestApp) {
    let (immediate_login, mfa_required) = (Some(true), Some(true));
    app.policy(WorkflowOverrides { immediate_login, mfa_required, ..WorkflowOverrides::default() }).await;
}

#[test]
fn immediate_login_is_withheld_from_whoever_has_yet_to_enrol() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        want_factors(app).await;
        let proof = with_password(&Mode::Link.proof(app, user).await, NEW_PASSWORD);
        let done = complete(app, &proof).await;
        assert_eq!(done.told(), "200 MFA_ENROLLMENT_REQUIRED", "{}", done.text);
        assert_eq!((done.text_at("/userId"), &done.body["sessionsRevoked"]), (user.to_string(), &json!(0)));
        assert!(done.body.get("authSessionCode").is_none());
        assert_eq!(complete(app, &proof).await.body, done.body, "the repeated answer is equal");
        assert_eq!(app.credential_version(user).await, 1);
        let (phone, _) = app.enrol(user).await;
        app.drain().await;
        let proof = with_password(&Mode::Link.proof(app, user).await, PASSWORD);
        let done = complete(app, &with_code(&proof, &phone.code(app))).await;
        done.is_complete();
        let session = json!({"authSessionCode": done.text_at("/authSessionCode")});
        assert_eq!(app.workflow("exchange-auth-session", &session).await.status, 200);
        app.drain().await;
    });
}

#[test]
fn a_code_that_nobody_asked_for_does_not_matter() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let proof = with_password(&Mode::Link.proof(app, user).await, NEW_PASSWORD);
        complete(app, &with_code(&proof, "123456")).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn the_workos_dialect_asks_for_the_second_factor_beside_the_token() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        for handed_over in [false, true] {
            let token = if handed_over {
                app.create_link(user).await.text_at("/passwordResetCode")
            } else {
                let made = app.post("/user_management/password_reset", &json!({"email": ANN})).await;
                made.text_at("/password_reset_token")
            };
            let body = json!({"token": token, "new_password": NEW_PASSWORD});
            let confirm = async |code: Option<&str>, password: &str| {
                let mut body = body.clone();
                (body["totp_code"], body["new_password"]) = (json!(code), json!(password));
                app.post(CONFIRM, &body).await
            };
            let asked = app.post(CONFIRM, &body).await;
            assert_eq!(asked.told(), "403 mfa_required", "{}", asked.text);
            assert!(asked.body.get("error").is_none());
            let wrong = confirm(Some(&phone.wrong(app, 1)[0]), NEW_PASSWORD).await;
            assert_eq!(wrong.told(), "403 mfa_required");
            assert_eq!(wrong.text_at("/errors/0/code"), "invalid_one_time_code");
            let code = phone.code(app);
            let weak = confirm(Some(&code), "short").await;
            assert_eq!(weak.text_at("/errors/0/code"), "password_too_weak");
            let done = confirm(Some(&code), NEW_PASSWORD).await;
            assert_eq!((done.status, done.text_at("/user/id")), (200, user.to_string()), "{}", done.text);
            assert_eq!(confirm(None, NEW_PASSWORD).await.status, 200, "a lost answer");
            app.drain().await;
            app.advance(STEP);
        }
        assert_eq!(app.credential_version(user).await, 2);
    });
}

#[test]
fn a_reset_and_two_sign_ins_at_once_use_a_code_once() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let proof = with_password(&Mode::HandedOver.proof(app, user).await, NEW_PASSWORD);
        let asked = [app.sign_in(ANN, PASSWORD).await, app.sign_in(ANN, PASSWORD).await];
        let code = phone.code(app);
        let body = with_code(&proof, &code);
        let (reset, steps) = futures_util::join!(
            complete(app, &body),
            join_all(asked.iter().map(|asked| app.second_step(asked, &code)))
        );
        let taken = usize::from(reset.told() == "200 PASSWORD_RESET_COMPLETE")
            + steps.iter().filter(|step| step.status == 200).count();
        assert_eq!(taken, 1, "{} {steps:?}", reset.text);
        app.drain().await;
    });
}
