//! Proofs of each mode, and many callers at once.

use futures_util::future::join_all;
use rekey::domain::email_address::EmailAddress;
use rekey::domain::ids::{PasswordResetId, UserId};
use rekey::domain::reset::proof;
use rekey::domain::secret::Secret;
use rekey::store::resets;
use rekey::workflows::resets::Client;
use rekey::workflows::sessions::SignedIn;
use serde_json::{Value, json};

use super::app::TestApp;
use super::http::Answer;

/// A mode, as the fields that prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `emailAuthCode`
    Link,
    /// `requestCode` and `verificationCode`
    Code,
    /// `passwordResetCode`
    HandedOver,
}

impl Mode {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Link, Self::Code, Self::HandedOver];

    /// How long a proof of it lives, in minutes.
    pub const fn minutes(self) -> u64 {
        match self {
            Self::Link => 30,
            Self::Code => 10,
            Self::HandedOver => 60,
        }
    }

    /// The field that carries the proof, and the code of a violation there.
    pub const fn refusal(self) -> (&'static str, &'static str) {
        match self {
            Self::Link => ("emailAuthCode", "invalid_email_auth_code"),
            Self::Code => ("verificationCode", "invalid_verification_code"),
            Self::HandedOver => ("passwordResetCode", "invalid_password_reset_code"),
        }
    }

    /// A live proof for a user, as the fields of a completion.
    pub async fn proof(self, app: &TestApp, user: UserId) -> Value {
        self.made(app, user).await.1
    }

    /// A live proof for a user, and the reset that it belongs to.
    pub async fn made(self, app: &TestApp, user: UserId) -> (PasswordResetId, Value) {
        let id = user.to_string();
        let (call, body) = match self {
            Self::Link => ("send-password-reset-email", json!({"userId": id, "strategy": "LINK"})),
            Self::Code => ("send-password-reset-email", json!({"userId": id, "strategy": "OTP"})),
            Self::HandedOver => ("create-password-reset-link", json!({"userId": id})),
        };
        let answer = app.workflow(call, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        app.drain().await;
        let proof = match self {
            Self::Link => json!({"emailAuthCode": app.latest_mail().await.link_token()}),
            Self::Code => {
                let code = app.latest_mail().await.verification_code();
                json!({"requestCode": answer.text_at("/requestCode"), "verificationCode": code})
            }
            Self::HandedOver => json!({"passwordResetCode": answer.text_at("/passwordResetCode")}),
        };
        (answer.text_at("/passwordResetId").parse().unwrap(), proof)
    }
}

/// The right code of a user whose budget of wrong codes may be spent: it is not
/// mailed then, so it is worked out as the server would.
pub async fn unmailed_code(app: &TestApp, user: UserId) -> Value {
    let body = json!({"userId": user.to_string(), "strategy": "OTP"});
    let answer = app.workflow("send-password-reset-email", &body).await;
    assert_eq!(answer.told(), "200 EMAIL_QUEUED");
    app.drain().await;
    let engine = &app.app.engine;
    let id: PasswordResetId = answer.text_at("/passwordResetId").parse().unwrap();
    let reset = resets::find(engine.database.read(), &app.scope(), id).await.unwrap().unwrap();
    let key = engine.key(&reset.key_id).unwrap();
    let code = proof::verification_code(key, reset.application, &id.to_string(), &reset.nonce);
    json!({"requestCode": answer.text_at("/requestCode"), "verificationCode": code.expose()})
}

/// A proof together with a new password.
pub fn with_password(proof: &Value, password: &str) -> Value {
    let mut body = proof.clone();
    body["newPassword"] = Value::from(password);
    body
}

/// Eight digits that are not these.
pub fn wrong_code(right: &str) -> String {
    let number: u32 = right.parse().unwrap();
    format!("{:08}", (number + 1) % 100_000_000)
}

impl TestApp {
    /// The same call with many bodies at once, spread over several addresses.
    pub async fn crowd(&self, addresses: &[&str], call: &str, bodies: &[Value]) -> Vec<Answer> {
        let client = reqwest::Client::new();
        let calls = bodies.iter().zip(addresses.iter().cycle()).map(|(body, address)| {
            let request = client.post(format!("{address}/api/v1/password-reset/{call}")).bearer_auth(&self.key);
            async move { Answer::read(request.json(body).send().await.unwrap()).await }
        });
        join_all(calls).await
    }

    /// Signs a user of the default tenant in, past the doors.
    pub async fn session(&self, email: &str, password: &str) -> Option<SignedIn> {
        let email = EmailAddress::parse(email).unwrap();
        let engine = &self.app.engine;
        engine.sign_in(&self.scope(), None, &email, &Secret::new(password), &Client::default()).await.ok()
    }

    /// Whether a refresh token still holds; uses it up when it does.
    pub async fn refreshes(&self, session: &SignedIn) -> bool {
        self.app.engine.refresh_session(&self.scope(), &session.refresh_token).await.is_ok()
    }

    /// How often the credential of a user has changed.
    pub async fn credential_version(&mut self, user: UserId) -> i64 {
        self.database.number(&format!("SELECT credential_version AS n FROM users WHERE id = '{user}'")).await
    }

    /// How many messages of a user have this kind and state.
    pub async fn messages(&mut self, user: UserId, kind: &str, state: &str) -> i64 {
        let sql = format!(
            "SELECT count(*) AS n FROM messages WHERE user_id = '{user}' AND kind = '{kind}' AND state = '{state}'"
        );
        self.database.number(&sql).await
    }
}
