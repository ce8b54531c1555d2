//! Callers with tokens of an identity provider that their application trusts.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rekey::domain::access::{Boundary, Grant, Permission, Scope};
use rekey::store::service_accounts;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;
use crate::support::identity_provider::{AUDIENCE, ISSUER, IdentityProvider, Key, claims, sign_symmetric};

/// Lets the provider of these tests, which runs on this machine, be asked.
const OPEN: &[(&str, &str)] = &[("REKEY__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.1")];

fn executor() -> Vec<Grant> {
    vec![
        Grant::new(Permission::PasswordResetExecute, Boundary::Application),
        Grant::new(Permission::IssuerRead, Boundary::Application),
    ]
}

/// A registration of the provider that maps subjects to accounts.
fn registration(jwks_url: &str, mappings: &[(&str, &str)]) -> Value {
    let mapping =
        |(value, account): &(&str, &str)| json!({"claim": "sub", "value": value, "serviceAccountId": account});
    json!({"issuer": ISSUER, "audience": AUDIENCE, "jwksUrl": jwks_url,
        "mappings": mappings.iter().map(mapping).collect::<Vec<_>>()})
}

async fn register(app: &TestApp, issuers: &[Value]) {
    let answer = app.call_as(&app.key, Method::PUT, "/api/v1/issuers", Some(&json!({"issuers": issuers}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// A call of the workflow API: 400 for a caller who may make it.
async fn try_call(app: &TestApp, token: &str) -> Answer {
    app.workflow_as(token, "introspect-email-auth-code", &json!({"emailAuthCode": "x"})).await
}

async fn status(app: &TestApp, token: &str) -> u16 {
    try_call(app, token).await.status
}

/// One provider with one key, trusted to act as a new account for `ci`.
async fn trusted(app: &TestApp) -> (IdentityProvider, Key) {
    let key = Key::new("k1");
    let provider = IdentityProvider::start(&[&key]).await;
    let (account, _) = app.account(executor()).await;
    register(app, &[registration(&provider.jwks_url(), &[("ci", &account.to_string())])]).await;
    (provider, key)
}

#[test]
fn a_token_of_a_trusted_issuer_acts_as_the_account_it_is_mapped_to() {
    on_both_with(OPEN, async |app| {
        let key = Key::new("k1");
        let provider = IdentityProvider::start(&[&key]).await;
        let (account, _) = app.account(executor()).await;
        let (powerless, _) = app.account(vec![]).await;
        let mappings = [("ci", account.to_string()), ("guest", powerless.to_string())];
        let mappings = mappings.each_ref().map(|(subject, account)| (*subject, account.as_str()));
        register(app, &[registration(&provider.jwks_url(), &mappings)]).await;
        let ci = key.sign(&claims(app, "ci"));
        assert_eq!(status(app, &ci).await, 400, "let through to the code");
        let list = app.call_as(&ci, Method::GET, "/api/v1/issuers", None).await;
        assert_eq!((list.status, list.text_at("/issuers/0/issuer").as_str()), (200, ISSUER));
        let refused = app.call_as(&ci, Method::PUT, "/api/v1/issuers", Some(&json!({"issuers": []}))).await;
        assert_eq!(refused.told(), "403 forbidden", "its grants decide");
        assert_eq!(status(app, &key.sign(&claims(app, "guest"))).await, 403);
        assert_eq!(status(app, &key.sign(&claims(app, "somebody"))).await, 401);
        assert_eq!(provider.connections(), 1, "the keys are kept");
        app.database.run(&format!("UPDATE service_accounts SET disabled = TRUE WHERE id = '{account}'")).await;
        app.advance(Duration::from_secs(60));
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 401, "disabled");
    });
}

#[test]
fn keys_may_stand_in_the_registration() {
    on_both_databases(async |app| {
        let (key, other) = (Key::new("k1"), Key::new("k1"));
        let (account, _) = app.account(executor()).await;
        let mut inline = registration("", &[("ci", &account.to_string())]);
        inline["jwksUrl"] = Value::Null;
        inline["jwks"] = json!({"keys": [key.jwk()]});
        inline["maxTokenAgeSeconds"] = json!(600);
        register(app, &[inline]).await;
        let token = key.sign(&claims(app, "ci"));
        assert_eq!(status(app, &token).await, 400);
        assert_eq!(status(app, &other.sign(&claims(app, "ci"))).await, 401);
        let mut old = claims(app, "ci");
        old["iat"] = json!(app.now().as_seconds() - 661);
        assert_eq!(status(app, &key.sign(&old)).await, 401);
        app.advance(Duration::from_secs(360));
        assert_eq!(status(app, &token).await, 401, "expired");
        register(app, &[]).await;
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 401, "no longer trusted");
    });
}

#[test]
fn whatever_is_wrong_with_a_token_it_is_answered_alike() {
    on_both_with(OPEN, async |app| {
        let (_provider, key) = trusted(app).await;
        let with = |name: &str, value: Value| {
            let mut claims = claims(app, "ci");
            claims[name] = value;
            claims
        };
        let good = key.sign(&claims(app, "ci"));
        assert_eq!(status(app, &good).await, 400);
        let now = app.now().as_seconds();
        let public = key.jwk().to_string();
        let tokens = [
            key.sign(&with("aud", json!("another"))),
            key.sign(&with("aud", json!([]))),
            key.sign(&with("iss", json!("https://id.example.test/"))),
            key.sign(&with("iss", json!("https://rekey.test"))),
            key.sign(&with("iss", json!("a\u{0}b"))),
            key.sign(&with("exp", json!(now - 60))),
            key.sign(&with("exp", json!((now + 300).to_string()))),
            key.sign(&with("exp", Value::Null)),
            key.sign(&with("nbf", json!(now + 120))),
            key.sign(&with("iat", json!(now + 120))),
            key.sign(&with("sub", json!(["ci"]))),
            key.sign(&with("sub", json!("CI"))),
            Key::new("k1").sign(&claims(app, "ci")),
            sign_symmetric("k1", public.as_bytes(), &claims(app, "ci")),
            sign_symmetric("k1", key.jwk()["x"].as_str().unwrap().as_bytes(), &claims(app, "ci")),
            sign_symmetric("k1", b"", &claims(app, "ci")),
            good.rsplit_once('.').unwrap().0.to_owned() + ".",
            format!("{good}A"),
        ];
        let mut shapes = BTreeSet::new();
        for token in tokens {
            let answer = app.call_as(&token, Method::GET, "/api/v1/issuers", None).await;
            assert_eq!(answer.told(), "401 unauthorized", "{token}");
            shapes.insert(answer.shape());
        }
        assert_eq!(shapes.len(), 1, "{shapes:#?}");
    });
}

#[test]
fn a_token_for_one_application_is_none_for_another() {
    on_both_with(OPEN, async |app| {
        let (provider, key) = trusted(app).await;
        let (other, _, other_key) = app.another_application("other").await;
        let database = app.app.engine.database.read();
        let theirs = service_accounts::list(database, &Scope::of_record(other)).await.unwrap()[0].id.to_string();
        let put = async |as_key: &str, issuer: &Value| {
            app.call_as(as_key, Method::PUT, "/api/v1/issuers", Some(&json!({"issuers": [issuer]}))).await
        };
        let mut registered = registration(&provider.jwks_url(), &[("ci", &theirs)]);
        let foreign_account = put(&app.key, &registered).await;
        foreign_account.refuses("issuers[0].mappings[0].serviceAccountId", "unknown_service_account");
        put(&other_key, &registered).await.refuses("issuers[0].audience", "not_available");
        registered["audience"] = json!("rekey-other");
        assert_eq!(put(&other_key, &registered).await.status, 200);
        let mut for_other = claims(app, "ci");
        for_other["aud"] = json!("rekey-other");
        let list = app.call_as(&key.sign(&for_other), Method::GET, "/api/v1/issuers", None).await;
        assert_eq!(list.text_at("/issuers/0/audience"), "rekey-other");
        let list = app.call_as(&key.sign(&claims(app, "ci")), Method::GET, "/api/v1/issuers", None).await;
        assert_eq!(list.text_at("/issuers/0/audience"), AUDIENCE);
        for_other["aud"] = json!(["rekey-other", AUDIENCE]);
        assert_eq!(status(app, &key.sign(&for_other)).await, 401, "for both is for neither");
    });
}

#[test]
fn no_application_can_void_the_tokens_of_another_by_registering_their_other_audience() {
    on_both_with(OPEN, async |app| {
        let (_provider, key) = trusted(app).await;
        let mut for_two = claims(app, "ci");
        for_two["aud"] = json!([AUDIENCE, "account"]);
        let token = key.sign(&for_two);
        assert_eq!(status(app, &token).await, 400);
        let (other, _, other_key) = app.another_application("other").await;
        let database = app.app.engine.database.read();
        let theirs = service_accounts::list(database, &Scope::of_record(other)).await.unwrap()[0].id.to_string();
        let mut registered = registration("https://unused.example.test", &[("ci", &theirs)]);
        registered.as_object_mut().unwrap().remove("jwksUrl");
        registered["jwks"] = json!({"keys": [Key::new("k1").jwk()]});
        registered["audience"] = json!("account");
        let body = json!({"issuers": [registered]});
        let put = app.call_as(&other_key, Method::PUT, "/api/v1/issuers", Some(&body)).await;
        assert_eq!(put.status, 200, "{}", put.text);
        assert_eq!(status(app, &token).await, 400, "still theirs");
    });
}

#[test]
fn a_new_key_is_found_and_a_withdrawn_one_ends() {
    on_both_with(OPEN, async |app| {
        let (provider, old) = trusted(app).await;
        assert_eq!(status(app, &old.sign(&claims(app, "ci"))).await, 400);
        let new = Key::new("k2");
        provider.publishes(&[&new]);
        app.advance(Duration::from_secs(30));
        assert_eq!(status(app, &new.sign(&claims(app, "ci"))).await, 400, "asked for at once");
        assert_eq!(status(app, &old.sign(&claims(app, "ci"))).await, 401, "no longer published");
        assert_eq!(provider.connections(), 2);
        // Without an unknown key the change is seen when the kept keys are old.
        provider.publishes(&[&old]);
        app.advance(Duration::from_secs(600));
        assert_eq!(status(app, &new.sign(&claims(app, "ci"))).await, 401);
        assert_eq!(status(app, &old.sign(&claims(app, "ci"))).await, 400);
    });
}

#[test]
fn a_storm_of_unknown_keys_asks_the_issuer_once() {
    on_both_with(OPEN, async |app| {
        let (provider, key) = trusted(app).await;
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 400);
        app.advance(Duration::from_secs(30));
        let forged: Vec<String> = (0..40).map(|n| Key::new(&format!("x{n}")).sign(&claims(app, "ci"))).collect();
        let answers = futures_util::future::join_all(forged.iter().map(|token| status(app, token))).await;
        assert!(answers.iter().all(|status| *status == 401), "{answers:?}");
        assert_eq!(provider.connections(), 2);
        app.advance(Duration::from_secs(29));
        assert_eq!(status(app, &forged[0]).await, 401);
        assert_eq!((status(app, &key.sign(&claims(app, "ci"))).await, provider.connections()), (400, 2));
    });
}

#[test]
fn while_an_issuer_is_down_its_keys_keep_working_for_a_while() {
    on_both_with(OPEN, async |app| {
        let (provider, key) = trusted(app).await;
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 400);
        provider.fails();
        app.advance(Duration::from_secs(3600));
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 400, "asks, and goes on with what it has");
        assert_eq!(provider.connections(), 2);
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 400);
        assert_eq!(provider.connections(), 2, "the failure is remembered");
        app.advance(Duration::from_secs(11 * 3600));
        let answer = try_call(app, &key.sign(&claims(app, "ci"))).await;
        assert_eq!(answer.told(), "503 try_again_later", "{}", answer.text);
        assert_eq!(answer.headers["retry-after"], "30");
        provider.publishes(&[&key]);
        app.advance(Duration::from_secs(30));
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 400, "back again");
    });
}

#[test]
fn what_is_no_key_set_is_not_believed_and_nobody_waits_long() {
    on_both_with(OPEN, async |app| {
        let (provider, key) = trusted(app).await;
        let elsewhere = IdentityProvider::start(&[&key]).await;
        let redirect = format!("302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", elsewhere.jwks_url());
        let filler = "x".repeat(70_000);
        let huge = format!("{{\"filler\":\"{filler}\",\"keys\":[{}]}}", key.jwk());
        let large = format!("200 OK\r\ncontent-length: {}\r\n\r\n{huge}", huge.len());
        for answer in [redirect.as_str(), &large, "200 OK\r\ncontent-length: 2\r\n\r\n{}", "SSH-2.0"] {
            provider.answers(answer);
            app.advance(Duration::from_secs(30));
            assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 503, "{answer:.40}");
        }
        assert_eq!((provider.connections(), elsewhere.connections()), (4, 0));
        provider.hangs();
        app.advance(Duration::from_secs(30));
        let begun = Instant::now();
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 503);
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    });
}

#[test]
fn k1_keys_are_not_fetched_from_this_machine_unless_it_is_opened() {
    on_both_databases(async |app| {
        let key = Key::new("k1");
        let provider = IdentityProvider::start(&[&key]).await;
        let (account, _) = app.account(executor()).await;
        let account = account.to_string();
        let put = async |url: &str| {
            let body = json!({"issuers": [registration(url, &[("ci", &account)])]});
            app.call_as(&app.key, Method::PUT, "/api/v1/issuers", Some(&body)).await
        };
        for host in ["127.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"] {
            let refused = put(&format!("https://{host}:{}/keys", provider.port())).await;
            refused.refuses("issuers[0].jwksUrl", "forbidden_address");
        }
        put("http://id.example.test/keys").await.refuses("issuers[0].jwksUrl", "https_required");
        put("https://id.example.test:22/keys").await.refuses("issuers[0].jwksUrl", "forbidden_port");
        put("https://me:word@id.example.test/keys").await.refuses("issuers[0].jwksUrl", "invalid_url");
        put("file:///etc/passwd").await.refuses("issuers[0].jwksUrl", "invalid_url");
        // A name is judged by what it resolves to when the keys are fetched.
        assert_eq!(put(&format!("https://localhost:{}/keys", provider.port())).await.status, 200);
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 503);
        // And a row that was written before the rule, or behind our back.
        app.database.run(&format!("UPDATE issuers SET jwks_url = '{}'", provider.jwks_url())).await;
        app.advance(Duration::from_secs(60));
        assert_eq!(status(app, &key.sign(&claims(app, "ci"))).await, 503);
        assert_eq!(provider.connections(), 0);
    });
}
