//! Mode `EmailOtp` through the workflow API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, on_both_databases};
use crate::support::resets::{EXHAUSTED, almost, minutes, wrong};

const ANN: &str = "ann@example.test";

#[test]
fn a_password_is_reset_with_an_emailed_code() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        let user = app.user(ANN).await;
        let asked = app.ask(ANN).await;
        assert_eq!((asked.told().as_str(), asked.text_at("/strategy").as_str()), ("200 REQUEST_ACCEPTED", "OTP"));
        assert_eq!(asked.text_at("/expiresAt"), "2026-01-01T00:10:00.000Z");
        assert_eq!(asked.text_at("/resendAvailableAt"), "2026-01-01T00:01:00.000Z");
        let (request, code) = (asked.text_at("/requestCode"), app.latest_mail().await.verification_code());

        let seen = app.verify(&request, &code).await;
        assert_eq!(seen.told(), "200 CODE_VERIFIED");
        assert_eq!(seen.text_at("/expiresAt"), "2026-01-01T00:10:00.000Z");
        assert!(app.signs_in(ANN, PASSWORD).await, "asking and looking change nothing");
        let done = app.complete_code(&request, &code, NEW_PASSWORD).await;
        done.is_complete();
        assert_eq!(done.text_at("/userId"), user.to_string());
        assert!(app.signs_in(ANN, NEW_PASSWORD).await && !app.signs_in(ANN, PASSWORD).await);
        app.verify(&request, &code).await.refuses("verificationCode", "invalid_verification_code");
        assert_eq!(app.count_events(user, "password_reset.succeeded").await, 1);
    });
}

#[test]
fn a_code_that_a_trusted_backend_mails_comes_with_its_request_code() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let body = json!({"userId": user.to_string(), "strategy": "OTP"});
        let sent = app.workflow("send-password-reset-email", &body).await;
        assert_eq!(sent.told(), "200 EMAIL_QUEUED");
        assert_eq!(sent.text_at("/expiresAt"), "2026-01-01T00:10:00.000Z");
        assert!(sent.text_at("/passwordResetId").starts_with("password_reset_"));
        let code = app.latest_mail().await.verification_code();
        app.complete_code(&sent.text_at("/requestCode"), &code, NEW_PASSWORD).await.is_complete();
        assert!(app.signs_in(ANN, NEW_PASSWORD).await);
        app.drain().await;
    });
}

#[test]
fn spaces_and_dashes_in_a_code_do_not_matter() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        let (left, right) = code.split_at(4);
        for typed in [format!("{left} {right}"), format!(" {left}-{right} "), format!("- {code} -")] {
            assert_eq!(app.verify(&request, &typed).await.told(), "200 CODE_VERIFIED", "{typed:?}");
        }
        app.complete_code(&request, &format!("{left} - {right}"), NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn e10_one_code_is_one_string_of_eight_ascii_digits() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        let (wide, arabic): (String, String) = (
            code.chars().map(|digit| char::from_u32(0xFF10 + digit.to_digit(10).unwrap()).unwrap()).collect(),
            code.chars().map(|digit| char::from_u32(0x0660 + digit.to_digit(10).unwrap()).unwrap()).collect(),
        );
        let odd: Vec<Value> = vec![
            json!([code]),
            json!([code, wrong(&code)]),
            json!(format!("{},{code}", wrong(&code))),
            json!("%"),
            json!(code.parse::<u64>().unwrap()),
            json!(wide),
            json!(arabic),
            json!(format!("{code}0")),
            json!(format!("0{code}")),
            json!(&code[..7]),
            json!(format!("+{code}")),
            json!(format!("{code}\n")),
            json!(format!("{code}{}", " ".repeat(100))),
            json!({"$ne": null}),
        ];
        for value in odd {
            let body = json!({"requestCode": request, "verificationCode": value, "newPassword": NEW_PASSWORD});
            assert_eq!(app.workflow("reset-password", &body).await.status, 400, "{value}");
            let body = json!({"requestCode": request, "verificationCode": value});
            assert_eq!(app.workflow("verify-code", &body).await.status, 400, "{value}");
        }
        app.complete_code(&request, &code, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn e01_after_five_wrong_codes_even_the_right_one_is_refused_and_the_user_is_told() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        let user = app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        for n in 0..5 {
            // Both calls draw on the same attempts, and answer alike.
            let refused = if n % 2 == 0 {
                app.verify(&request, &wrong(&code)).await
            } else {
                app.complete_code(&request, &wrong(&code), NEW_PASSWORD).await
            };
            refused.refuses("verificationCode", "invalid_verification_code");
        }
        for _ in 0..2 {
            app.verify(&request, &code).await.refuses("verificationCode", "invalid_verification_code");
            let refused = app.complete_code(&request, &code, NEW_PASSWORD).await;
            refused.refuses("verificationCode", "invalid_verification_code");
            assert_eq!(app.mails_with(EXHAUSTED).await, 1, "told once");
        }
        assert!(app.signs_in(ANN, PASSWORD).await, "nobody is locked out of signing in");
        assert_eq!(app.count_events(user, "password_reset.exhausted").await, 1);
        app.mail_links().await;
        let token = app.link_token(ANN).await;
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn a_right_code_is_never_used_up_by_looking_or_by_a_bad_password() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        for _ in 0..4 {
            app.verify(&request, &wrong(&code)).await.refuses("verificationCode", "invalid_verification_code");
        }
        for _ in 0..8 {
            assert_eq!(app.verify(&request, &code).await.told(), "200 CODE_VERIFIED");
            app.complete_code(&request, &code, "short").await.refuses("newPassword", "too_short");
        }
        app.complete_code(&request, &code, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn a_code_is_good_for_ten_minutes_to_the_millisecond() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        app.advance(almost(minutes(10)));
        assert_eq!(app.verify(&request, &code).await.told(), "200 CODE_VERIFIED");
        app.advance(Duration::from_millis(1));
        app.verify(&request, &code).await.refuses("verificationCode", "code_expired");
        app.complete_code(&request, &code, NEW_PASSWORD).await.refuses("verificationCode", "code_expired");
        app.verify(&request, &wrong(&code)).await.refuses("verificationCode", "invalid_verification_code");
        app.resend(&request).await.refuses("requestCode", "code_expired");
        assert!(app.signs_in(ANN, PASSWORD).await);
        for _ in 0..4 {
            app.verify(&request, &wrong(&code)).await.refuses("verificationCode", "invalid_verification_code");
        }
        // Attempts count on an expired one too, and exhaustion is looked at first.
        app.verify(&request, &code).await.refuses("verificationCode", "invalid_verification_code");
        app.drain().await;
    });
}

#[test]
fn a_wrong_request_code_is_answered_like_a_wrong_verification_code() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        let other = request.chars().rev().collect::<String>();
        let shapes = [
            app.verify(&request, &wrong(&code)).await.shape(),
            app.verify(&other, &code).await.shape(),
            app.verify("nonsense", &code).await.shape(),
            app.complete_code(&request, &wrong(&code), NEW_PASSWORD).await.shape(),
            app.complete_code(&other, &code, NEW_PASSWORD).await.shape(),
            app.complete_code(&other, &code, "short").await.shape(),
        ];
        assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:#?}");
        app.resend(&other).await.refuses("requestCode", "invalid_request_code");
        assert_eq!(app.verify(&request, &code).await.told(), "200 CODE_VERIFIED");
    });
}

#[test]
fn only_the_newest_code_works() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let first = app.code(ANN).await;
        let second = app.code(ANN).await;
        app.verify(&first.0, &first.1).await.refuses("verificationCode", "invalid_verification_code");
        app.verify(&first.0, &second.1).await.refuses("verificationCode", "invalid_verification_code");
        app.complete_code(&second.0, &second.1, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}
