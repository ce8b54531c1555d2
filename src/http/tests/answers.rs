//! Bodies, statuses and headers, in each dialect.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use serde_json::{Value, json};

use super::{all, kit, ops};
use crate::http::server::shell_app;

async fn ask(request: TestRequest) -> (u16, HeaderMap, String) {
    let app = init_service(shell_app(kit("https://rekey.example"), all(ops(true)))).await;
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = String::from_utf8(read_body(response).await.to_vec()).unwrap();
    (status, headers, body)
}

fn post(path: &str, content_type: &str, body: &'static str) -> TestRequest {
    TestRequest::post().uri(path).insert_header(("content-type", content_type)).set_payload(body)
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

fn line<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

const JSON: &str = "application/json";

#[actix_web::test]
async fn a_problem_of_the_workflow_dialect_has_a_ticket_that_is_the_request_id() {
    let (status, headers, body) = ask(get("/api/v1/nothing")).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 404);
    assert_eq!(line(&headers, "content-type"), JSON);
    let ticket = line(&headers, "x-request-id");
    assert!(ticket.starts_with("req_"));
    let expected = json!({
        "type": "base_error", "code": "not_found", "message": "There is nothing at this path.", "ticket": ticket,
    });
    assert_eq!(body, expected);

    let (status, _, body) = ask(post("/api/v1/bad", JSON, "{}")).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["type"]), (400, &json!("constraint_violations_error")));
    let expected =
        json!({ "newPassword": [{ "code": "too_short", "constraintAttributes": { "minimumLength": "15" } }] });
    assert_eq!(body["violations"], expected);
}

#[actix_web::test]
async fn a_problem_of_the_workos_dialect_is_an_object_without_error() {
    let (status, _, body) = ask(post("/user_management/bad", JSON, "{}")).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["code"]), (422, &json!("invalid_request_parameters")));
    assert_eq!(body["errors"], json!([{ "code": "too_short", "field": "new_password" }]));
    for (request, expected) in [
        (get("/user_management/nothing"), 404),
        (get("/user_management/probe"), 405),
        (post("/user_management/probe", JSON, "{"), 422),
        (post("/user_management/probe", "application/json; charset=utf-16", "{}"), 415),
    ] {
        let (status, _, body) = ask(request).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(status, expected, "{body}");
        assert!(body["code"].is_string() && body["message"].is_string() && body.get("error").is_none(), "{body}");
    }
}

#[actix_web::test]
async fn the_token_endpoint_answers_in_oauth_form_and_pages_in_html() {
    let (status, _, body) = ask(post("/api/v1/oauth2/token", JSON, "{}")).await;
    assert_eq!(status, 415);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["error"], "invalid_request");
    assert!(body["error_description"].is_string());
    let form = "application/x-www-form-urlencoded";
    assert_eq!(ask(post("/api/v1/oauth2/token", form, "email=a")).await.0, 200);
    assert_eq!(ask(post("/api/v1/oauth2/token", form, "email=a&email=b")).await.0, 400);

    let (status, headers, body) = ask(get("/nowhere")).await;
    assert_eq!(status, 404);
    assert_eq!(line(&headers, "content-type"), "text/html; charset=utf-8");
    assert!(body.contains("/assets/rekey.css") && !body.contains("<script") && !body.contains("style="));
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let (status, headers, body) = ask(TestRequest::delete().uri("/api/v1/probe")).await;
    assert_eq!(status, 405);
    assert_eq!(line(&headers, "allow"), "POST, GET, HEAD");
    assert!(body.contains("method_not_allowed"));
    let preflight = TestRequest::default().method(actix_web::http::Method::OPTIONS).uri("/api/v1/probe");
    let (status, headers, _) = ask(preflight.insert_header(("origin", "https://evil.test"))).await;
    assert_eq!(status, 405);
    assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
}

#[actix_web::test]
async fn what_cannot_be_read_for_sure_is_refused() {
    let path = "/api/v1/probe";
    for (content_type, body, expected) in [
        (JSON, r#"{"email":"a"}"#, 200),
        (JSON, r#"{"email":"a","note":"\u0000"}"#, 200),
        (JSON, r#"{"email":"a","email":"b"}"#, 400),
        (JSON, r#"{"email":"a","note":{"x":1,"x":2}}"#, 400),
        (JSON, r#"{"email":"a","recipient":"b"}"#, 400),
        (JSON, r#"{"email":["a"]}"#, 400),
        (JSON, r#"{"email":1e309}"#, 400),
        (JSON, r#"{"email":"a"} x"#, 400),
        (JSON, "", 400),
        (JSON, "null", 400),
        ("text/plain", r#"{"email":"a"}"#, 415),
        ("application/json; charset=utf-7", r#"{"email":"a"}"#, 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
    ] {
        let (status, _, answer) = ask(post(path, content_type, body)).await;
        assert_eq!(status, expected, "{body}: {answer}");
    }
    assert_eq!(ask(TestRequest::post().uri(path).set_payload("{}")).await.0, 415);
    let packed = post(path, JSON, "{}").insert_header(("content-encoding", "gzip"));
    assert_eq!(ask(packed).await.0, 415);
    let latin =
        TestRequest::post().uri(path).insert_header(("content-type", JSON)).set_payload(&b"{\"email\":\"\xfc\"}"[..]);
    let (status, _, body) = ask(latin).await;
    assert_eq!(status, 400);
    assert!(body.contains("not UTF-8 at byte 10"), "{body}");
    let large = TestRequest::post().uri(path).insert_header(("content-type", JSON)).set_payload(vec![b'['; 17_000]);
    assert_eq!(ask(large).await.0, 413);
    let bomb = TestRequest::post().uri(path).insert_header(("content-type", JSON)).set_payload(vec![b'['; 16_000]);
    assert_eq!(ask(bomb).await.0, 400);
}

#[actix_web::test]
async fn who_excludes_json_is_told_so_but_never_on_a_page() {
    assert_eq!(ask(get("/api/v1/probe").insert_header(("accept", "text/html"))).await.0, 406);
    assert_eq!(ask(get("/user_management/x").insert_header(("accept", "text/html"))).await.0, 406);
    assert_eq!(ask(get("/docs").insert_header(("accept", "application/json"))).await.0, 200);
}

#[actix_web::test]
async fn every_answer_carries_the_whole_set_of_headers() {
    for request in [
        get("/api/v1/probe"),
        get("/api/v1/nothing"),
        get("/user_management/nothing"),
        get("/nowhere"),
        get("/health/live"),
        get("/docs"),
        TestRequest::delete().uri("/api/v1/probe"),
        get("/api/v1/probe").insert_header(("accept", "image/png")),
        post("/api/v1/probe", JSON, "{"),
    ] {
        let (_, headers, _) = ask(request).await;
        let id = line(&headers, "x-request-id");
        assert!(id.parse::<crate::domain::ids::RequestId>().is_ok(), "{id}");
        assert_eq!(line(&headers, "cache-control"), "no-store");
        assert_eq!(line(&headers, "x-content-type-options"), "nosniff");
        assert_eq!(line(&headers, "referrer-policy"), "no-referrer");
        assert_eq!(line(&headers, "cross-origin-opener-policy"), "same-origin");
        assert!(line(&headers, "strict-transport-security").starts_with("max-age="));
        let policy = line(&headers, "content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    }
    let app = init_service(shell_app(kit("http://127.0.0.1:8080"), all(ops(true)))).await;
    let response = call_service(&app, get("/nowhere").to_request()).await;
    assert!(response.headers().get("strict-transport-security").is_none());
}

#[actix_web::test]
async fn doubled_slashes_are_one_in_the_workos_dialect_only() {
    assert_eq!(ask(post("//user_management//probe", JSON, r#"{"email":"a","x":1}"#)).await.0, 200);
    assert_eq!(ask(post("/api//v1/probe", JSON, r#"{"email":"a"}"#)).await.0, 404);
}

#[actix_web::test]
async fn the_address_is_the_sockets_unless_a_trusted_proxy_vouches() {
    let from = |peer: &str| get("/api/v1/probe").peer_addr(peer.parse().unwrap());
    let forged = ("x-forwarded-for", "198.51.100.1");
    assert_eq!(ask(from("203.0.113.9:1").insert_header(forged)).await.2, "203.0.113.9");
    assert_eq!(ask(from("127.0.0.1:1").insert_header(forged)).await.2, "198.51.100.1");
    assert_eq!(ask(from("127.0.0.1:1").insert_header(("x-real-ip", "198.51.100.1"))).await.2, "127.0.0.1");
}

#[actix_web::test]
async fn readiness_names_what_fails_and_not_why() {
    let app = init_service(shell_app(kit("https://rekey.example"), all(ops(false)))).await;
    let response = call_service(&app, get("/health/ready").to_request()).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(read_body(response).await, r#"{"status":"unavailable","failing":["database"]}"#);
    assert_eq!(ask(get("/health/ready")).await.0, 200);
    assert_eq!(ask(get("/metrics")).await.2, "up 1\n");
}
