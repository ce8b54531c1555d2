//! `/api/v1/service-accounts` and `/api/v1/permission-boundaries`: managed,
//! never beyond what the manager holds, in force at once.

use rekey::domain::access::{Boundary, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_both_databases, on_postgres};
use crate::support::http::Answer;
use crate::support::managed::some;

const ACCOUNTS: &str = "/api/v1/service-accounts";
const BOUNDARIES: &str = "/api/v1/permission-boundaries";
const USERS: &str = "/user_management/users";

fn everywhere(permission: &str) -> Value {
    json!({"permission": permission, "boundary": {"type": "PREDEFINED", "predefined": "APPLICATION"}})
}

async fn make(app: &TestApp, key: &str, grants: Value) -> Answer {
    app.call_as(key, Method::POST, ACCOUNTS, Some(&json!({"name": "new", "grants": grants}))).await
}

/// An account that was made through the door, and a key of it.
async fn made(app: &TestApp, grants: Value) -> (String, String) {
    let account = make(app, &app.key, grants).await;
    assert_eq!(account.status, 201, "{}", account.text);
    let path = format!("{ACCOUNTS}/{}", account.text_at("/id"));
    let key = app.post(&format!("{path}/api-keys"), &json!({"name": "first"})).await;
    assert_eq!(key.status, 201, "{}", key.text);
    (path, key.text_at("/key"))
}

#[test]
fn an_account_is_managed_with_all_its_narrowings() {
    on_both_databases(async |app| {
        let grant = json!({"permission": "password-reset-workflow:execute",
            "boundary": {"type": "TENANT_EXCLUSION_LIST", "tenantIds": [app.tenant]},
            "modes": ["RESET_LINK"], "maxLinkLifetimeMinutes": 30, "sourceNetworks": ["192.0.2.0/24"],
            "expiresAt": "2027-01-01T00:00:00.000Z"});
        let answer = app
            .post(
                ACCOUNTS,
                &json!({"name": "ci", "tenantId": app.tenant, "grants": [grant, everywhere("user:read"),
                {"permission": "tenant:read", "boundary": {"type": "PREDEFINED", "predefined": "TENANT"}}]}),
            )
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert!(answer.text_at("/clientSecret").starts_with("cs_"));
        assert_eq!(answer.body["grants"][0], grant);
        assert_eq!(answer.body["grants"][2]["boundary"], json!({"type": "PREDEFINED", "predefined": "TENANT"}));
        let path = format!("{ACCOUNTS}/{}", answer.text_at("/id"));
        let shown = app.get(&path).await;
        assert!(!shown.text.contains("clientSecret"), "{}", shown.text);
        assert_eq!(shown.body["grants"], answer.body["grants"]);
        // What was shown may be sent back.
        let same = app.call(Method::PATCH, &path, Some(&json!({"grants": shown.body["grants"]}))).await;
        assert_eq!((same.status, &same.body["grants"]), (200, &shown.body["grants"]), "{}", same.text);
        let listed =
            app.get(&format!("{ACCOUNTS}?query=name%20eq%20%22ci%22%20and%20disabled%20eq%20%22false%22")).await;
        assert_eq!(listed.body["items"], json!([same.body]), "{}", listed.text);
        let stale = json!({"name": "x"});
        let stale = app.call_with(&app.key, ("if-match", "\"1\""), Method::PATCH, &path, Some(&stale)).await;
        assert_eq!(
            (stale.told(), stale.text_at("/changedBy/name")),
            ("412 version_mismatch".into(), "bootstrap".into())
        );
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(app.get(&path).await.told(), "404 service_account_not_found");
        let told = app.audited().await;
        assert_eq!(told, ["service_account.deleted", "service_account.updated", "service_account.created"]);
        let log = app.get("/api/v1/audit-log/export").await.text;
        assert!(!log.contains(&answer.text_at("/clientSecret")));
    });
}

#[test]
fn each_value_of_a_grant_that_breaks_a_rule_is_named() {
    on_both_databases(async |app| {
        let bad = json!({"permission": "user:fly", "boundary": {"type": "PREDEFINED", "predefined": "MOON"},
            "modes": ["SMS"], "maxLinkLifetimeMinutes": 0, "sourceNetworks": ["10.0.0.1/8"], "expiresAt": "soon"});
        let refused = make(app, &app.key, json!([everywhere("user:read"), bad])).await;
        for (field, code) in [
            ("grants[1].permission", "unknown_permission"),
            ("grants[1].boundary.predefined", "invalid_value"),
            ("grants[1].modes", "invalid_value"),
            ("grants[1].maxLinkLifetimeMinutes", "out_of_range"),
            ("grants[1].sourceNetworks", "invalid_network"),
            ("grants[1].expiresAt", "invalid_time"),
        ] {
            assert_eq!(refused.violations(field), [code], "{}", refused.text);
        }
        let (_, foreign, _) = app.another_application("other").await;
        let listed = |tenant: String| json!([{"permission": "user:read", "boundary": {"type": "TENANT_INCLUSION_LIST", "tenantIds": [tenant]}}]);
        let refused = make(app, &app.key, listed(foreign.to_string())).await;
        assert_eq!(refused.violations("grants[0].boundary.tenantIds"), ["unknown_tenant"], "{}", refused.text);
        let homeless = json!([{"permission": "user:read", "boundary": {"type": "PREDEFINED", "predefined": "TENANT"}}]);
        assert_eq!(make(app, &app.key, homeless).await.violations("grants[0].boundary"), ["no_tenant"]);
        assert_eq!(app.database.count("service_accounts").await, 2, "nothing was made");
    });
}

#[test]
fn j04_nobody_gives_away_or_takes_over_more_than_they_hold() {
    on_both_databases(async |app| {
        let (strong, _) = made(app, json!([everywhere("origin:write")])).await;
        let permissions = [Permission::ServiceAccountWrite, Permission::ServiceAccountRead, Permission::UserRead];
        let (me, key) = app.account(some(&permissions)).await;
        let me = format!("{ACCOUNTS}/{me}");
        let call = async |method, path: &str, body: Option<Value>| app.call_as(&key, method, path, body.as_ref()).await;

        let refused = make(app, &key, json!([everywhere("user:write")])).await;
        assert_eq!(refused.told(), "403 forbidden", "more than is held");
        assert_eq!(make(app, &key, json!([everywhere("user:read")])).await.status, 201);
        let stronger = json!({"grants": [everywhere("service-account:write"), everywhere("origin:write")]});
        assert_eq!(call(Method::PATCH, &me, Some(stronger)).await.told(), "403 forbidden", "oneself");
        let weaker = json!({"grants": [everywhere("user:read")]});
        let taken = call(Method::PATCH, &strong, Some(weaker)).await;
        assert_eq!(taken.told(), "403 forbidden", "an account that holds more");
        for (method, path, body) in [
            (Method::POST, format!("{strong}/rotate-secret"), None),
            (Method::POST, format!("{strong}/api-keys"), Some(json!({"name": "mine"}))),
            (Method::DELETE, strong.clone(), None),
        ] {
            assert_eq!(call(method, &path, body).await.told(), "403 forbidden", "{path}");
        }
        assert_eq!(call(Method::PATCH, &strong, Some(json!({"disabled": true}))).await.told(), "403 forbidden");
        assert_eq!(app.call(Method::PATCH, &strong, Some(&json!({"disabled": true}))).await.status, 200);
        assert_eq!(call(Method::PATCH, &strong, Some(json!({"disabled": false}))).await.told(), "403 forbidden");
        let narrower = json!({"grants": [everywhere("service-account:write"), everywhere("user:read")]});
        assert_eq!(call(Method::PATCH, &me, Some(narrower)).await.status, 200, "less is everybody's to choose");
        let lost = call(Method::GET, &me, None).await;
        assert_eq!(lost.told(), "403 forbidden", "in force at once");
    });
}

#[test]
fn j04_a_named_boundary_is_not_widened_beyond_what_one_holds() {
    on_both_databases(async |app| {
        let elsewhere = app.another_tenant("elsewhere").await;
        let list = |tenants: Value| json!({"type": "TENANT_INCLUSION_LIST", "tenantIds": tenants});
        let body = json!({"name": "one", "boundary": list(json!([app.tenant]))});
        let boundary = app.post(BOUNDARIES, &body).await;
        assert_eq!(boundary.status, 201, "{}", boundary.text);
        let path = format!("{BOUNDARIES}/{}", boundary.text_at("/id"));
        let grants = json!([{"permission": "tenant:read", "boundaryId": boundary.text_at("/id")}]);
        let (account, key) = made(app, grants).await;
        assert_eq!(app.get(&account).await.body["grants"][0]["boundaryId"], boundary.body["id"]);
        let sees = async || app.call_as(&key, Method::GET, "/api/v1/tenants", None).await.body["totalResults"].clone();
        assert_eq!(sees().await, 1);

        let (_, weak) = app.account(some(&[Permission::ServiceAccountWrite])).await;
        let wide = json!({"boundary": list(json!([app.tenant, elsewhere]))});
        let refused = app.call_as(&weak, Method::PATCH, &path, Some(&wide)).await;
        assert_eq!(refused.told(), "403 forbidden", "the grant would allow what its changer does not hold");
        assert_eq!(sees().await, 1);
        let widened = app.call(Method::PATCH, &path, Some(&wide)).await;
        assert_eq!((widened.status, &widened.body["metadata"]["version"]), (200, &json!(2)), "{}", widened.text);
        assert_eq!(sees().await, 2, "in force at once");
        let stale = app.call_with(&app.key, ("if-match", "\"1\""), Method::PATCH, &path, Some(&wide)).await;
        assert_eq!(stale.told(), "412 version_mismatch");
        assert_eq!(app.call(Method::DELETE, &path, None).await.told(), "409 in_use");
        let unbound = json!({"grants": []});
        assert_eq!(app.call(Method::PATCH, &account, Some(&unbound)).await.status, 200);
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(app.get(&path).await.told(), "404 permission_boundary_not_found");
        let home = json!({"name": "x", "boundary": {"type": "PREDEFINED", "predefined": "TENANT"}});
        assert_eq!(app.post(BOUNDARIES, &home).await.violations("boundary.predefined"), ["not_allowed"]);
    });
}

#[test]
fn both_secrets_hold_while_one_is_rotated() {
    on_both_databases(async |app| {
        let answer = make(app, &app.key, json!([everywhere("user:read")])).await;
        let (id, path) = (answer.text_at("/clientId"), format!("{ACCOUNTS}/{}", answer.text_at("/id")));
        let token = async |secret: &str| {
            let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            app.send(Method::POST, "/api/v1/oauth2/token", &headers, Some(form.into_bytes())).await
        };
        let old = answer.text_at("/clientSecret");
        let before = token(&old).await.text_at("/access_token");
        assert_eq!(app.call_as(&before, Method::GET, USERS, None).await.status, 200);
        let new = app.call(Method::POST, &format!("{path}/rotate-secret"), None).await.text_at("/clientSecret");
        assert_eq!((token(&old).await.status, token(&new).await.status), (200, 200));
        assert_eq!(app.get(&path).await.body["rotating"], true);
        let ended = app.call_as(&before, Method::GET, USERS, None).await;
        assert_eq!(ended.status, 401, "tokens made before a rotation end at once");
        assert_eq!(app.call(Method::DELETE, &format!("{path}/previous-secret"), None).await.status, 204);
        assert_eq!((token(&old).await.status, token(&new).await.status), (401, 200));
    });
}

#[test]
fn j05_what_is_revoked_stops_on_every_instance_with_the_next_call() {
    on_postgres(async |app| {
        let (path, key) = made(app, json!([everywhere("user:read")])).await;
        let (url, _, running) = app.another_instance().await;
        let client = reqwest::Client::new();
        let there = async || {
            let call = client.get(format!("{url}{USERS}")).bearer_auth(&key).send().await.unwrap();
            call.status().as_u16()
        };
        let here = async || app.call_as(&key, Method::GET, USERS, None).await.status;
        assert_eq!((here().await, there().await), (200, 200));
        let change = async |body: Value| app.call(Method::PATCH, &path, Some(&body)).await.status;
        assert_eq!(change(json!({"disabled": true})).await, 200);
        assert_eq!((there().await, here().await), (401, 401));
        assert_eq!(change(json!({"disabled": false})).await, 200);
        assert_eq!((there().await, here().await), (200, 200));
        assert_eq!(change(json!({"grants": []})).await, 200);
        assert_eq!((there().await, here().await), (403, 403));
        assert_eq!(change(json!({"grants": [everywhere("user:read")]})).await, 200);
        let keys = app.get(&format!("{path}/api-keys")).await;
        let name = keys.text_at("/items/0/id");
        assert_eq!(app.call(Method::DELETE, &format!("{path}/api-keys/{name}"), None).await.status, 204);
        assert_eq!((there().await, here().await), (401, 401));
        let again = app.call(Method::DELETE, &format!("{path}/api-keys/{name}"), None).await;
        assert_eq!(again.told(), "404 api_key_not_found");
        running.stop().await;
    });
}

#[test]
fn accounts_are_managed_for_the_whole_application_only() {
    on_both_databases(async |app| {
        let grants = crate::support::managed::every_permission(&Boundary::Tenant(app.tenant));
        let (_, bounded) = app.account(grants).await;
        for path in [ACCOUNTS, BOUNDARIES] {
            assert_eq!(app.call_as(&bounded, Method::GET, path, None).await.told(), "403 forbidden");
        }
        let (path, _) = made(app, json!([])).await;
        let (_, _, stranger) = app.another_application("other").await;
        for (method, path) in [(Method::GET, path.clone()), (Method::POST, format!("{path}/rotate-secret"))] {
            let refused = app.call_as(&stranger, method, &path, None).await;
            assert_eq!(refused.told(), "404 service_account_not_found");
        }
    });
}
