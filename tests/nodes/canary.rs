//! No secret value appears in any sink: every flow is run with the logs at
//! their loudest, and every live secret is then looked for everywhere.

use std::time::Duration;

use base64::Engine as _;
use rekey::domain::clock::Timestamp;
use rekey::domain::second_factor::Authenticator;
use rekey::domain::secret::Secret;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::http::Answer;
use crate::installation::{Installation, Node, PASSWORD, with};

const FORM: &str = "application/x-www-form-urlencoded";

/// Every secret so far, with a name for whoever finds it somewhere.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn keep(&mut self, name: &'static str, value: impl Into<String>) -> String {
        let value = value.into();
        assert!(value.len() >= 8, "{name} is too short to be looked for: {value:?}");
        self.0.push((name, value.clone()));
        value
    }

    #[track_caller]
    fn are_not_in(&self, sink: &str, text: &str) {
        for (name, value) in &self.0 {
            if let Some(at) = text.find(value.as_str()) {
                let from = text.floor_char_boundary(at.saturating_sub(200));
                let to = text.floor_char_boundary(text.len().min(at + 100));
                panic!("{name} is in {sink}: …{}…", &text[from..to]);
            }
        }
    }
}

struct Flow<'a> {
    installation: &'a Installation,
    node: &'a Node,
    http: Client,
}

impl Flow<'_> {
    async fn call(&self, call: &str, body: Value) -> Answer {
        self.installation.call(&self.node.url, call, &body).await
    }

    async fn raw(&self, method: Method, path: &str, content: &str, bearer: &str, body: String) -> Answer {
        let request = self.http.request(method, format!("{}{path}", self.node.url)).body(body);
        let request = request.header("content-type", content).header("authorization", format!("Bearer {bearer}"));
        Answer::read(request.send().await.unwrap()).await
    }

    /// The mail that follows a call.
    async fn mailed(&self, call: &str, body: Value) -> (Answer, crate::smtp::Received) {
        let have = self.installation.smtp.messages().len();
        let answer = self.call(call, body).await;
        assert_eq!(answer.status, 200, "{call}: {}", answer.text);
        for more in 1.. {
            let mails = self.installation.smtp.wait_for(have + more, Duration::from_secs(10)).await;
            // The notice of the flow before this one may come late.
            if !mails[have + more - 1].text().contains("was changed") {
                return (answer, mails[have + more - 1].clone());
            }
        }
        unreachable!()
    }
}

async fn link(flow: &Flow<'_>, secrets: &mut Secrets) {
    let (_, mail) =
        flow.mailed("request-password-reset", json!({"email": "ann@example.test", "clientIp": "192.0.2.1"})).await;
    let token = secrets.keep("the token of an emailed link", mail.link_token());
    flow.call("introspect-email-auth-code", json!({"emailAuthCode": token})).await;
    for path in ["/reset-password?token=", "/reset-password/", "/nowhere?token=", "/nowhere/"] {
        flow.raw(Method::GET, &format!("{path}{token}"), FORM, &token, String::new()).await;
    }
    let password = secrets.keep("a new password", "Quiet-Harbour-Lamp-7319");
    let refused = secrets.keep("a refused password", "short-42");
    flow.call("reset-password", json!({"emailAuthCode": token, "newPassword": refused})).await;
    let broken = format!("{{\"emailAuthCode\":\"{token}\",\"newPassword\":\"{password}\",}}");
    let key = flow.installation.made["apiKey"].as_str().unwrap();
    for (content, body) in [("application/json", broken.clone()), (FORM, broken.clone()), ("text/plain", broken)] {
        flow.raw(Method::POST, "/api/v1/password-reset/reset-password", content, key, body).await;
    }
    let strange = json!({"emailAuthCode": token, "newPassword": [password], token.clone(): password});
    assert_eq!(flow.call("reset-password", strange).await.status, 400);
    let done = flow.call("reset-password", json!({"emailAuthCode": token, "newPassword": password})).await;
    let code = secrets.keep("an auth session code", done.text_at("/authSessionCode"));
    let exchange = json!({"authSessionCode": code, "clientIp": "192.0.2.7", "userAgent": "Firefox"});
    let session = flow.call("exchange-auth-session", exchange.clone()).await;
    secrets.keep("an access token", session.text_at("/accessToken"));
    secrets.keep("a refresh token", session.text_at("/refreshToken"));
    assert_eq!(flow.call("exchange-auth-session", exchange).await.status, 400);
}

async fn code(flow: &Flow<'_>, secrets: &mut Secrets, user: &str) {
    let body = json!({"userId": user, "strategy": "OTP"});
    let (asked, mail) = flow.mailed("send-password-reset-email", body).await;
    let request = secrets.keep("a request code", asked.text_at("/requestCode"));
    let digits = secrets.keep("a verification code", mail.verification_code());
    flow.call("verify-code", json!({"requestCode": request, "verificationCode": "00000000"})).await;
    flow.call("resend-code", json!({"requestCode": request})).await;
    assert_eq!(flow.call("verify-code", json!({"requestCode": request, "verificationCode": digits})).await.status, 200);
    let password = secrets.keep("a new password", "Silent-Orchard-Boat-8842");
    let done = json!({"requestCode": request, "verificationCode": digits, "newPassword": password});
    let done = flow.call("reset-password", done).await;
    secrets.keep("an auth session code", done.text_at("/authSessionCode"));
}

async fn handed_over(flow: &Flow<'_>, secrets: &mut Secrets, user: &str) {
    let made = flow.call("create-password-reset-link", json!({"userId": user, "reason": "a call"})).await;
    let code = secrets.keep("a handed-over code", made.text_at("/passwordResetCode"));
    flow.call("introspect-password-reset-code", json!({"passwordResetCode": code})).await;
    // It stays live: what is found of it could still be used.
}

async fn tokens(flow: &Flow<'_>, secrets: &mut Secrets) {
    let made = &flow.installation.made;
    let (client, secret) = (made["clientId"].as_str().unwrap(), made["clientSecret"].as_str().unwrap());
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{client}:{secret}"));
    let request = flow.http.post(format!("{}/api/v1/oauth2/token", flow.node.url)).header("content-type", FORM);
    let request = request.header("authorization", format!("Basic {basic}")).body("grant_type=client_credentials");
    let answer = Answer::read(request.send().await.unwrap()).await;
    secrets.keep("basic credentials", basic);
    let token = secrets.keep("a client's access token", answer.text_at("/access_token"));
    let path = "/api/v1/password-reset/verify-code";
    flow.raw(Method::POST, path, "application/json", &token, "{}".to_owned()).await;
    flow.raw(Method::POST, path, "application/json", &format!("{token}x"), "{}".to_owned()).await;
}

async fn workos(flow: &Flow<'_>, secrets: &mut Secrets) {
    let made = &flow.installation.made;
    let key = made["apiKey"].as_str().unwrap();
    let body = json!({"grant_type": "password", "email": "ann@example.test", "password": "Silent-Orchard-Boat-8842",
        "client_id": made["clientId"], "client_secret": key});
    let path = "/user_management/authenticate";
    let signed_in = flow.raw(Method::POST, path, "application/json", key, body.to_string()).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    secrets.keep("an access token", signed_in.text_at("/access_token"));
    let refresh = secrets.keep("a refresh token", signed_in.text_at("/refresh_token"));
    let body = json!({"grant_type": "refresh_token", "refresh_token": refresh,
        "client_id": made["clientId"], "client_secret": key});
    for _ in 0..2 {
        let again = flow.raw(Method::POST, path, "application/json", key, body.to_string()).await;
        if again.status == 200 {
            secrets.keep("a refresh token", again.text_at("/refresh_token"));
        }
    }
    let body = json!({"email": "bob@example.test"}).to_string();
    let reset = flow.raw(Method::POST, "/user_management/password_reset", "application/json", key, body).await;
    assert_eq!(reset.status, 201, "{}", reset.text);
    secrets.keep("a token of the WorkOS dialect", reset.text_at("/password_reset_token"));
}

/// Hashes that other systems made. The database holds one, and nothing else may.
async fn imported(flow: &Flow<'_>) -> Secrets {
    let mut secrets = Secrets::default();
    let key = flow.installation.made["apiKey"].as_str().unwrap();
    let path = "/user_management/users";
    let hash = secrets.keep("a hash", "{SSHA}rncvppFmEZ3NHuRpmxkiUqGoKoJzYWx0c2FsdA==");
    let body = json!({"email": "cyd@example.test", "password_hash": hash, "password_hash_type": "ssha"});
    let broken = format!("{},}}", body.to_string().trim_end_matches('}'));
    let misfit = json!({"email": "cyd@example.test", "password_hash": hash, "password_hash_type": "bcrypt"});
    for (sent, status) in [(broken, 422), (misfit.to_string(), 400), (body.to_string(), 201)] {
        let answer = flow.raw(Method::POST, path, "application/json", key, sent).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        secrets.are_not_in("an answer", &answer.text);
    }
    let body = json!({"grant_type": "password", "email": "cyd@example.test", "password": "Sunny-Meadow-Walk-0042",
        "client_id": flow.installation.made["clientId"], "client_secret": key});
    let signed_in = flow.raw(Method::POST, "/user_management/authenticate", "application/json", key, body.to_string());
    assert_eq!(signed_in.await.status, 200);
    secrets
}

async fn second_factor(flow: &Flow<'_>, secrets: &mut Secrets, user: &str, now: Timestamp) {
    let made = &flow.installation.made;
    let key = made["apiKey"].as_str().unwrap();
    let post =
        async |path: &str, body: Value| flow.raw(Method::POST, path, "application/json", key, body.to_string()).await;
    let enrolled = post(&format!("/user_management/users/{user}/auth_factors"), json!({"type": "totp"})).await;
    assert_eq!(enrolled.status, 201, "{}", enrolled.text);
    let secret = secrets.keep("an authenticator's secret", enrolled.text_at("/authentication_factor/totp/secret"));
    secrets.keep("an authenticator's QR code", enrolled.text_at("/authentication_factor/totp/qr_code"));
    let path = "/user_management/authenticate";
    let (client, email, password) = (&made["clientId"], "ann@example.test", "Silent-Orchard-Boat-8842");
    let asked = post(
        path,
        json!({"grant_type": "password", "email": email, "password": password,
        "client_id": client, "client_secret": key}),
    )
    .await;
    assert_eq!(asked.status, 403, "{}", asked.text);
    let token = asked.text_at("/pending_authentication_token");
    let token = secrets.keep("the token of a sign-in that waits", token);
    let step = |code: &str| {
        json!({"grant_type": "urn:workos:oauth:grant-type:mfa-totp", "code": code,
        "pending_authentication_token": token, "client_id": client, "client_secret": key,
        "authentication_challenge_id": asked.text_at("/authentication_challenge_id")})
    };
    assert_eq!(post(path, step("not a code")).await.status, 400);
    let phone = Authenticator::read(&Secret::new(secret)).unwrap();
    let code = phone.code(Authenticator::step(now));
    let done = post(path, step(code.expose())).await;
    assert_eq!(done.status, 200, "{}", done.text);
    secrets.keep("an access token", done.text_at("/access_token"));
    secrets.keep("a refresh token", done.text_at("/refresh_token"));
}

async fn all_flows(installation: &mut Installation) {
    installation.set("RUST_LOG", "trace");
    installation.set("REKEY__WORKFLOW__IMMEDIATE_LOGIN", "true");
    installation.bootstrap();
    let node = installation.node().await;
    let inside = installation.inside().await;
    let ann = installation.user(&inside, "ann@example.test").await.to_string();
    installation.user(&inside, "bob@example.test").await;
    let mut secrets = Secrets::default();
    secrets.keep("a password", PASSWORD);
    secrets.keep("an API key", installation.made["apiKey"].as_str().unwrap());
    secrets.keep("a client secret", installation.made["clientSecret"].as_str().unwrap());
    let (metrics, hashes) = {
        let flow = Flow { installation, node: &node, http: Client::new() };
        link(&flow, &mut secrets).await;
        code(&flow, &mut secrets, &ann).await;
        tokens(&flow, &mut secrets).await;
        workos(&flow, &mut secrets).await;
        second_factor(&flow, &mut secrets, &ann, inside.engine.now().await.unwrap()).await;
        handed_over(&flow, &mut secrets, &ann).await;
        let hashes = imported(&flow).await;
        (flow.raw(Method::GET, "/metrics", FORM, "", String::new()).await.text, hashes)
    };
    let waiting = "SELECT count(*) AS n FROM messages WHERE state = 'queued'";
    installation.until(waiting, 0, Duration::from_secs(10)).await;
    secrets.are_not_in("the metrics", &metrics);
    secrets.are_not_in("the database", &installation.database.dump().await);
    let log = node.log();
    assert!(log.len() > 10_000, "the log is not at its loudest: {log}");
    secrets.are_not_in("the log", &log);
    hashes.are_not_in("the log", &log);
    hashes.are_not_in("the metrics", &metrics);
    assert!(node.stop());
    secrets.are_not_in("the database after the end", &installation.database.dump().await);
    inside.engine.database.clone().close().await.unwrap();
}

#[test]
fn no_secret_is_written_anywhere_with_sqlite() {
    with(TestDatabase::sqlite, async |installation| Box::pin(all_flows(installation)).await);
}

#[test]
fn no_secret_is_written_anywhere_with_postgresql() {
    with(TestDatabase::postgres, async |installation| Box::pin(all_flows(installation)).await);
}
