//! The SDKs that have no runtime here, replayed: the requests of those for
//! Ruby, Go, PHP, Java and Kotlin, and .NET, header for header, with the
//! habits that a server has to put up with.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;

/// When an SDK sends `Idempotency-Key` with a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Never.
    Never,
    /// A new one for each call, the same for its retries.
    Fresh,
    /// The same for the same method, path and body, whenever that is sent.
    Same,
    /// Only with a retry.
    Retries,
}

/// How an SDK writes its requests.
struct Habits {
    name: &'static str,
    /// Headers of every request.
    headers: &'static [(&'static str, &'static str)],
    /// What it says a body is.
    content_type: &'static str,
    /// Whether it says so of a request without one, too.
    always_typed: bool,
    /// What stands before every path.
    prefix: &'static str,
    /// How `@` is written in a query.
    at: &'static str,
    /// The body of a DELETE.
    empty: Option<&'static str>,
    keys: Keys,
}

const ALL: [Habits; 5] = [
    Habits {
        name: "ruby",
        headers: &[
            ("user-agent", "workos-ruby/7.1.0 ruby/3.4.1 (x86_64-linux)"),
            ("accept", "*/*"),
            ("accept-encoding", "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"),
        ],
        content_type: "application/json",
        always_typed: false,
        prefix: "",
        at: "%40",
        empty: None,
        keys: Keys::Retries,
    },
    Habits {
        name: "go",
        headers: &[("user-agent", "workos-go/v6.2.0"), ("accept-encoding", "gzip")],
        content_type: "application/json",
        always_typed: true,
        prefix: "",
        at: "%40",
        empty: None,
        keys: Keys::Fresh,
    },
    Habits {
        name: "php",
        headers: &[("user-agent", "WorkOS PHP/5.1.0")],
        content_type: "application/json",
        always_typed: true,
        prefix: "",
        at: "%40",
        empty: None,
        keys: Keys::Never,
    },
    Habits {
        name: "kotlin",
        headers: &[
            ("user-agent", "workos-kotlin"),
            ("accept", "application/json"),
            ("accept-encoding", "gzip"),
            ("connection", "Keep-Alive"),
        ],
        content_type: "application/json; charset=utf-8",
        always_typed: false,
        prefix: "",
        at: "%40",
        empty: None,
        keys: Keys::Same,
    },
    Habits {
        name: "dotnet",
        headers: &[("user-agent", "workos-dotnet/4.0.0"), ("accept-encoding", "utf-8")],
        content_type: "application/json",
        always_typed: false,
        prefix: "/",
        at: "@",
        empty: Some("{}"),
        keys: Keys::Never,
    },
];

/// An SDK at work.
struct Sdk<'a> {
    app: &'a TestApp,
    habits: &'a Habits,
}

impl Sdk<'_> {
    async fn send(&self, method: Method, path: &str, body: Option<&Value>, key: Option<&str>) -> Answer {
        let Habits { headers, content_type, always_typed, prefix, empty, .. } = self.habits;
        let bearer = format!("Bearer {}", self.app.key);
        let body = match body {
            Some(body) => Some(body.to_string()),
            None if method == Method::DELETE => empty.map(str::to_owned),
            None => None,
        };
        let mut all = headers.to_vec();
        all.push(("authorization", &bearer));
        if *always_typed || body.is_some() {
            all.push(("content-type", content_type));
        }
        all.extend(key.map(|key| ("idempotency-key", key)));
        self.app.send(method, &format!("{prefix}{path}"), &all, body.map(String::into_bytes)).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, None).await
    }

    /// The `attempt`-th sending of the `call`-th call.
    async fn post(&self, path: &str, body: &Value, call: u32, attempt: u32) -> Answer {
        let key = match self.habits.keys {
            Keys::Fresh => Some(format!("7c9e6679-7425-40de-944b-0000000000{call:02}")),
            Keys::Same => Some(format!("retry-{}", "4f".repeat(32))),
            Keys::Retries if attempt > 0 => Some(format!("7c9e6679-7425-40de-944b-0000000000{call:02}")),
            Keys::Never | Keys::Retries => None,
        };
        self.send(Method::POST, path, Some(body), key.as_deref()).await
    }
}

fn ok(answer: &Answer, status: u16, habits: &Habits) -> Value {
    assert_eq!(answer.status, status, "{}: {}", habits.name, answer.text);
    answer.body.clone()
}

async fn users(sdk: &Sdk<'_>) -> Value {
    let habits = sdk.habits;
    let new = json!({"email": "ann@example.test", "password": PASSWORD, "first_name": "Ann", "email_verified": false,
        "signals_id": "a field of tomorrow"});
    let user = ok(&sdk.post("/user_management/users", &new, 0, 0).await, 201, habits);
    let path = format!("/user_management/users/{}", user["id"].as_str().unwrap());
    assert_eq!(ok(&sdk.get(&path).await, 200, habits), user);
    let query = format!("/user_management/users?email=ann{}example.test&limit=10&order=desc", habits.at);
    assert_eq!(ok(&sdk.get(&query).await, 200, habits)["data"], json!([user]));
    let change = json!({"last_name": "Lee"});
    let changed = ok(&sdk.send(Method::PUT, &path, Some(&change), None).await, 200, habits);
    assert_eq!(changed["name"], "Ann Lee");
    changed
}

async fn resets(sdk: &Sdk<'_>, user: &Value) {
    let habits = sdk.habits;
    let email = json!({"email": "ann@example.test"});
    let create = "/user_management/password_reset";
    let first = ok(&sdk.post(create, &email, 1, 0).await, 201, habits);
    // An equal body once more, with whatever key: a reset of its own, never the old answer.
    let second = ok(&sdk.post(create, &email, 2, 0).await, 201, habits);
    assert_ne!(first["id"], second["id"], "{}", habits.name);
    let path = format!("{create}/{}", second["id"].as_str().unwrap());
    assert_eq!(ok(&sdk.get(&path).await, 200, habits), second);
    let confirm = |reset: &Value| json!({"token": reset["password_reset_token"], "new_password": NEW_PASSWORD});
    let superseded = sdk.post("/user_management/password_reset/confirm", &confirm(&first), 3, 0).await;
    assert_eq!(superseded.status, 404, "{}: {}", habits.name, superseded.text);
    let sign_in = json!({"grant_type": "password", "client_id": sdk.app.client.0, "client_secret": sdk.app.key,
        "email": "ann@example.test", "password": PASSWORD});
    let before = ok(&sdk.post("/user_management/authenticate", &sign_in, 4, 0).await, 200, habits);
    // The answer is lost on its way and asked for again.
    let done = sdk.post("/user_management/password_reset/confirm", &confirm(&second), 5, 0).await;
    let again = sdk.post("/user_management/password_reset/confirm", &confirm(&second), 5, 1).await;
    assert_eq!(ok(&done, 200, habits), ok(&again, 200, habits), "{}", habits.name);
    assert_eq!(done.body["user"]["id"], user["id"]);
    let refresh = json!({"grant_type": "refresh_token", "client_id": sdk.app.client.0, "client_secret": sdk.app.key,
        "refresh_token": before["refresh_token"]});
    let ended = sdk.post("/user_management/authenticate", &refresh, 6, 0).await;
    assert_eq!((ended.status, &ended.body["error"]), (400, &json!("invalid_grant")), "{}", habits.name);
    assert!(sdk.app.signs_in("ann@example.test", NEW_PASSWORD).await);
}

async fn sessions(sdk: &Sdk<'_>, user: &Value) {
    let path = format!("/user_management/users/{}/sessions", user["id"].as_str().unwrap());
    let list = ok(&sdk.get(&format!("{path}?limit=10&order=desc")).await, 200, sdk.habits);
    let session = json!({"session_id": list["data"][0]["id"]});
    ok(&sdk.post("/user_management/sessions/revoke", &session, 7, 0).await, 200, sdk.habits);
    assert_eq!(ok(&sdk.get(&path).await, 200, sdk.habits)["data"], json!([]));
}

async fn waits(sdk: &Sdk<'_>) {
    let email = json!({"email": "ann@example.test"});
    let create = "/user_management/password_reset";
    sdk.app.advance(Duration::from_secs(60));
    for call in 8..11 {
        ok(&sdk.post(create, &email, call, 0).await, 201, sdk.habits);
    }
    // Told to wait, an SDK waits as long as it is told and sends the same again, over and over.
    for attempt in 0..100 {
        let answer = sdk.post(create, &email, 11, attempt).await;
        if answer.status == 201 {
            assert!(attempt > 0, "{}: nothing was refused", sdk.habits.name);
            return;
        }
        assert_eq!(answer.status, 429, "{}: {}", sdk.habits.name, answer.text);
        sdk.app.advance(Duration::from_secs(answer.headers["retry-after"].parse().unwrap()));
    }
    panic!("{}: never taken", sdk.habits.name);
}

/// Room for the mails of one SDK to one mailbox; the next one comes a day later.
const MAILS: &[(&str, &str)] = &[("REKEY__LIMITS__MAILS_PER_MAILBOX_BURST", "10")];

#[test]
fn requests_as_every_other_sdk_writes_them_are_understood() {
    on_both_with(MAILS, async |app| {
        for habits in &ALL {
            let sdk = Sdk { app: &*app, habits };
            let user = users(&sdk).await;
            resets(&sdk, &user).await;
            sessions(&sdk, &user).await;
            waits(&sdk).await;
            let path = format!("/user_management/users/{}", user["id"].as_str().unwrap());
            let gone = sdk.send(Method::DELETE, &path, None, None).await;
            assert_eq!((gone.status, gone.text.as_str()), (204, ""), "{}", habits.name);
            let missing = sdk.get(&path).await;
            assert_eq!(missing.body["code"], "entity_not_found", "{}", habits.name);
            app.drain().await;
            app.advance(Duration::from_secs(24 * 60 * 60));
        }
    });
}

#[test]
fn marks_that_are_usually_escaped_may_stand_in_a_query_as_they_are() {
    on_both_databases(async |app| {
        let user = app.user("ann+x@example.test").await;
        let list = "//user_management//users?email=ann%2Bx@example.test&expand[]=a:b&[@:]=[]";
        let found = app.get(list).await;
        assert_eq!((found.status, found.text_at("/data/0/id")), (200, user.to_string()), "{}", found.text);
    });
}
