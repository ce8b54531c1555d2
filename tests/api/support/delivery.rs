//! Steps with several mail servers that many tests take.

use std::time::Duration;

use rekey::domain::email_policy::EmailOverrides;
use rekey::domain::ids::{TenantId, UserId};
use rekey::store::policies::{self, PolicyKind};
use serde_json::{Value, json};

use super::app::{TestApp, on_both_with};
use super::smtp::SmtpServer;

/// Longer than any breaker stays open the first time, and than a first wait.
pub const A_WHILE: Duration = Duration::from_secs(20);

#[expect(clippy::needless_pass_by_value, reason = "a test is a closure in place")]
/// Runs a test with a second mail server, which the settings call `backup`.
pub fn on_both_with_backup(settings: &[(&str, &str)], test: impl AsyncFn(&mut TestApp, &SmtpServer)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let backup = runtime.block_on(SmtpServer::start());
    let url = backup.url();
    let mut all = vec![
        ("REKEY__MAIL__TRANSPORTS__BACKUP__URL", url.as_str()),
        ("REKEY__MAIL__SMTP__TIMEOUT_SECONDS", "1"),
        ("REKEY__MAIL__TRANSPORTS__BACKUP__TIMEOUT_SECONDS", "1"),
    ];
    all.extend_from_slice(settings);
    on_both_with(&all, async |app| {
        backup.forget();
        test(app, &backup).await;
    });
}

impl TestApp {
    /// Sends a user their link, and does what is due.
    pub async fn send_link(&self, user: UserId) {
        let answer = self.workflow("send-password-reset-email", &json!({"userId": user.to_string()})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.drain().await;
    }

    /// Sets the email policy of the application or of a tenant.
    pub async fn email_policy(&self, tenant: Option<TenantId>, policy: Value) {
        let overrides: EmailOverrides = serde_json::from_value(policy).unwrap();
        let database = self.app.engine.database.write();
        policies::put(database, &self.scope(), tenant, PolicyKind::Email, &overrides, self.now()).await.unwrap();
        self.app.engine.tenancies.clear();
    }

    /// The messages that a query finds, the newest first.
    pub async fn outbox(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/api/v1/messages?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body["items"].as_array().unwrap().clone()
    }

    /// The newest message with all its attempts.
    pub async fn latest_message(&self) -> Value {
        let all = self.outbox("count=1").await;
        let answer = self.get(&format!("/api/v1/messages/{}", all[0]["id"].as_str().unwrap())).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body
    }
}
