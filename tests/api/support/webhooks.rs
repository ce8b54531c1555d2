//! Steps with webhooks that many tests take.

use rekey::domain::ids::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use super::app::{TestApp, on_both_with};
use super::http::Answer;

/// An endpoint as its maker knows it.
pub struct Made {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// Runs a test where endpoints may be on this machine.
pub fn on_both_calling_here(test: impl AsyncFn(&mut TestApp)) {
    on_both_with(&[("REKEY__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.0/8")], test);
}

impl TestApp {
    /// Registers an endpoint.
    pub async fn endpoint(&self, url: &str, events: &[&str]) -> Made {
        let made = self.post("/webhook_endpoints", &json!({"endpoint_url": url, "events": events})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        Made { id: made.text_at("/id"), secret: made.text_at("/secret") }
    }

    /// A call with the application's key.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.call_as(&self.key, method, path, body).await
    }

    /// Something happens: one `user.created`. Nothing is delivered yet.
    pub async fn happen(&self, number: usize) -> UserId {
        self.user(&format!("user{number}@example.test")).await
    }

    /// The deliveries that a query finds, the newest first.
    pub async fn deliveries(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/api/v1/webhook-deliveries?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body["items"].as_array().unwrap().clone()
    }

    /// State, tries and status of the only delivery.
    pub async fn only_delivery(&self) -> (String, u64, Value) {
        let all = self.deliveries("").await;
        assert_eq!(all.len(), 1, "{all:?}");
        let state = all[0]["state"].as_str().unwrap().to_owned();
        (state, all[0]["attempts"].as_u64().unwrap(), all[0]["responseStatus"].clone())
    }
}
