//! `/api/v1/tenants`: managed, bounded, deleted with everything in them.

use rekey::domain::access::Boundary;
use rekey::domain::ids::TenantId;
use reqwest::Method;
use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::support::managed::every_permission;
use crate::support::receiver::Receiver;
use crate::support::webhooks::on_both_calling_here;

const TENANTS: &str = "/api/v1/tenants";

async fn make(app: &TestApp, name: &str) -> TenantId {
    let made = app.post(TENANTS, &json!({"name": name})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.text_at("/id").parse().unwrap()
}

#[test]
fn a_tenant_is_managed_with_its_versions() {
    on_both_databases(async |app| {
        let made = app.post(TENANTS, &json!({"name": "north", "displayName": "North", "locale": "de"})).await;
        assert_eq!((made.status, &made.body["metadata"]["version"]), (201, &json!(1)), "{}", made.text);
        let path = format!("{TENANTS}/{}", made.text_at("/id"));
        assert_eq!(app.get(&path).await.body, made.body);
        let changed = app.call(Method::PATCH, &path, Some(&json!({"locale": null}))).await;
        assert_eq!((&changed.body["locale"], &changed.body["name"]), (&json!(null), &json!("north")));
        assert_eq!(changed.body["metadata"]["version"], 2);
        let change = json!({"displayName": "N"});
        let stale = app.call_with(&app.key, ("if-match", "\"1\""), Method::PATCH, &path, Some(&change)).await;
        assert_eq!(
            (stale.told(), stale.text_at("/changedBy/name")),
            ("412 version_mismatch".into(), "bootstrap".into())
        );
        let fresh = app.call_with(&app.key, ("if-match", "\"2\""), Method::PATCH, &path, Some(&change)).await;
        assert_eq!((fresh.status, fresh.text_at("/displayName")), (200, "N".into()), "{}", fresh.text);
        assert_eq!(app.post(TENANTS, &json!({"name": "north"})).await.violations("name"), ["not_available"]);
        let wrong = app.post(TENANTS, &json!({"name": "a\nb", "locale": "not a locale"})).await;
        assert_eq!(
            (wrong.violations("name"), wrong.violations("locale")),
            (vec!["invalid_characters".into()], vec!["invalid_locale".into()])
        );
        let nulled = app.call(Method::PATCH, &path, Some(&json!({"name": null}))).await;
        assert_eq!(nulled.violations("name"), ["required"]);
        let default = format!("{TENANTS}/{}", app.tenant);
        assert_eq!(app.call(Method::DELETE, &default, None).await.told(), "409 default_tenant");
        assert_eq!(app.audited().await, ["tenant.updated", "tenant.updated", "tenant.created"]);
    });
}

#[test]
fn j02_a_caller_of_one_tenant_sees_and_changes_no_other() {
    on_both_databases(async |app| {
        let (mine, theirs) = (make(app, "mine").await, make(app, "theirs").await);
        let (_, key) = app.account(every_permission(&Boundary::Tenant(mine))).await;
        let list = app.call_as(&key, Method::GET, TENANTS, None).await;
        assert_eq!((&list.body["totalResults"], list.text_at("/items/0/id")), (&json!(1), mine.to_string()));
        let change = json!({"displayName": "taken over"});
        for (method, body) in [(Method::GET, None), (Method::PATCH, Some(&change)), (Method::DELETE, None)] {
            let refused = app.call_as(&key, method, &format!("{TENANTS}/{theirs}"), body).await;
            assert_eq!(refused.told(), "404 tenant_not_found");
        }
        let refused = app.call_as(&key, Method::POST, TENANTS, Some(&json!({"name": "new"}))).await;
        assert_eq!(refused.told(), "403 forbidden");
        let own = app.call_as(&key, Method::PATCH, &format!("{TENANTS}/{mine}"), Some(&change)).await;
        assert_eq!(own.status, 200, "{}", own.text);
        assert_eq!(app.get(&format!("{TENANTS}/{theirs}")).await.text_at("/displayName"), "theirs");
    });
}

#[test]
fn a_deleted_tenant_is_gone_at_once_and_everything_in_it_soon() {
    on_both_databases(async |app| {
        let tenant = make(app, "leaving").await;
        let user = app.user_in(tenant, "ann@example.test").await;
        for n in 0..3 {
            app.user_in(tenant, &format!("user{n}@example.test")).await;
        }
        let stays = app.user("bob@example.test").await;
        // A backend that reaches one tenant signs in there.
        let (backend, key) = app.account(every_permission(&Boundary::Tenant(tenant))).await;
        let body = json!({"grant_type": "password", "email": "ann@example.test", "password": PASSWORD,
            "client_id": backend.to_string().replacen("sa", "client", 1), "client_secret": key});
        let session = app.post("/user_management/authenticate", &body).await;
        assert_eq!(session.status, 200, "{}", session.text);
        let link = app.workflow("create-password-reset-link", &json!({"userId": user.to_string()})).await;
        assert_eq!(link.status, 200, "{}", link.text);
        let body = json!({"name": "theirs", "tenantId": tenant,
            "grants": [{"permission": "user:read", "boundary": {"type": "PREDEFINED", "predefined": "TENANT"}}]});
        let account = app.post("/api/v1/service-accounts", &body).await;
        assert_eq!(account.status, 201, "{}", account.text);

        let deleted = app.call(Method::DELETE, &format!("{TENANTS}/{tenant}"), None).await;
        assert_eq!(deleted.status, 204, "{}", deleted.text);
        assert_eq!(app.get(&format!("{TENANTS}/{tenant}")).await.told(), "404 tenant_not_found");
        let body = json!({"passwordResetCode": link.text_at("/passwordResetCode"), "newPassword": NEW_PASSWORD});
        let late = app.workflow("reset-password", &body).await;
        assert!(late.status >= 400 && late.status < 500, "the link is dead: {}", late.text);
        let refresh = json!({"grant_type": "refresh_token", "refresh_token": session.text_at("/refresh_token"),
            "client_id": app.client.0, "client_secret": app.key});
        assert_eq!(app.post("/user_management/authenticate", &refresh).await.status, 400, "the session is dead");
        let gone = app.get(&format!("/api/v1/service-accounts/{}", account.text_at("/id"))).await;
        assert_eq!(gone.told(), "404 service_account_not_found");
        make(app, "leaving").await;

        app.drain().await;
        let left = app.database.number(&format!("SELECT count(*) AS n FROM users WHERE tenant_id = '{tenant}'")).await;
        assert_eq!(left, 0);
        for table in ["sessions", "password_resets", "messages", "refresh_tokens"] {
            assert_eq!(app.database.count(table).await, 0, "{table}");
        }
        assert_eq!(app.get(&format!("/user_management/users/{stays}")).await.status, 200);
        assert!(app.signs_in("bob@example.test", PASSWORD).await);
        assert_eq!(app.audited().await[..2], ["tenant.created", "tenant.deleted"]);
    });
}

#[test]
fn k05_nothing_is_told_any_more_of_a_deleted_tenant() {
    on_both_calling_here(async |app| {
        let receiver = Receiver::start().await;
        app.endpoint(&receiver.url(), &["user.created"]).await;
        let tenant = make(app, "leaving").await;
        app.user_in(tenant, "ann@example.test").await;
        let stays = app.user("bob@example.test").await;
        assert_eq!(app.call(Method::DELETE, &format!("{TENANTS}/{tenant}"), None).await.status, 204);
        app.drain().await;
        let told: Vec<_> = receiver.received().iter().map(|request| request.json()["data"]["id"].clone()).collect();
        assert_eq!(told, [json!(stays)]);
    });
}
