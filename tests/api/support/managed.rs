//! Callers of the management API: operators, and accounts with some grants.

use rekey::domain::access::{Boundary, Grant, Permission};
use rekey::domain::entropy::SystemEntropy;
use rekey::workflows::operators::make_operator;
use reqwest::Method;
use serde_json::Value;

use super::app::TestApp;
use super::http::Answer;

/// Every permission inside a boundary.
pub fn every_permission(boundary: &Boundary) -> Vec<Grant> {
    Permission::ALL.iter().map(|permission| Grant::new(*permission, boundary.clone())).collect()
}

/// Some permissions for the whole application.
pub fn some(permissions: &[Permission]) -> Vec<Grant> {
    permissions.iter().map(|permission| Grant::new(*permission, Boundary::Application)).collect()
}

impl TestApp {
    /// Makes an operator; answers their API key.
    pub async fn operator(&self, name: &str) -> String {
        let made = make_operator(&self.app.engine.database, &SystemEntropy, name).await.unwrap();
        made.1.expose().to_owned()
    }

    /// A JSON call with a key and one more header.
    pub async fn call_with(
        &self,
        key: &str,
        header: (&str, &str),
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), header];
        self.send(method, path, &headers, body.map(|body| body.to_string().into_bytes())).await
    }

    /// The actions of the audit log, newest first.
    pub async fn audited(&self) -> Vec<String> {
        let answer = self.get("/api/v1/audit-log?count=100").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let items = answer.body["items"].as_array().unwrap();
        items.iter().map(|item| item["action"].as_str().unwrap().to_owned()).collect()
    }
}
