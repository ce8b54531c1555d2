//! Steps of a reset that many tests take.

use std::time::Duration;

use rekey::domain::ids::UserId;
use rekey::domain::policy::WorkflowOverrides;
use rekey::domain::reset::Strategy;
use rekey::domain::secret::Secret;
use rekey::workflows::resets::Client;
use rekey::workflows::users::UserChange;
use reqwest::Method;
use serde_json::{Value, json};

use super::app::TestApp;
use super::http::Answer;

/// Subjects of notices, as far as they tell one from the other.
pub const EXHAUSTED: &str = "Subject: Too many wrong codes";
/// After a completion.
pub const UPDATED: &str = "password was changed";
/// After a handed-over link was made.
pub const LINK_CREATED: &str = "Subject: A password reset link was made";

/// The codes of a violation.
pub fn codes(list: &[&str]) -> Vec<String> {
    list.iter().map(|code| (*code).to_owned()).collect()
}

/// A well-formed code that is not this one.
pub fn wrong(code: &str) -> String {
    let last = if code.ends_with('7') { '3' } else { '7' };
    format!("{}{last}", &code[..7])
}

/// Minutes.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

/// Just before a moment: a millisecond less.
pub const fn almost(moment: Duration) -> Duration {
    moment.saturating_sub(Duration::from_millis(1))
}

impl Answer {
    /// Status and code of an error, or status and result of a success.
    pub fn told(&self) -> String {
        let word = self.body["code"].as_str().or_else(|| self.body["result"].as_str()).unwrap_or_default();
        format!("{} {word}", self.status)
    }

    /// Asserts that a field, and only that one, breaks these rules.
    #[track_caller]
    pub fn refuses(&self, field: &str, code: &str) {
        assert_eq!(self.told(), "400 message_body_constraint_violations", "{}", self.text);
        let fields: Vec<&str> = self.body["violations"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((fields, self.violations(field)), (vec![field], codes(&[code])), "{}", self.text);
    }

    /// Asserts that a reset is complete.
    #[track_caller]
    pub fn is_complete(&self) {
        assert_eq!(self.told(), "200 PASSWORD_RESET_COMPLETE", "{}", self.text);
    }
}

impl TestApp {
    /// From now on requests by address mail codes.
    pub async fn mail_codes(&self) {
        self.policy(WorkflowOverrides { strategy: Some(Strategy::Otp), ..WorkflowOverrides::default() }).await;
    }

    /// From now on requests by address mail links, and nothing else is special.
    pub async fn mail_links(&self) {
        self.policy(WorkflowOverrides::default()).await;
    }

    /// Requests a reset by address.
    pub async fn ask(&self, email: &str) -> Answer {
        self.workflow("request-password-reset", &json!({"email": email})).await
    }

    /// Completes with the token of an emailed link.
    pub async fn complete_link(&self, token: &str, password: &str) -> Answer {
        self.workflow("reset-password", &json!({"emailAuthCode": token, "newPassword": password})).await
    }

    /// Completes with the two codes.
    pub async fn complete_code(&self, request: &str, code: &str, password: &str) -> Answer {
        let body = json!({"requestCode": request, "verificationCode": code, "newPassword": password});
        self.workflow("reset-password", &body).await
    }

    /// Completes with the token of a handed-over link.
    pub async fn complete_handed_over(&self, token: &str, password: &str) -> Answer {
        self.workflow("reset-password", &json!({"passwordResetCode": token, "newPassword": password})).await
    }

    /// Looks whether a code is right.
    pub async fn verify(&self, request: &str, code: &str) -> Answer {
        self.workflow("verify-code", &json!({"requestCode": request, "verificationCode": code})).await
    }

    /// Wants the code once more.
    pub async fn resend(&self, request: &str) -> Answer {
        self.workflow("resend-code", &json!({"requestCode": request})).await
    }

    /// Makes a link to hand over.
    pub async fn create_link(&self, user: UserId) -> Answer {
        let made = self.workflow("create-password-reset-link", &json!({"userId": user.to_string()})).await;
        assert_eq!(made.status, 200, "{}", made.text);
        self.drain().await;
        made
    }

    /// What an emailed link is good for.
    pub async fn link_is(&self, token: &str) -> String {
        let seen = self.workflow("introspect-email-auth-code", &json!({"emailAuthCode": token})).await;
        seen.body["result"].as_str().map_or_else(|| seen.told(), str::to_owned)
    }

    /// What a handed-over link is good for.
    pub async fn handed_over_is(&self, token: &str) -> String {
        let seen = self.workflow("introspect-password-reset-code", &json!({"passwordResetCode": token})).await;
        seen.body["result"].as_str().map_or_else(|| seen.told(), str::to_owned)
    }

    /// A call of the workflow API with an idempotency key.
    pub async fn workflow_once(&self, call: &str, key: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
        let path = format!("/api/v1/password-reset/{call}");
        self.send(Method::POST, &path, &headers, Some(body.to_string().into_bytes())).await
    }

    /// A call of the workflow API with another key.
    pub async fn workflow_as(&self, key: &str, call: &str, body: &Value) -> Answer {
        self.call_as(key, Method::POST, &format!("/api/v1/password-reset/{call}"), Some(body)).await
    }

    /// How many mails hold a text on the wire.
    pub async fn mails_with(&self, text: &str) -> usize {
        self.mails().await.iter().filter(|mail| mail.data().contains(text)).count()
    }

    /// Changes a user behind the doors.
    pub async fn change_user(&self, user: UserId, change: UserChange) {
        let scope = self.scope();
        self.app.engine.update_user(&self.authority(), Some(&scope), user, change, &Client::default()).await.unwrap();
        self.drain().await;
    }

    /// Changes a user's password behind the doors.
    pub async fn set_password(&self, user: UserId, password: &str) {
        self.change_user(user, UserChange { password: Some(Secret::new(password)), ..UserChange::default() }).await;
    }

    /// How many of a user's events are of a kind.
    pub async fn count_events(&self, user: UserId, kind: &str) -> usize {
        self.events(user).await.iter().filter(|event| *event == kind).count()
    }
}
