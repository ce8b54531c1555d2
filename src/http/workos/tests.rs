//! The door as SDKs meet it: objects with exactly their keys, failures in
//! exactly their words.

use actix_web::http::header;
use actix_web::{test, web};
use serde_json::{Value, json};

use super::configure;
use crate::domain::access::{Authority, Boundary, Grant, Origin, Permission};
use crate::domain::ids::TenantId;
use crate::domain::secret::Secret;
use crate::http::HttpKit;
use crate::http::server::shell_app;
use crate::store::applications;
use crate::workflows::fixture::{Fixture, everywhere};
use crate::workflows::resets::Client;
use crate::workflows::service_accounts::{self as accounts, Manager};
use crate::workflows::users::UserChange;

const PASSWORD: &str = "correct horse battery staple";
const OTHER: &str = "entirely different horse";

const ALL: [Permission; 6] = [
    Permission::PasswordResetExecute,
    Permission::PasswordResetSecretRead,
    Permission::UserRead,
    Permission::UserWrite,
    Permission::SessionRead,
    Permission::SessionWrite,
];

macro_rules! app {
    ($fixture:expr) => {{
        let (authenticator, engine) = (web::Data::new($fixture.instance(None)), web::Data::new($fixture.engine()));
        let now = $fixture.now();
        let kit = web::Data::new(HttpKit::new("https://id.test", move || now));
        test::init_service(shell_app(kit, move |cfg| {
            cfg.app_data(authenticator).app_data(engine);
            configure(cfg);
        }))
        .await
    }};
}

/// Calls with a key and answers status and body.
macro_rules! call {
    ($app:expr, $key:expr, $method:ident $path:expr $(, $body:expr)?) => {{
        let request = test::TestRequest::default().method(actix_web::http::Method::$method).uri($path);
        let request = request.insert_header((header::AUTHORIZATION, format!("Bearer {}", $key.secret.expose())));
        $(let request = request.set_json($body);)?
        let answer = test::call_service($app, request.to_request()).await;
        let status = answer.status().as_u16();
        let body = test::read_body(answer).await;
        (status, serde_json::from_slice::<Value>(&body).unwrap_or_default())
    }};
}

struct Key {
    client_id: String,
    secret: Secret,
}

async fn key(fixture: &Fixture, grants: Vec<Grant>) -> Key {
    let (account, _) = fixture.account(grants).await;
    let (write, name) = (fixture.database.write(), "k".to_owned());
    let made =
        accounts::add_key(write, &fixture.scope, Manager::Operator, account.id, name, fixture.now(), &fixture.entropy);
    Key { client_id: account.client_id, secret: made.await.unwrap().1 }
}

async fn full_key(fixture: &Fixture) -> Key {
    key(fixture, ALL.map(everywhere).to_vec()).await
}

fn ada() -> Value {
    json!({ "email": "ada@example.com", "first_name": "Ada", "last_name": "King", "external_id": "7",
        "metadata": { "plan": "pro" }, "password": PASSWORD, "some_new_field": [1] })
}

fn keys_of(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[actix_web::test]
async fn a_user_is_made_read_listed_changed_and_deleted() {
    let fixture = Fixture::new().await;
    let (app, key) = (app!(fixture), full_key(&fixture).await);
    let (status, user) = call!(&app, key, POST "/user_management/users", ada());
    assert_eq!(status, 201, "{user}");
    let expected = [
        "created_at",
        "email",
        "email_verified",
        "external_id",
        "first_name",
        "id",
        "last_name",
        "last_sign_in_at",
        "locale",
        "metadata",
        "name",
        "object",
        "profile_picture_url",
        "updated_at",
    ];
    assert_eq!(keys_of(&user), expected);
    assert_eq!((&user["name"], &user["metadata"]), (&json!("Ada King"), &json!({ "plan": "pro" })));
    let path = format!("/user_management//users/{}", user["id"].as_str().unwrap());
    assert_eq!(call!(&app, key, GET & path), (200, user.clone()));
    let (_, list) = call!(&app, key, GET "/user_management/users?email=ADA@example.com&limit=1&order=");
    assert_eq!(list, json!({ "object": "list", "data": [user], "list_metadata": { "before": null, "after": null } }));
    let change = json!({ "name": "Ada Lovelace", "metadata": { "plan": null, "a": "b" }, "locale": "en" });
    let (status, changed) = call!(&app, key, PUT & path, change);
    assert_eq!((status, &changed["last_name"], &changed["metadata"]), (200, &json!("Lovelace"), &json!({ "a": "b" })));
    let (_, changed) = call!(&app, key, PUT & path, json!({ "metadata": null, "locale": null, "first_name": null }));
    assert_eq!(
        (&changed["metadata"], &changed["locale"], &changed["first_name"]),
        (&json!({}), &json!(null), &json!("Ada"))
    );
    assert_eq!(call!(&app, key, DELETE & path), (204, Value::Null));
    let (status, gone) = call!(&app, key, GET & path);
    assert_eq!((status, &gone["code"], &gone["entity_id"]), (404, &json!("entity_not_found"), &user["id"]));
}

#[actix_web::test]
async fn what_a_user_must_not_be_is_refused_by_name() {
    let fixture = Fixture::new().await;
    let (app, key) = (app!(fixture), full_key(&fixture).await);
    let (_, first) = call!(&app, key, POST "/user_management/users", ada());
    let second = json!({ "email": "bob@example.com" });
    let (_, second) = call!(&app, key, POST "/user_management/users", second);
    let path = format!("/user_management/users/{}", second["id"].as_str().unwrap());
    for (change, status, code) in [
        (json!({ "email": "ada@example.com" }), 400, "email_not_available"),
        (json!({ "email": "nobody" }), 400, "invalid_email"),
        (json!({ "external_id": "7" }), 400, "external_id_already_used"),
        (json!({ "metadata": { "k": 1 } }), 400, "invalid_metadata"),
        (json!({ "locale": "../x" }), 400, "invalid_locale"),
        (json!({ "password": "short" }), 400, "password_strength_error"),
        (json!({ "password": PASSWORD, "password_hash": "$2b$" }), 400, "password_and_password_hash_provided"),
        (json!({ "password_hash": "$2b$", "password_hash_type": "bcrypt" }), 400, "invalid_password_hash"),
        (json!({ "first_name": "a\0" }), 422, "invalid_request_parameters"),
        (json!({ "email": ["ada@example.com"] }), 422, "invalid_request_parameters"),
    ] {
        let (found, body) = call!(&app, key, PUT & path, &change);
        assert_eq!((found, body["code"].as_str()), (status, Some(code)), "{change}");
        assert!(body.get("error").is_none() && body["message"].is_string(), "{body}");
    }
    for (new, inner) in [
        (json!({ "email": first["email"] }), "email_not_available"),
        (json!({ "email": "c@example.com", "external_id": "7" }), "external_id_already_used"),
        (json!({ "email": "nobody" }), "invalid_email"),
    ] {
        let (status, body) = call!(&app, key, POST "/user_management/users", new);
        assert_eq!((status, &body["code"]), (400, &json!("user_creation_error")));
        assert_eq!(body["errors"][0]["code"], inner);
    }
    let (status, body) = call!(&app, key, POST "/user_management/users", json!({ "locale": 7 }));
    assert_eq!(status, 422);
    let errors = json!([{ "code": "required", "field": "email" }, { "code": "invalid_type", "field": "locale" }]);
    assert_eq!(body["errors"], errors);
}

#[actix_web::test]
async fn a_reset_is_made_shown_and_confirmed_once() {
    let fixture = Fixture::new().await;
    let (app, key) = (app!(fixture), full_key(&fixture).await);
    let (_, user) = call!(&app, key, POST "/user_management/users", ada());
    let (status, reset) =
        call!(&app, key, POST "/user_management/password_reset", json!({ "email": "Ada@example.com" }));
    assert_eq!(status, 201, "{reset}");
    let expected =
        ["created_at", "email", "expires_at", "id", "object", "password_reset_token", "password_reset_url", "user_id"];
    assert_eq!(keys_of(&reset), expected);
    assert!(reset.as_object().unwrap().values().all(Value::is_string));
    assert_eq!(reset["user_id"], user["id"]);
    let path = format!("/user_management/password_reset/{}", reset["id"].as_str().unwrap());
    assert_eq!(call!(&app, key, GET & path), (200, reset.clone()));

    let confirm = "/user_management/password_reset/confirm";
    let with = |password: &str| json!({ "token": reset["password_reset_token"], "new_password": password });
    let (status, weak) = call!(&app, key, POST confirm, with("short"));
    assert_eq!((status, &weak["code"]), (400, &json!("password_reset_error")));
    assert_eq!(weak["errors"][0]["code"], "password_too_weak");
    assert_eq!(weak["errors"][0]["message"], "Password must be at least 15 characters long.");
    let (status, done) = call!(&app, key, POST confirm, with(OTHER));
    assert_eq!((status, &done["user"]["email_verified"]), (200, &json!(true)), "{done}");
    assert_eq!(keys_of(&done), ["user"]);
    assert_eq!(call!(&app, key, POST confirm, with(OTHER)).0, 200);
    let (status, used) = call!(&app, key, POST confirm, with(PASSWORD));
    assert_eq!((status, &used["code"]), (404, &json!("password_reset_token_not_found")));
    let unknown = json!({ "token": "x".repeat(43), "new_password": OTHER });
    assert_eq!(call!(&app, key, POST confirm, unknown), (404, used));
}

#[actix_web::test]
async fn an_expired_token_is_told_apart_and_creating_is_throttled() {
    let fixture = Fixture::new().await;
    let (app, key) = (app!(fixture), full_key(&fixture).await);
    call!(&app, key, POST "/user_management/users", ada());
    let create = "/user_management/password_reset";
    let (_, reset) = call!(&app, key, POST create, json!({ "email": "ada@example.com" }));
    fixture.pass(std::time::Duration::from_secs(31 * 60));
    let body = json!({ "token": reset["password_reset_token"], "new_password": OTHER });
    let (status, expired) = call!(&app, key, POST "/user_management/password_reset/confirm", body);
    assert_eq!((status, &expired["code"]), (400, &json!("password_reset_error")));
    assert_eq!(expired["errors"][0]["code"], "password_reset_token_expired");
    fixture.pass(std::time::Duration::from_secs(3 * 60 * 60));
    for _ in 0..3 {
        assert_eq!(call!(&app, key, POST create, json!({ "email": "ada@example.com" })).0, 201);
    }
    let (status, over) = call!(&app, key, POST create, json!({ "email": "ada@example.com" }));
    assert_eq!((status, &over["code"]), (429, &json!("daily_quota_exceeded")));
    let (status, nobody) = call!(&app, key, POST create, json!({ "email": "no@example.com" }));
    assert_eq!(
        (status, &nobody["code"], &nobody["entity_id"]),
        (404, &json!("entity_not_found"), &json!("no@example.com"))
    );
    assert_eq!(call!(&app, key, POST create, json!({ "email": "a,b" })).0, 422);
}

#[actix_web::test]
async fn signing_in_takes_the_callers_secret_from_the_body() {
    let fixture = Fixture::new().await;
    let (app, key) = (app!(fixture), full_key(&fixture).await);
    call!(&app, key, POST "/user_management/users", ada());
    let sign_in = |password: &str, secret: &str| {
        json!({ "client_id": key.client_id, "client_secret": secret, "grant_type": "password",
            "email": "ada@example.com", "password": password, "ip_address": "192.0.2.7", "user_agent": "curl/8" })
    };
    let post = |body: Value| test::TestRequest::post().uri("/user_management/authenticate").set_json(body).to_request();
    let ours = key.secret.expose();
    let refused = |error: &str| json!({ "error": error });
    for (body, status, expected) in [
        (sign_in(OTHER, ours), 400, json!({ "code": "invalid_credentials" })),
        (sign_in(PASSWORD, "sk_x"), 401, json!({ "message": "Unauthorized" })),
        (
            json!({ "client_id": "client_x", "client_secret": ours, "grant_type": "refresh_token", "refresh_token": "x" }),
            400,
            refused("invalid_client"),
        ),
        (
            json!({ "client_id": key.client_id, "client_secret": ours, "grant_type": "refresh_token", "refresh_token": "x" }),
            400,
            refused("invalid_grant"),
        ),
        (
            json!({ "client_id": key.client_id, "client_secret": ours, "grant_type": "magic" }),
            400,
            refused("invalid_request"),
        ),
        (json!({}), 400, refused("invalid_request")),
    ] {
        let answer = test::call_service(&app, post(body)).await;
        assert_eq!(answer.status().as_u16(), status, "{expected}");
        let found: Value = test::read_body_json(answer).await;
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&found[name], value, "{found}");
        }
    }
    let form = serde_urlencoded::to_string(sign_in(PASSWORD, ours).as_object().unwrap()).unwrap();
    let form = test::TestRequest::post()
        .uri("/user_management/authenticate")
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .set_payload(form);
    let signed_in: Value = test::call_and_read_body_json(&app, form.to_request()).await;
    assert_eq!(keys_of(&signed_in), ["access_token", "authentication_method", "refresh_token", "user"]);
    let refresh = json!({ "client_id": key.client_id, "client_secret": ours, "grant_type": "refresh_token",
        "refresh_token": signed_in["refresh_token"] });
    let next: Value = test::call_and_read_body_json(&app, post(refresh)).await;
    assert_ne!(next["refresh_token"], signed_in["refresh_token"]);

    let sessions = format!("/user_management/users/{}/sessions", signed_in["user"]["id"].as_str().unwrap());
    let (_, list) = call!(&app, key, GET & sessions);
    let session = &list["data"][0];
    assert_eq!((&session["status"], &session["ip_address"]), (&json!("active"), &json!("192.0.2.7")));
    let named = json!({ "session_id": session["id"] });
    let (status, ended) = call!(&app, key, POST "/user_management/sessions/revoke", &named);
    assert_eq!((status, &ended["status"]), (200, &json!("revoked")));
    assert_eq!(call!(&app, key, GET & sessions).1["data"], json!([]));
    let (status, _) = call!(&app, key, POST "/user_management/sessions/revoke", json!({ "session_id": "session_x" }));
    assert_eq!(status, 404);
}

#[actix_web::test]
async fn a_call_means_the_one_tenant_of_its_key_and_is_never_guessed() {
    let fixture = Fixture::new().await;
    let default = applications::find(fixture.database.read(), &fixture.scope).await.unwrap().unwrap().default_tenant;
    let other = TenantId::generate(fixture.now(), &fixture.entropy);
    let third = TenantId::generate(fixture.now(), &fixture.entropy);
    let application = fixture.scope.application();
    for (id, name) in [(other, "other"), (third, "third")] {
        let tenant =
            applications::Tenant { id, application, name: name.into(), display_name: name.into(), locale: None };
        applications::insert_tenant(fixture.database.write(), &tenant, fixture.now()).await.unwrap();
    }
    let within = |boundary: Boundary| ALL.map(|permission| Grant::new(permission, boundary.clone())).to_vec();
    let app = app!(fixture);
    let whole = full_key(&fixture).await;
    let one = key(&fixture, within(Boundary::Tenant(other))).await;
    let two = key(&fixture, within(Boundary::TenantInclusionList([other, third].into()))).await;
    let (_, mine) = call!(&app, one, POST "/user_management/users", ada());
    let ids = |list: Value| list["data"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(call!(&app, one, GET "/user_management/users").1), [mine["id"].clone()]);
    assert!(ids(call!(&app, whole, GET "/user_management/users").1).is_empty());
    let named = format!("/user_management/users?organization_id={other}");
    assert_eq!(ids(call!(&app, whole, GET & named).1), [mine["id"].clone()]);
    assert_eq!(call!(&app, two, GET & named).0, 200);
    assert_eq!(call!(&app, two, GET "/user_management/users").0, 422);
    assert_eq!(call!(&app, two, POST "/user_management/password_reset", json!({ "email": "ada@example.com" })).0, 422);
    let foreign = format!("/user_management/users?organization_id={default}");
    assert_eq!(call!(&app, one, GET & foreign).0, 404);
}

#[actix_web::test]
async fn a_protected_user_is_not_every_keys_to_reset() {
    let fixture = Fixture::new().await;
    let app = app!(fixture);
    let plain = full_key(&fixture).await;
    let grants = ALL.into_iter().chain([Permission::PasswordResetExecuteProtected]).map(everywhere).collect();
    let trusted = key(&fixture, grants).await;
    let (_, user) = call!(&app, plain, POST "/user_management/users", ada());
    let id = user["id"].as_str().unwrap();
    let protect = UserChange { protected: Some(true), ..UserChange::default() };
    let engine = fixture.engine();
    let anybody = Authority::new(fixture.scope.clone(), Origin::command_line());
    engine.update_user(&anybody, Some(&fixture.scope), id.parse().unwrap(), protect, &Client::default()).await.unwrap();
    let (create, path) = ("/user_management/password_reset", format!("/user_management/users/{id}"));
    let body = json!({ "email": "ada@example.com" });
    assert_eq!(call!(&app, plain, POST create, &body).0, 403);
    let (status, reset) = call!(&app, trusted, POST create, &body);
    assert_eq!(status, 201);
    let shown = format!("{create}/{}", reset["id"].as_str().unwrap());
    assert_eq!(call!(&app, plain, GET & shown).0, 403);
    for (change, status) in [
        (json!({ "password": OTHER }), 403),
        (json!({ "email": "eve@example.com" }), 403),
        (json!({ "email": "ada@example.com", "first_name": "A" }), 200),
    ] {
        assert_eq!(call!(&app, plain, PUT & path, &change).0, status, "{change}");
        assert_eq!(call!(&app, trusted, PUT & path, &change).0, 200, "{change}");
        call!(&app, trusted, PUT & path, &body);
    }
}

#[actix_web::test]
async fn every_call_needs_its_permission_and_a_reset_needs_two() {
    let fixture = Fixture::new().await;
    let app = app!(fixture);
    let half = key(&fixture, vec![everywhere(Permission::PasswordResetExecute)]).await;
    let body = json!({ "email": "ada@example.com" });
    let (status, refused) = call!(&app, half, POST "/user_management/password_reset", body);
    assert_eq!((status, &refused["code"]), (403, &json!("forbidden")));
    let confirm = json!({ "token": "x".repeat(43), "new_password": OTHER });
    assert_eq!(call!(&app, half, POST "/user_management/password_reset/confirm", confirm).0, 403);
    assert_eq!(call!(&app, half, GET "/user_management/users").0, 403);
    let nobody = Key { client_id: String::new(), secret: Secret::new("sk_x") };
    assert_eq!(call!(&app, nobody, GET "/user_management/users"), (401, json!({ "message": "Unauthorized" })));
    assert_eq!(call!(&app, nobody, GET "/sso/jwks/client_x").0, 404);
    let (_, keys) = call!(&app, nobody, GET & format!("/sso/jwks/{}", half.client_id));
    assert_eq!(keys["keys"][0]["kty"], "OKP");
}
