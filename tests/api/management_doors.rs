//! What every call of the management API does alike: it tells nobody of what
//! lies outside their boundary, and refuses what it does not understand.

use rekey::domain::access::{Boundary, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::managed::{every_permission, some};

const TEMPLATES: &str = "/api/v1/email-templates";
const PASSWORDS: &str = "/api/v1/password-policies";
const ACCOUNTS: &str = "/api/v1/service-accounts";

#[test]
fn a_foreign_tenants_templates_answer_like_those_of_a_tenant_that_is_not_there() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        let (_, key) = app.account(every_permission(&Boundary::Tenant(elsewhere))).await;
        let place = json!({"kind": "TEST", "tenantId": app.tenant, "parts": {"subject": "Hello"}});
        assert_eq!(app.publish(&place).await.status, 200);
        assert_eq!(app.draft(&place).await.status, 200);
        for tenant in [app.tenant.to_string(), "tenant_01JH0000000000000000000000".to_owned()] {
            let body = json!({"kind": "TEST", "tenantId": tenant, "version": 1});
            let (mut publish, mut told) = (body.clone(), Vec::new());
            publish.as_object_mut().unwrap().remove("version");
            for (call, body) in [("publish", &publish), ("rollback", &body)] {
                let path = format!("{TEMPLATES}/{call}");
                told.push(app.call_as(&key, Method::POST, &path, Some(body)).await.told());
                for seen in ["\"0\"", "\"1\"", "\"2\"", "\"9\""] {
                    let answer = app.call_with(&key, ("if-match", seen), Method::POST, &path, Some(body)).await;
                    told.push(answer.told());
                }
            }
            assert!(told.iter().all(|told| told == "404 tenant_not_found"), "{tenant}: {told:?}");
        }
    });
}

#[test]
fn a_parameter_that_nobody_knows_is_refused_and_named() {
    on_both_databases(async |app| {
        let set = app.call(Method::PUT, PASSWORDS, Some(&json!({"minimumLength": 20}))).await;
        assert_eq!(set.status, 200, "{}", set.text);
        let typo = format!("{PASSWORDS}?tenantid={}", app.tenant);
        let body = json!({"minimumLength": 9});
        let user = app.user("ann@example.test").await;
        for (method, path, body) in [
            (Method::DELETE, typo.clone(), None),
            (Method::PUT, typo.clone(), Some(&body)),
            (Method::GET, typo.clone(), None),
            (Method::GET, "/api/v1/users?tenantid=x".to_owned(), None),
            (Method::GET, format!("/api/v1/users/{user}?tenantid=x"), None),
            (Method::DELETE, format!("/api/v1/users/{user}?tenantid=x"), None),
            (Method::PATCH, format!("/api/v1/users/{user}?tenantid=x"), Some(&body)),
            (Method::POST, format!("{ACCOUNTS}?tenantid=x"), Some(&body)),
        ] {
            let refused = app.call(method, &path, body).await;
            assert_eq!(refused.told(), "400 invalid_request", "{path}");
            assert!(refused.text_at("/message").contains("unknown parameter `tenantid`"), "{}", refused.text);
        }
        assert_eq!(app.get(PASSWORDS).await.body["effective"]["minimumLength"]["value"], 20, "nothing was done");
        let stranger = app.call_as("rk_nobody", Method::DELETE, &typo, None).await;
        assert_eq!(stranger.status, 401, "who calls is asked first");
        let workos = app.get(&format!("/user_management/users/{user}?tenantid=x")).await;
        assert_eq!(workos.status, 200, "the other door is generous: {}", workos.text);
    });
}

async fn made(app: &TestApp, permission: &str) -> (String, String) {
    let boundary = json!({"type": "PREDEFINED", "predefined": "APPLICATION"});
    let body = json!({"name": "strong", "grants": [{"permission": permission, "boundary": boundary}]});
    let account = app.post(ACCOUNTS, &body).await;
    assert_eq!(account.status, 201, "{}", account.text);
    let path = format!("{ACCOUNTS}/{}", account.text_at("/id"));
    let key = app.post(&format!("{path}/api-keys"), &json!({"name": "first"})).await;
    (path, key.text_at("/id"))
}

#[test]
fn j04_an_account_that_holds_more_is_not_touched_at_all() {
    on_both_databases(async |app| {
        let permissions = [Permission::ServiceAccountWrite, Permission::UserRead];
        let (_, key) = app.account(some(&permissions)).await;
        let calls = |path: &str, api_key: &str| {
            [
                (Method::PATCH, path.to_owned(), Some(json!({"name": "mine"}))),
                (Method::PATCH, path.to_owned(), Some(json!({"disabled": true}))),
                (Method::PATCH, path.to_owned(), Some(json!({"grants": []}))),
                (Method::DELETE, format!("{path}/previous-secret"), None),
                (Method::DELETE, format!("{path}/api-keys/{api_key}"), None),
            ]
        };
        let told = async |(method, path, body): (Method, String, Option<Value>)| -> Answer {
            app.call_as(&key, method, &path, body.as_ref()).await
        };
        let (strong, its_key) = made(app, "origin:write").await;
        for call in calls(&strong, &its_key) {
            let name = format!("{call:?}");
            assert_eq!(told(call).await.told(), "403 forbidden", "{name}");
        }
        let (weak, its_key) = made(app, "user:read").await;
        for call in calls(&weak, &its_key) {
            let name = format!("{call:?}");
            let answer = told(call).await;
            assert!(matches!(answer.status, 200 | 204), "{name}: {}", answer.text);
        }
    });
}

#[test]
fn names_that_turn_the_text_around_them_are_refused() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        for turned in ["ada\u{202e}nimda", "\u{2066}ada", "ada\u{200f}", "a\u{61c}b"] {
            let user_fields = json!({"email": "new@example.test", "firstName": turned});
            let refused = app.post("/api/v1/users", &user_fields).await;
            assert_eq!(refused.violations("firstName"), ["invalid_characters"], "{}", refused.text);
            let path = format!("/api/v1/users/{user}");
            let refused = app.call(Method::PATCH, &path, Some(&json!({"lastName": turned}))).await;
            assert_eq!(refused.violations("lastName"), ["invalid_characters"], "{}", refused.text);
            let refused = app.post("/api/v1/tenants", &json!({"name": "x", "displayName": turned})).await;
            assert_eq!(refused.violations("displayName"), ["invalid_characters"], "{}", refused.text);
            let path = format!("/api/v1/tenants/{}", app.tenant);
            let refused = app.call(Method::PATCH, &path, Some(&json!({"displayName": turned}))).await;
            assert_eq!(refused.violations("displayName"), ["invalid_characters"], "{}", refused.text);
            let publish = json!({"kind": "TEST", "note": turned});
            let refused = app.post(&format!("{TEMPLATES}/publish"), &publish).await;
            assert_eq!(refused.violations("note"), ["invalid_characters"], "{}", refused.text);
            let mail = json!({"TEST": {"fromName": turned}});
            let refused = app.call(Method::PUT, "/api/v1/email-policies", Some(&mail)).await;
            assert_eq!(refused.violations("TEST.fromName"), ["invalid_value"], "{}", refused.text);
            let workos = json!({"email": "new@example.test", "first_name": turned});
            assert_eq!(app.post("/user_management/users", &workos).await.status, 422);
        }
        let named = json!({"email": "noa@example.test", "firstName": "נועה", "lastName": "می\u{200c}خواهم"});
        assert_eq!(app.post("/api/v1/users", &named).await.status, 201, "every script has names");
    });
}

#[test]
fn a_query_is_understood_or_refused_by_every_list() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        app.send_link(user).await;
        assert_eq!(app.publish(&json!({"kind": "TEST", "parts": {"subject": "Hello"}})).await.status, 200);
        let versions = format!("{TEMPLATES}/versions?kind=TEST&");
        let lists = ["/api/v1/messages?", "/api/v1/messages/suppressions?", "/api/v1/webhook-deliveries?", &versions];
        for list in lists {
            for bad in ["nonsense", "secret%20eq%20%22x%22", "creationTime%20like%20%22x%22"] {
                let refused = app.get(&format!("{list}query={bad}")).await;
                assert!(refused.status == 400 && refused.violations("query").len() == 1, "{list} {}", refused.text);
            }
            let none = app.get(&format!("{list}query=creationTime%20eq%20%221999-01-01T00:00:00.000Z%22")).await;
            assert_eq!((none.status, &none.body["totalResults"]), (200, &json!(0)), "{list} {}", none.text);
        }
        let found =
            async |path: &str, query: &str| app.get(&format!("{path}query={query}")).await.body["totalResults"].clone();
        let messages = "/api/v1/messages?";
        assert_eq!(found(messages, "kind%20eq%20%22PASSWORD_RESET_LINK%22").await, 1);
        assert_eq!(found(messages, "kind%20ne%20%22PASSWORD_RESET_LINK%22").await, 0);
        assert_eq!(found(messages, &format!("userId%20eq%20%22{user}%22")).await, 1);
        assert_eq!(found(&versions, "note%20eq%20%22x%22").await, 0);
        assert_eq!(found(&versions, "note%20ne%20%22x%22").await, 1);
    });
}
