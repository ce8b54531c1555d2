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
