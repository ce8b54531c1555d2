//! Who may call what, for every route of every door: the cases are made from
//! the route tables, so that a new route cannot be forgotten.

use std::collections::BTreeSet;

use rekey::domain::access::{Boundary, Grant, Permission};
use rekey::domain::ids::ServiceAccountId;
use rekey::http::ops::openapi;
use rekey::http::routes::RouteSpec;
use rekey::store::service_accounts;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;

const NOBODY: &str = "01JH0000000000000000000000";

/// Every route that needs a permission, with it.
fn guarded() -> Vec<(&'static RouteSpec, Permission)> {
    let routes: Vec<_> = rekey::app::tables().into_iter().flatten().collect();
    let guarded: Vec<_> = routes
        .iter()
        .filter_map(|route| Some((*route, Permission::parse(route.permission?).expect(route.path))))
        .collect();
    assert!(guarded.len() >= 20, "the tables have shrunk to {}", guarded.len());
    guarded
}

#[test]
fn every_route_is_in_the_document_under_schemas_that_mean_one_thing() {
    let tables = rekey::app::tables();
    assert_eq!(openapi::clashes(&tables), Vec::<String>::new());
    let document = rekey::app::document("https://rekey.test");
    for route in tables.into_iter().flatten() {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert!(operation["responses"][route.ok.to_string()].is_object(), "{} {}", route.method, route.path);
        assert_eq!(operation["x-permission"].as_str(), route.permission, "{} {}", route.method, route.path);
    }
}

fn every_permission(boundary: &Boundary) -> Vec<Grant> {
    Permission::ALL.iter().map(|permission| Grant::new(*permission, boundary.clone())).collect()
}

/// A path with its parameters filled in.
fn path_with(route: &RouteSpec, id: &str) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { id } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// The call whose credentials come in its body.
const SIGN_IN: &str = "/user_management/authenticate";

/// The body of [`SIGN_IN`] as a caller sends it, with its secret or without.
fn claim(client_id: &str, secret: Option<&str>) -> Value {
    json!({"client_id": client_id, "client_secret": secret, "grant_type": "refresh_token", "refresh_token": "x"})
}

/// The client id of an account.
async fn client_id(app: &TestApp, account: ServiceAccountId) -> String {
    let found = service_accounts::find_named(app.app.engine.database.read(), account).await.unwrap();
    found.unwrap().client_id
}

async fn call(app: &TestApp, key: &str, route: &RouteSpec, id: &str, body: Option<&Value>) -> Answer {
    let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
    app.call_as(key, method, &path_with(route, id), body).await
}

#[test]
fn every_guarded_route_refuses_unknown_callers_and_callers_without_its_permission() {
    on_both_databases(async |app| {
        let (nobody, nothing) = app.account(vec![]).await;
        let nobody = client_id(app, nobody).await;
        for (route, permission) in guarded() {
            let name = format!("{} {}", route.method, route.path);
            let id = format!("user_{NOBODY}");
            let mut others = every_permission(&Boundary::Application);
            others.retain(|grant| grant.permission != permission);
            let (another, others) = app.account(others).await;
            let another = client_id(app, another).await;
            // A body nobody could read: who calls is settled before it is looked at.
            let body = |client: &str, key: Option<&str>| match route.path {
                SIGN_IN => Some(claim(client, key)),
                _ => route.body.map(|_| json!("not an object")),
            };
            for (client, key) in [(&nobody, &nothing), (&another, &others)] {
                let refused = call(app, key, route, &id, body(client, Some(key)).as_ref()).await;
                assert_eq!(refused.status, 403, "{name}: {}", refused.text);
            }
            let mut shapes = BTreeSet::new();
            let mut mangled = app.key.clone();
            mangled.pop();
            for key in ["sk_unknown", "", "x.y.z", &mangled, &format!("{}x", app.key), &app.client.1] {
                let refused = call(app, key, route, &id, body(&nobody, Some(key)).as_ref()).await;
                assert_eq!(refused.status, 401, "{name} with {key:?}: {}", refused.text);
                shapes.insert(refused.shape());
            }
            let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
            let headers = [("content-type", "application/json")];
            let bare = match route.path {
                SIGN_IN => body(&nobody, None),
                _ => route.body.map(|_| json!({})),
            };
            let bare = bare.map(|body| body.to_string().into_bytes());
            let bare = app.send(method, &path_with(route, &id), &headers, bare).await;
            assert_eq!(bare.status, 401, "{name}: {}", bare.text);
            shapes.insert(bare.shape());
            assert_eq!(shapes.len(), 1, "{name}: one answer for all of them: {shapes:#?}");
            app.advance(std::time::Duration::from_secs(1));
        }
    });
}

#[test]
fn every_guarded_route_lets_a_caller_with_all_permissions_through() {
    on_both_databases(async |app| {
        for (route, _) in guarded() {
            let body = route.body.map(|_| json!("not an object"));
            let answer = call(app, &app.key, route, &format!("user_{NOBODY}"), body.as_ref()).await;
            assert!(
                answer.status != 401 && answer.status != 403 && answer.status < 500,
                "{}: {}",
                route.path,
                answer.text
            );
            if body.is_some() {
                // A body that is no JSON at all has another media type.
                assert!(matches!(answer.status, 400 | 404 | 415 | 422), "{}: {}", route.path, answer.text);
            }
        }
    });
}

#[test]
fn a_permission_in_one_tenant_is_none_for_calls_that_need_the_whole_application() {
    on_both_databases(async |app| {
        let everywhere = [
            Boundary::Tenant(app.tenant),
            Boundary::TenantInclusionList([app.tenant].into()),
            Boundary::TenantExclusionList([].into()),
        ];
        app.user("ann@example.test").await;
        let bodies = [
            ("request-password-reset", json!({"email": "ann@example.test"})),
            ("resend-code", json!({"requestCode": "x"})),
            ("verify-code", json!({"requestCode": "x", "verificationCode": "12345678"})),
            ("introspect-email-auth-code", json!({"emailAuthCode": "x"})),
            ("introspect-password-reset-code", json!({"passwordResetCode": "x"})),
            ("reset-password", json!({"emailAuthCode": "x", "newPassword": NEW_PASSWORD})),
            ("exchange-auth-session", json!({"authSessionCode": "x"})),
        ];
        for boundary in everywhere {
            let (_, key) = app.account(every_permission(&boundary)).await;
            for (name, body) in &bodies {
                let refused = app.workflow_as(&key, name, body).await;
                assert_eq!(refused.told(), "403 forbidden", "{name} with {boundary:?}");
            }
        }
        assert!(app.mails().await.is_empty());
    });
}

#[test]
fn a_permission_in_one_tenant_does_not_tell_which_tenants_there_are() {
    on_both_databases(async |app| {
        let (_, key) = app.account(every_permission(&Boundary::Tenant(app.tenant))).await;
        for tenant in [app.tenant.to_string(), format!("tenant_{NOBODY}"), "x".to_owned()] {
            let body = json!({"email": "ann@example.test", "tenantId": tenant});
            assert_eq!(
                app.workflow_as(&key, "request-password-reset", &body).await.told(),
                "403 forbidden",
                "{tenant}"
            );
        }
    });
}

/// Things of a tenant that a caller of another one must not see, by the
/// prefix of their ids.
async fn things(app: &mut TestApp) -> Vec<(&'static str, String)> {
    let user = app.user("ann@example.test").await;
    assert!(app.signs_in("ann@example.test", PASSWORD).await);
    let reset = app.create_link(user).await.text_at("/passwordResetId");
    let body = json!({"email": "ann@example.test"});
    let theirs = app.post("/user_management/password_reset", &body).await;
    assert_eq!(theirs.status, 201, "{}", theirs.text);
    let sent = app.post(&format!("/user_management/users/{user}/email_verification/send"), &json!({})).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    app.drain().await;
    let verification = app.database.text("SELECT id AS t FROM email_verifications").await;
    let sessions = app.get(&format!("/user_management/users/{user}/sessions")).await;
    vec![
        ("user", user.to_string()),
        ("password_reset", reset),
        ("password_reset", theirs.text_at("/id")),
        ("session", sessions.text_at("/data/0/id")),
        ("tenant", app.tenant.to_string()),
        ("email_verification", verification),
        ("webhook_endpoint", app.endpoint("https://8.8.8.8/", &["user.created"]).await.id),
    ]
}

/// Bodies that name a thing where the body of the route has a place for it.
fn bodies(document: &Value, route: &RouteSpec, id: &str) -> Vec<Value> {
    let method = route.method.as_str().to_lowercase();
    let operation = &document["paths"][route.path][&method];
    let mut schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if let Some(reference) = schema["$ref"].as_str() {
        schema = document.pointer(reference.trim_start_matches('#')).unwrap();
    }
    let Some(properties) = schema["properties"].as_object() else { return vec![json!({})] };
    let fields = properties.keys().filter(|name| name.ends_with("Id") || name.ends_with("_id"));
    let filled: Vec<Value> = fields.map(|name| json!({name: id})).collect();
    if filled.is_empty() { vec![json!({})] } else { filled }
}

/// An answer without the id that it may repeat and its own ticket.
fn masked(answer: &Answer, id: &str) -> String {
    let mut body = answer.body.clone();
    if let Some(ticket) = body.get_mut("ticket") {
        *ticket = Value::Null;
    }
    let mut names: Vec<_> = answer.headers.keys().cloned().collect();
    // Whether a body that nobody reads had arrived by then is no news of the id.
    names.retain(|name| name != "date" && name != "connection");
    format!("{} {names:?} {body}", answer.status).replace(id, "<id>")
}

#[test]
fn j02_a_caller_bounded_to_a_tenant_cannot_tell_a_foreign_id_from_one_that_does_not_exist() {
    on_both_databases(async |app| {
        let foreign = things(app).await;
        let elsewhere = app.another_tenant("elsewhere").await;
        let (_, bounded) = app.account(every_permission(&Boundary::Tenant(elsewhere))).await;
        let except = Boundary::TenantExclusionList([app.tenant].into());
        let (_, excluded) = app.account(every_permission(&except)).await;
        let (_, _, stranger) = app.another_application("other").await;
        let document = rekey::app::document("https://rekey.test");
        let mut compared = 0;
        for key in [&bounded, &excluded, &stranger] {
            for (route, _) in guarded() {
                app.advance(std::time::Duration::from_millis(200));
                for (prefix, theirs) in &foreign {
                    let nobody = format!("{prefix}_{NOBODY}");
                    let named = bodies(&document, route, theirs);
                    for (one, two) in named.iter().zip(bodies(&document, route, &nobody)) {
                        let has_body = route.body.is_some();
                        let real = call(app, key, route, theirs, has_body.then_some(one)).await;
                        let none = call(app, key, route, &nobody, has_body.then_some(&two)).await;
                        let name = format!("{} {} {one}", route.method, route.path);
                        assert_eq!(masked(&real, theirs), masked(&none, &nobody), "{name}");
                        let reaches = route.path.contains('{') || one != &json!({});
                        assert!(!reaches || real.status >= 400, "{name} was answered: {}", real.text);
                        compared += usize::from(reaches);
                    }
                }
            }
        }
        assert!(compared > 100, "only {compared} comparisons");
        // The other tenant is as it was.
        let user = app.get(&format!("/user_management/users/{}", foreign[0].1)).await;
        assert_eq!(user.text_at("/email"), "ann@example.test");
        let sessions = app.get(&format!("/user_management/users/{}/sessions", foreign[0].1)).await;
        assert_eq!(sessions.text_at("/data/0/id"), foreign[3].1);
        let cancelled = app.workflow("cancel-password-reset", &json!({"userId": foreign[0].1})).await;
        assert_eq!(cancelled.body["count"], 1, "still pending");
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        app.drain().await;
    });
}

#[test]
fn invariant9_grants_add_up_each_inside_its_boundary() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        let here = app.user("ann@example.test").await;
        let there = app.user_in(elsewhere, "bob@example.test").await;
        let (_, key) = app
            .account(vec![
                Grant::new(Permission::PasswordResetExecute, Boundary::Tenant(app.tenant)),
                Grant::new(Permission::PasswordResetExecute, Boundary::TenantInclusionList([elsewhere].into())),
                Grant::new(Permission::PasswordResetSecretRead, Boundary::Tenant(elsewhere)),
            ])
            .await;
        let told = async |name: &str, user: rekey::domain::ids::UserId| {
            app.workflow_as(&key, name, &json!({"userId": user.to_string()})).await.status
        };
        assert_eq!(told("send-password-reset-email", here).await, 200);
        assert_eq!(told("send-password-reset-email", there).await, 200);
        assert_eq!(told("create-password-reset-link", here).await, 403, "the secret only elsewhere");
        assert_eq!(told("create-password-reset-link", there).await, 200);
        let (_, myself) = app.account(every_permission(&Boundary::SelfOnly)).await;
        let refused = app.workflow_as(&myself, "send-password-reset-email", &json!({"userId": here.to_string()})).await;
        assert_eq!(refused.told(), "403 forbidden");
        app.drain().await;
    });
}

#[test]
fn j05_a_revoked_account_is_refused_within_a_minute() {
    on_both_databases(async |app| {
        let (id, key) = app.account(every_permission(&Boundary::Application)).await;
        let body = json!({"emailAuthCode": "x"});
        assert_eq!(app.workflow_as(&key, "introspect-email-auth-code", &body).await.status, 400);
        app.database.run(&format!("UPDATE service_accounts SET disabled = TRUE WHERE id = '{id}'")).await;
        app.advance(std::time::Duration::from_secs(60));
        assert_eq!(app.workflow_as(&key, "introspect-email-auth-code", &body).await.told(), "401 unauthorized");
    });
}
