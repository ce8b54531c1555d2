//! The judgement over answers of the WorkOS-compatible API: it knows every
//! route, says the same as the description that the server hands out, and
//! catches what is wrong.

use rekey::http::problem::Dialect;
use rekey::http::routes::RouteSpec;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::workos::{Answers, Body, answer, answers};

fn routes() -> Vec<&'static RouteSpec> {
    let all = rekey::app::tables().into_iter().flatten();
    all.filter(|route| Dialect::of(route.path) == Dialect::WorkOs).collect()
}

#[test]
fn every_route_of_the_dialect_is_judged_by_the_statuses_it_documents() {
    for route in routes() {
        let name = format!("{} {}", route.method, route.path);
        let judged = answers().routes.get(&name).unwrap_or_else(|| panic!("{name} is not in answers.json"));
        let successes = judged.iter().filter(|(status, body)| **status < 400 && matches!(body, Body::Object(_)));
        let ok: Vec<u16> = successes.map(|(status, _)| *status).collect();
        let documented: Vec<u16> = route.page.into_iter().chain([route.ok]).collect();
        assert_eq!(ok, documented, "{name}");
        let failures = judged.iter().filter(|(_, body)| matches!(body, Body::Codes(_)));
        for (status, _) in failures {
            assert!(route.errors.contains(status), "{name} does not document {status}");
        }
        for status in route.errors {
            let general = answers().is_everywhere(*status);
            assert!(general || judged.contains_key(status), "{name} documents {status}, answers.json does not know it");
        }
    }
}

fn fault(answers: &Answers, path: &str, status: u16, body: &Value) -> String {
    answers.judge(&Method::GET, path, &answer(status, body)).err().unwrap_or_default()
}

fn key_set() -> Value {
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k", "x": "y"}]})
}

#[test]
fn an_answer_that_is_not_as_described_is_caught() {
    let user = "/user_management/users/user_01JH0000000000000000000000";
    let says = |path: &str, status: u16, body: &Value| fault(answers(), path, status, body);
    assert_eq!(says("/sso/jwks/x", 200, &key_set()), "");
    assert_eq!(says("/sso/jwks/x", 200, &json!({})), "/keys is missing");
    assert_eq!(says("/sso/jwks/x", 200, &json!({"keys": [], "more": 1})), "/more does not belong there");
    assert_eq!(says("/sso/jwks/x", 200, &json!({"keys": [{"kty": "RSA"}]})), "/keys/0/alg is missing");
    assert_eq!(says(user, 401, &json!({"message": "Unauthorized"})), "");
    let missing = json!({"code": "entity_not_found", "message": "m", "entity_id": "i"});
    assert_eq!(says(user, 404, &missing), "");
    assert_eq!(says(user, 404, &json!({"code": "entity_not_found", "message": "m"})), "/entity_id is missing");
    let oauth = json!({"code": "forbidden", "message": "m", "error": "forbidden"});
    assert_eq!(says(user, 403, &oauth), "/error does not belong there");
    for (status, code) in [(408, "timeout"), (409, "conflict"), (418, "teapot"), (404, "not_found")] {
        let plain = json!({"code": code, "message": "m"});
        assert!(says(user, status, &plain).starts_with("it must not answer"), "{status}");
    }
    assert_eq!(says("/user_management/nothing", 404, &json!({"code": "not_found", "message": "m"})), "");
    let throttled = json!({"code": "daily_quota_exceeded", "message": "m"});
    assert!(says(user, 429, &throttled).contains("when to retry"));
}

#[test]
fn an_event_that_tells_too_much_is_caught() {
    let reset = json!({"object": "password_reset", "id": "password_reset_01JH0000000000000000000000",
        "user_id": "user_01JH0000000000000000000000", "email": "a@b.test", "expires_at": "2026-01-01T00:00:00.000Z",
        "created_at": "2026-01-01T00:00:00.000Z"});
    let list = |event: &str, data: &Value| {
        let event = json!({"object": "event", "id": "event_01JH0000000000000000000000", "event": event, "data": data,
            "created_at": "2026-01-01T00:00:00.000Z"});
        json!({"object": "list", "data": [event], "list_metadata": {"before": null, "after": null}})
    };
    let says = |body: &Value| fault(answers(), "/events", 200, body);
    assert_eq!(says(&list("password_reset.created", &reset)), "");
    let mut told = reset.clone();
    told["password_reset_token"] = json!("secret");
    let list_of_told = list("password_reset.created", &told);
    assert_eq!(says(&list_of_told), "/data/0/data/password_reset_token does not belong there");
    assert!(says(&list("password_reset.exhausted", &reset)).starts_with("/data/0/event is none that is told"));
    let mut late = reset;
    late["created_at"] = json!("2026-01-01T00:00:00Z");
    assert!(says(&list("password_reset.succeeded", &late)).contains("created_at is not time"));
}

#[test]
fn an_answer_without_a_request_id_or_without_json_is_caught() {
    let path = "/sso/jwks/x";
    for header in ["x-request-id", "content-type"] {
        let mut bare = answer(200, &key_set());
        bare.headers.remove(header);
        assert!(answers().judge(&Method::GET, path, &bare).is_err(), "{header}");
    }
    let mut page = answer(404, &json!("<html>"));
    page.headers.insert("content-type".to_owned(), "text/html".to_owned());
    assert!(answers().judge(&Method::GET, path, &page).is_err());
    let mut spoken = answer(200, &key_set());
    assert!(answers().judge(&Method::HEAD, path, &spoken).is_err());
    spoken.text.clear();
    assert!(answers().judge(&Method::HEAD, path, &spoken).is_ok());
}
