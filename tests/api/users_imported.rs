//! Users by the line, through the management door.

use rekey::domain::access::{Boundary, Grant, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{PASSWORD, TestApp, on_both_databases};

const IMPORT: &str = "/api/v1/users/import";
/// bcrypt of [`PASSWORD`].
const BCRYPT: &str = "$2b$05$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6";

async fn import_as(app: &TestApp, key: &str, query: &str, body: Vec<u8>) -> Vec<Value> {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-ndjson")];
    let answer = app.send(Method::POST, &format!("{IMPORT}{query}"), &headers, Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A line each.
fn ndjson(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(Value::to_string).collect();
    lines.join("\n") + "\n"
}

async fn import(app: &TestApp, body: &[Value]) -> Vec<Value> {
    import_as(app, &app.key, "", ndjson(body).into_bytes()).await
}

fn told(answers: &[Value]) -> Vec<String> {
    let word = |answer: &Value| match answer["result"].as_str() {
        Some("REFUSED") => format!("{} {}", answer["line"], answer["code"].as_str().unwrap()),
        Some(result) => format!("{} {result}", answer["line"]),
        None => format!("done {}", answer["done"]),
    };
    answers.iter().map(word).collect()
}

#[test]
fn every_line_is_answered_and_the_second_time_nothing_happens() {
    on_both_databases(async |app| {
        let lines = [
            json!({"email": "ann@example.test", "externalId": "1", "firstName": "Ann", "emailVerified": true,
                "attributes": {"team": "blue"}, "passwordHash": BCRYPT, "passwordHashType": "bcrypt"}),
            json!({"email": "bob@example.test", "disabled": true}),
            json!({"email": "wrong"}),
            json!({"email": "ANN@example.test", "lastName": "Lee"}),
            json!({"email": "carl@example.test", "password": "a clear text"}),
        ];
        let first = import(app, &lines).await;
        assert_eq!(
            told(&first),
            ["1 CREATED", "2 CREATED", "3 invalid_email", "4 UPDATED", "5 unknown_field", "done true"]
        );
        assert_eq!(first[4]["field"], "password");
        let said = first[4]["message"].as_str().unwrap();
        assert!(said.contains("The fields are tenantId, email,") && !said.contains("a clear text"), "{said}");
        assert_eq!(first[5], json!({"done": true, "created": 2, "updated": 1, "unchanged": 0, "refused": 2}));
        let user = app.get(&format!("/api/v1/users/{}", first[0]["id"].as_str().unwrap())).await;
        assert_eq!((&user.body["lastName"], &user.body["hasPassword"]), (&json!("Lee"), &json!(true)), "{}", user.text);
        let ann = first[0]["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(app.events(ann).await, ["user.created", "user.updated"]);
        assert!(app.signs_in("ann@example.test", PASSWORD).await, "with the password of the other system");
        let again = import(app, &[lines[3].clone(), lines[1].clone()]).await;
        assert_eq!(told(&again), ["1 UNCHANGED", "2 UNCHANGED", "done true"]);
        assert!(app.signs_in("ann@example.test", PASSWORD).await, "the upgraded hash was kept");
        let moved = import(app, &[json!({"email": "ann@new.test", "externalId": "1"})]).await;
        assert_eq!(told(&moved), ["1 UPDATED", "done true"]);
        app.drain().await;
    });
}

#[test]
fn odd_bytes_and_odd_lines_are_named_and_the_rest_goes_on() {
    on_both_databases(async |app| {
        let mut body = b"\n{\"email\":\"a@b.test\"}\r\n{\"email\":\"\xff\"}\n".to_vec();
        body.extend(format!("{{\"email\":\"{}\"}}\n", "x".repeat(700_000)).into_bytes());
        body.extend(b"[]\n{\"email\":\"c@d.test\",\"email\":\"e@f.test\"}\n{\"email\":\"g@h.test\"}");
        let answers = import_as(app, &app.key, "", body).await;
        assert_eq!(
            told(&answers),
            [
                "2 CREATED",
                "3 invalid_utf8",
                "4 line_too_long",
                "5 invalid_json",
                "6 duplicate_field",
                "7 CREATED",
                "done true"
            ]
        );
        assert_eq!(told(&import_as(app, &app.key, "", Vec::new()).await), ["done true"]);
        let headers = [("authorization", format!("Bearer {}", app.key))];
        let headers = [("authorization", headers[0].1.as_str()), ("content-type", "application/json")];
        assert_eq!(app.send(Method::POST, IMPORT, &headers, Some(b"{}".to_vec())).await.status, 415);
    });
}

#[test]
fn an_import_stays_inside_its_callers_boundary() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        let (_, key) = app.account(vec![Grant::new(Permission::UserWrite, Boundary::Tenant(elsewhere))]).await;
        let theirs = app.user("ann@example.test").await;
        app.call(Method::PATCH, &format!("/api/v1/users/{theirs}"), Some(&json!({"externalId": "1"}))).await;
        let lines = [
            json!({"email": "ann@example.test"}),
            json!({"email": "bob@example.test", "tenantId": app.tenant.to_string()}),
            json!({"email": "carl@example.test", "tenantId": "tenant_01JH0000000000000000000000"}),
            json!({"email": "dora@example.test", "externalId": "1"}),
            json!({"email": "eve@example.test", "protected": true}),
        ];
        let body = ndjson(&lines);
        let answers = import_as(app, &key, "", body.into_bytes()).await;
        assert_eq!(
            told(&answers),
            [
                "1 CREATED",
                "2 tenant_not_found",
                "3 tenant_not_found",
                "4 external_id_not_available",
                "5 forbidden",
                "done true"
            ]
        );
        let untouched = app.get(&format!("/api/v1/users/{theirs}")).await;
        assert_eq!(
            (&untouched.body["email"], &untouched.body["metadata"]["version"]),
            (&json!("ann@example.test"), &json!(2))
        );
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-ndjson")];
        let path = format!("{IMPORT}?tenantId={}", app.tenant);
        assert_eq!(app.send(Method::POST, &path, &headers, Some(Vec::new())).await.status, 404);
    });
}

#[test]
fn ten_thousand_lines_come_through_one_call() {
    on_both_databases(async |app| {
        let line = |n: u32| json!({"email": format!("user{n}@example.test"), "externalId": n.to_string()});
        let body = ndjson(&(0..10_000).map(line).collect::<Vec<_>>());
        let answers = import_as(app, &app.key, "", body.clone().into_bytes()).await;
        assert_eq!(answers.len(), 10_001);
        assert_eq!(answers[10_000]["created"], 10_000);
        assert!(answers[..10_000].iter().enumerate().all(|(n, answer)| answer["line"] == n + 1));
        assert_eq!(app.database.number("SELECT count(*) AS n FROM events WHERE kind = 'user.created'").await, 10_000);
        let again = import_as(app, &app.key, "", body.into_bytes()).await;
        assert_eq!(again[10_000]["unchanged"], 10_000);
    });
}
