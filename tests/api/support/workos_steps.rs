//! Steps in the WorkOS-compatible dialect.

use reqwest::Method;
use serde_json::{Value, json};

use super::app::TestApp;
use super::http::Answer;
use super::smtp::Received;

impl TestApp {
    /// Makes a user and answers the object.
    pub async fn make(&self, user: &Value) -> Value {
        let made = self.post("/user_management/users", user).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.body
    }

    /// Changes a user.
    pub async fn put(&self, id: &str, change: &Value) -> Answer {
        self.call_as(&self.key, Method::PUT, &format!("/user_management/users/{id}"), Some(change)).await
    }

    /// Signs in with a grant.
    pub async fn authenticate(&self, grant: &Value) -> Answer {
        let mut body = json!({"client_id": self.client.0, "client_secret": self.key});
        for (name, value) in grant.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.post("/user_management/authenticate", &body).await
    }

    /// Signs in with an address and a password.
    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.authenticate(&json!({"grant_type": "password", "email": email, "password": password})).await
    }

    /// The ids of a list.
    pub async fn listed(&self, query: &str) -> Vec<String> {
        let list = self.get(&format!("/user_management/users?{query}")).await;
        assert_eq!(list.status, 200, "{}", list.text);
        list.body["data"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
    }
}

impl Answer {
    /// Asserts that the values of these fields were refused, with these codes.
    #[track_caller]
    pub fn names(&self, expected: &[(&str, &str)]) {
        assert_eq!(self.told(), "422 invalid_request_parameters", "{}", self.text);
        let errors = self.body["errors"].as_array().unwrap();
        let found: Vec<_> =
            errors.iter().map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
        assert_eq!(found, expected);
    }
}

impl Received {
    /// The six digits in it.
    pub fn short_code(&self) -> String {
        let text = self.text();
        let mut lines = text.lines().map(str::trim);
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        lines.find(is_code).unwrap_or_else(|| panic!("no code in {text}")).to_owned()
    }
}
