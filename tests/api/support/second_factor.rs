//! A user's telephone with an authenticator app, and a sign-in with it.

use std::time::Duration;

use futures_util::future::join_all;
use rekey::config::keys_file::{Exposure, KeysFile};
use rekey::domain::entropy::SystemEntropy;
use rekey::domain::ids::UserId;
use rekey::domain::second_factor::Authenticator;
use rekey::domain::secret::Secret;
use rekey::store::{auth_factors, users};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::app::TestApp;
use super::http::Answer;

/// Settings under which a hash takes long enough to do something meanwhile.
pub const SLOW_HASHES: [(&str, &str); 2] =
    [("REKEY__HASHING__MEMORY_KIB", "19456"), ("REKEY__HASHING__ITERATIONS", "10")];

/// How long until the app shows another code.
pub const STEP: Duration = Duration::from_secs(30);

/// A telephone with an authenticator app.
pub struct Phone(pub Authenticator);

impl Phone {
    /// The code that it shows now.
    pub fn code(&self, app: &TestApp) -> String {
        self.0.code(Authenticator::step(app.now())).expose().to_owned()
    }

    /// Codes that are not right now, each another one.
    pub fn wrong(&self, app: &TestApp, count: usize) -> Vec<String> {
        let now = Authenticator::step(app.now());
        let right: Vec<_> = (now - 2..=now + 2).map(|step| self.0.code(step).expose().to_owned()).collect();
        (0..).map(|number| format!("{number:06}")).filter(|code| !right.contains(code)).take(count).collect()
    }
}

impl TestApp {
    /// Gives a user an authenticator; answers the whole answer too.
    pub async fn enrol(&self, user: UserId) -> (Phone, Answer) {
        let made = self.post(&format!("/user_management/users/{user}/auth_factors"), &json!({"type": "totp"})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let secret = Secret::new(made.text_at("/authentication_factor/totp/secret"));
        (Phone(Authenticator::read(&secret).unwrap()), made)
    }

    /// A user with an authenticator.
    pub async fn user_with_phone(&self, email: &str) -> (UserId, Phone) {
        let user = self.user(email).await;
        (user, self.enrol(user).await.0)
    }

    /// Takes a user's authenticators away and makes a call; they are back
    /// between the call's hash and what it writes.
    pub async fn enrolled_meanwhile<T>(&self, user: UserId, call: impl Future<Output = T>) -> T {
        let (database, hasher) = (&self.app.engine.database, &self.app.engine.hasher);
        let factors = auth_factors::list(database.read(), user).await.unwrap();
        auth_factors::delete_all(database.write(), user).await.unwrap();
        let enrol = async {
            while hasher.stats().busy == 0 {
                sleep(Duration::from_millis(1)).await;
            }
            let transaction = database.begin().await.unwrap();
            users::lock(&transaction, &self.scope(), user).await.unwrap().unwrap();
            while hasher.stats().busy > 0 {
                sleep(Duration::from_millis(1)).await;
            }
            // Time for the call to come to the locked user.
            sleep(Duration::from_millis(200)).await;
            for factor in &factors {
                auth_factors::insert(&transaction, factor).await.unwrap();
            }
            transaction.commit().await.unwrap();
        };
        let enrol = async { timeout(Duration::from_secs(20), enrol).await.expect("the call has hashed nothing") };
        tokio::join!(call, enrol).0
    }

    /// Signs in with a grant and what it takes.
    pub async fn authenticate_by(&self, grant: &str, fields: Value) -> Answer {
        self.post("/user_management/authenticate", &self.grant(grant, fields)).await
    }

    /// The body of such a call.
    pub fn grant(&self, grant: &str, mut fields: Value) -> Value {
        fields["grant_type"] = grant.into();
        fields["client_id"] = self.client.0.clone().into();
        fields["client_secret"] = self.key.clone().into();
        fields
    }

    /// The second step of a sign-in.
    pub async fn second_step(&self, asked: &Answer, code: &str) -> Answer {
        self.authenticate_by(MFA_TOTP, second_step(asked, code)).await
    }

    /// The second step with many codes at once.
    pub async fn second_steps(&self, asked: &[&Answer], codes: &[String]) -> Vec<Answer> {
        let calls = codes.iter().zip(asked.iter().cycle()).map(|(code, asked)| self.second_step(asked, code));
        join_all(calls).await
    }

    /// Stops and starts again with a key file that was changed meanwhile.
    pub async fn restart_with_keys(&mut self, change: impl FnOnce(&mut KeysFile)) {
        let path = self.app.settings.secrets.keys_file.clone();
        let mut keys = KeysFile::load(&path, Exposure::Warn).unwrap();
        change(&mut keys);
        keys.save(&path, &SystemEntropy).unwrap();
        self.restart().await;
    }

    /// Marks in a window.
    pub async fn marks(&mut self, window: &str) -> i64 {
        let sql = format!(
            "SELECT CAST(coalesce(max(CASE WHEN marks = '[]' THEN 0 \
             ELSE length(marks) - length(replace(marks, ',', '')) + 1 END), 0) AS bigint) AS n \
             FROM sliding_logs WHERE key = '{window}'"
        );
        self.database.number(&sql).await
    }
}

/// The grant of the second step.
pub const MFA_TOTP: &str = "urn:workos:oauth:grant-type:mfa-totp";

/// The fields of the second step.
pub fn second_step(asked: &Answer, code: &str) -> Value {
    json!({
        "code": code,
        "pending_authentication_token": asked.text_at("/pending_authentication_token"),
        "authentication_challenge_id": asked.text_at("/authentication_challenge_id"),
    })
}
