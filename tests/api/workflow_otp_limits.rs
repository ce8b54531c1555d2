//! The account's budget of wrong codes, and the clock of resends.

use std::time::Duration;

use rekey::domain::policy::WorkflowOverrides;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::resets::{EXHAUSTED, minutes, wrong};

const ANN: &str = "ann@example.test";
const HOUR: Duration = minutes(60);

async fn guess_wrong(app: &TestApp, request: &str, code: &str, times: usize) {
    for _ in 0..times {
        app.verify(request, &wrong(code)).await.refuses("verificationCode", "invalid_verification_code");
    }
    app.drain().await;
}

#[test]
fn e04_ten_wrong_codes_a_day_end_all_codes_of_an_account_whatever_is_sent_anew() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        guess_wrong(app, &request, &code, 3).await;
        app.advance(minutes(1));
        assert_eq!(app.resend(&request).await.told(), "200 RESENT");
        guess_wrong(app, &request, &code, 1).await;
        let (request, code) = app.code(ANN).await;
        guess_wrong(app, &request, &code, 4).await;
        app.advance(HOUR);
        let (request, code) = app.code(ANN).await;
        guess_wrong(app, &request, &code, 2).await;
        app.verify(&request, &code).await.refuses("verificationCode", "invalid_verification_code");
        let refused = app.complete_code(&request, &code, NEW_PASSWORD).await;
        refused.refuses("verificationCode", "invalid_verification_code");

        let (before, notices) = (app.mails().await.len(), app.mails_with(EXHAUSTED).await);
        app.advance(HOUR);
        assert_eq!(app.ask(ANN).await.told(), "200 REQUEST_ACCEPTED");
        assert_eq!(app.mails().await.len(), before + 1);
        assert_eq!(app.mails_with(EXHAUSTED).await, notices + 1, "a notice instead of a code");
        assert!(app.signs_in(ANN, PASSWORD).await);

        app.mail_links().await;
        app.advance(HOUR);
        let token = app.link_token(ANN).await;
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        app.mail_codes().await;
        app.advance(HOUR);
        let (request, code) = app.code(ANN).await;
        assert_eq!(app.verify(&request, &code).await.told(), "200 CODE_VERIFIED", "a success clears the budget");
        app.drain().await;
    });
}

#[test]
fn the_budget_of_wrong_codes_comes_back_after_a_day_and_ends_again() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        for day in 0..2 {
            for _ in 0..2 {
                let (request, code) = app.code(ANN).await;
                guess_wrong(app, &request, &code, 5).await;
            }
            app.advance(HOUR);
            let before = app.mails().await.len();
            assert_eq!(app.ask(ANN).await.told(), "200 REQUEST_ACCEPTED");
            assert_eq!(app.mails().await.len(), before + 1);
            assert!(app.latest_mail().await.data().contains(EXHAUSTED), "no code on day {day}");
            app.advance(24 * HOUR);
        }
    });
}

#[test]
fn budgets_of_two_accounts_have_nothing_to_do_with_each_other() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        app.user("bob@example.test").await;
        let tenant = app.another_tenant("elsewhere").await;
        app.user_in(tenant, ANN).await;
        for _ in 0..2 {
            let (request, code) = app.code(ANN).await;
            guess_wrong(app, &request, &code, 5).await;
        }
        let (request, code) = app.code("bob@example.test").await;
        app.complete_code(&request, &code, NEW_PASSWORD).await.is_complete();
        app.drain().await;
        let body = serde_json::json!({"email": ANN, "tenantId": tenant.to_string()});
        let asked = app.workflow("request-password-reset", &body).await;
        let code = app.latest_mail().await.verification_code();
        app.complete_code(&asked.text_at("/requestCode"), &code, NEW_PASSWORD).await.is_complete();
        assert!(app.signs_in(ANN, PASSWORD).await, "the namesake of the other tenant keeps the password");
        app.drain().await;
    });
}

#[test]
fn a_resend_shows_the_same_code_and_gives_no_fresh_attempts() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (request, code) = app.code(ANN).await;
        guess_wrong(app, &request, &code, 4).await;
        app.advance(minutes(1));
        assert_eq!(app.resend(&request).await.told(), "200 RESENT");
        assert_eq!(app.mails().await.len(), 2);
        assert_eq!(app.latest_mail().await.verification_code(), code);
        guess_wrong(app, &request, &code, 1).await;
        app.verify(&request, &code).await.refuses("verificationCode", "invalid_verification_code");
        app.advance(minutes(2));
        app.resend(&request).await.refuses("requestCode", "invalid_request_code");
    });
}

#[test]
fn a_code_is_sent_again_after_one_two_and_four_minutes_known_address_or_not() {
    on_both_databases(async |app| {
        app.mail_codes().await;
        app.user(ANN).await;
        let (known, _) = app.code(ANN).await;
        let unknown = app.ask("nobody@example.test").await.text_at("/requestCode");
        app.drain().await;
        for (wait, next) in [(60, "00:03:00"), (120, "00:07:00"), (240, "00:11:00")] {
            for early in [wait * 1000, 1] {
                let (one, two) = (app.resend(&known).await, app.resend(&unknown).await);
                assert_eq!(one.told(), "429 too_many_requests");
                assert_eq!(one.headers["retry-after"], if early == 1 { "1".to_owned() } else { wait.to_string() });
                assert_eq!(one.shape(), two.shape());
                app.advance(Duration::from_millis(if early == 1 { 1 } else { early - 1 }));
            }
            let (one, two) = (app.resend(&known).await, app.resend(&unknown).await);
            assert_eq!(one.told(), "200 RESENT");
            assert_eq!(one.text_at("/resendAvailableAt"), format!("2026-01-01T{next}.000Z"));
            assert_eq!(one.shape(), two.shape());
            app.drain().await;
        }
        assert_eq!(app.mails().await.len(), 3, "the mailbox's burst, and never a mail to nobody");
    });
}

#[test]
fn an_operator_sets_the_waits_and_the_last_one_counts_from_then_on() {
    on_both_with(&[("REKEY__LIMITS__RESEND_SECONDS", "30,90")], async |app| {
        app.mail_codes().await;
        let request = app.ask("nobody@example.test").await.text_at("/requestCode");
        for wait in [30, 90, 90] {
            assert_eq!(app.resend(&request).await.headers["retry-after"], wait.to_string());
            app.advance(Duration::from_secs(wait));
            assert_eq!(app.resend(&request).await.told(), "200 RESENT");
        }
        app.drain().await;
    });
}

#[test]
fn a_lifetime_of_codes_has_bounds_that_no_policy_leaves() {
    on_both_databases(async |app| {
        app.user(ANN).await;
        for (wish, lives) in [(1, "00:02"), (5, "00:05"), (600, "00:10")] {
            let strategy = Some(rekey::domain::reset::Strategy::Otp);
            let policy = WorkflowOverrides { strategy, email_otp_minutes: Some(wish), ..WorkflowOverrides::default() };
            app.policy(policy).await;
            let asked = app.ask(ANN).await;
            assert_eq!(asked.text_at("/expiresAt"), format!("2026-01-01T{lives}:00.000Z"), "{wish}");
        }
        app.drain().await;
    });
}
