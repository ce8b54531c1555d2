//! The token endpoint and the extractors behind it, as callers meet them.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, test, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;
use crate::domain::access::{Boundary, Grant, Permission, may};
use crate::domain::ids::TenantId;
use crate::domain::reset::Mode;
use crate::domain::secret::Secret;
use crate::http::HttpKit;
use crate::http::extract::{InOrder, Json, Require, RequireApplication, RequireHeld};
use crate::http::problem::Problem;
use crate::http::server::shell_app;
use crate::workflows::fixture::{Fixture, everywhere};
use crate::workflows::service_accounts::{self as accounts, Manager};

async fn any(caller: Require<may::UserRead>) -> HttpResponse {
    HttpResponse::Ok().body(caller.scope.application().to_string())
}

async fn whole(caller: RequireApplication<may::UserRead>) -> HttpResponse {
    HttpResponse::Ok().body(caller.caller.actor.to_string())
}

async fn held(caller: RequireHeld<may::UserRead>) -> Result<HttpResponse, Problem> {
    caller.scope(Some(Mode::ResetLink), None).map(|_| HttpResponse::Ok().finish())
}

async fn ordered(InOrder(_, Json(_)): InOrder<Require<may::UserRead>, Json<Value>>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

macro_rules! app {
    ($fixture:expr) => {{
        let authenticator = web::Data::new($fixture.instance(None));
        let now = $fixture.now();
        let kit = web::Data::new(HttpKit::new("https://id.test", move || now));
        test::init_service(shell_app(kit, move |cfg| {
            cfg.app_data(authenticator);
            configure(cfg);
            cfg.route("/api/v1/any", web::get().to(any))
                .route("/api/v1/whole", web::get().to(whole))
                .route("/api/v1/held", web::get().to(held))
                .route("/api/v1/ordered", web::post().to(ordered));
        }))
        .await
    }};
}

macro_rules! call {
    ($app:expr, $request:expr) => {{
        let answer = test::call_service($app, $request.to_request()).await;
        let status = answer.status();
        let body = test::read_body(answer).await;
        (status, serde_json::from_slice::<Value>(&body).unwrap_or_default())
    }};
}

fn token_request(form: &[(&str, &str)]) -> test::TestRequest {
    test::TestRequest::post().uri("/api/v1/oauth2/token").set_form(form)
}

fn get(path: &str, bearer: &str) -> test::TestRequest {
    test::TestRequest::get().uri(path).insert_header((header::AUTHORIZATION, format!("Bearer {bearer}")))
}

async fn key(fixture: &Fixture, grants: Vec<Grant>) -> Secret {
    let (account, _) = fixture.account(grants).await;
    let write = fixture.database.write();
    let name = "k".to_owned();
    let made =
        accounts::add_key(write, &fixture.scope, Manager::Operator, account.id, name, fixture.now(), &fixture.entropy);
    made.await.unwrap().1
}

#[actix_web::test]
async fn client_credentials_in_either_place_give_a_token_that_works() {
    let fixture = Fixture::new().await;
    let (account, secret) = fixture.account(vec![everywhere(Permission::UserRead)]).await;
    let app = app!(fixture);
    let (id, secret) = (account.client_id.as_str(), secret.expose());
    let in_form = token_request(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]);
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let in_header = token_request(&[("grant_type", "client_credentials"), ("scope", "user:read")])
        .insert_header((header::AUTHORIZATION, basic));
    for request in [in_form, in_header] {
        let (status, body) = call!(&app, request);
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            (&body["token_type"], &body["expires_in"], &body["scope"]),
            (&"Bearer".into(), &900.into(), &"user:read".into())
        );
        let (status, _) = call!(&app, get("/api/v1/any", body["access_token"].as_str().unwrap()));
        assert_eq!(status, StatusCode::OK);
    }
}

#[actix_web::test]
async fn refusals_are_in_oauth_form() {
    let fixture = Fixture::new().await;
    let (account, secret) = fixture.account(vec![everywhere(Permission::UserRead)]).await;
    let app = app!(fixture);
    let (id, secret) = (account.client_id.as_str(), secret.expose());
    let grant = ("grant_type", "client_credentials");
    let good = [grant, ("client_id", id), ("client_secret", secret)];
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    for (request, status, error) in [
        (token_request(&good[1..]), 400, "invalid_request"),
        (token_request(&[("grant_type", "password")]), 400, "unsupported_grant_type"),
        (token_request(&[grant]), 401, "invalid_client"),
        (token_request(&[grant, ("client_id", id)]), 401, "invalid_client"),
        (token_request(&[grant, ("client_id", id), ("client_secret", "cs_x")]), 401, "invalid_client"),
        (token_request(&[grant, ("client_id", "client_x"), ("client_secret", secret)]), 401, "invalid_client"),
        (token_request(&[good[0], good[1], good[2], ("scope", "user:write")]), 400, "invalid_scope"),
        (token_request(&[good[0], good[1], good[2], good[2]]), 400, "invalid_request"),
        (token_request(&good).insert_header((header::AUTHORIZATION, basic)), 400, "invalid_request"),
    ] {
        let (found, body) = call!(&app, request);
        assert_eq!((found.as_u16(), body["error"].as_str()), (status, Some(error)), "{body}");
    }
}

#[actix_web::test]
async fn keys_and_metadata_are_public_and_name_our_own_origin() {
    let fixture = Fixture::new().await;
    let app = app!(fixture);
    let evil = (header::HOST, "evil.test");
    let get = |path| test::TestRequest::get().uri(path).insert_header(evil.clone());
    let (_, metadata) = call!(&app, get("/.well-known/oauth-authorization-server"));
    assert_eq!(metadata["issuer"], "https://id.test");
    assert_eq!(metadata["token_endpoint"], "https://id.test/api/v1/oauth2/token");
    let (_, keys) = call!(&app, get("/api/v1/oauth2/jwks"));
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
}

#[actix_web::test]
async fn j06_whatever_does_not_hold_is_401_with_one_body() {
    let fixture = Fixture::new().await;
    let key = key(&fixture, vec![everywhere(Permission::UserRead)]).await;
    let app = app!(fixture);
    let bare = |uri: &str| test::TestRequest::get().uri(uri);
    let good = format!("Bearer {}", key.expose());
    let with = |value: String| bare("/api/v1/any").insert_header((header::AUTHORIZATION, value));
    let twice = with(good.clone()).append_header((header::AUTHORIZATION, good.clone()));
    let query = format!("/api/v1/any?access_token={}", key.expose());
    let cookie = format!("access_token={}", key.expose());
    for request in [
        bare("/api/v1/any"),
        twice,
        with(good.replace("Bearer", "bearer")),
        with(good.replace("Bearer", "Basic")),
        with(format!("{good}x")),
        with("Bearer ".into()),
        with(format!("Bearer {}", "a".repeat(1 << 16))),
        bare(&query),
        bare("/api/v1/any").insert_header((header::COOKIE, cookie)),
    ] {
        let (status, mut body) = call!(&app, request);
        body["ticket"] = Value::Null;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(body["code"], "unauthorized");
    }
    assert_eq!(call!(&app, with(good)).0, StatusCode::OK);
}

#[actix_web::test]
async fn a_missing_permission_is_403_and_the_boundary_is_part_of_it() {
    let fixture = Fixture::new().await;
    let tenant = TenantId::generate(fixture.now(), &fixture.entropy);
    let nothing = key(&fixture, vec![everywhere(Permission::UserWrite)]).await;
    let itself = key(&fixture, vec![Grant::new(Permission::UserRead, Boundary::SelfOnly)]).await;
    let one_tenant = key(&fixture, vec![Grant::new(Permission::UserRead, Boundary::Tenant(tenant))]).await;
    let mut links_only = everywhere(Permission::UserRead);
    links_only.limits.modes = Some(vec![Mode::ResetLink]);
    let links_only = key(&fixture, vec![links_only]).await;
    let app = app!(fixture);
    for (key, any, whole, held) in [
        (&nothing, 403, 403, 403),
        (&itself, 403, 403, 403),
        (&one_tenant, 200, 403, 200),
        (&links_only, 403, 403, 200),
    ] {
        for (path, status) in [("/api/v1/any", any), ("/api/v1/whole", whole), ("/api/v1/held", held)] {
            assert_eq!(call!(&app, get(path, key.expose())).0.as_u16(), status, "{path}");
        }
    }
}

#[actix_web::test]
async fn who_calls_is_settled_before_the_body_is_read() {
    let fixture = Fixture::new().await;
    let key = key(&fixture, vec![everywhere(Permission::UserRead)]).await;
    let app = app!(fixture);
    let post = || {
        let request = test::TestRequest::post().uri("/api/v1/ordered");
        request.insert_header((header::CONTENT_TYPE, "application/json")).set_payload("{")
    };
    let authorization = (header::AUTHORIZATION, format!("Bearer {}", key.expose()));
    assert_eq!(call!(&app, post()).0, StatusCode::UNAUTHORIZED);
    assert_eq!(call!(&app, post().insert_header(authorization.clone())).0, StatusCode::BAD_REQUEST);
    assert_eq!(call!(&app, post().insert_header(authorization).set_payload("{}")).0, StatusCode::OK);
}
