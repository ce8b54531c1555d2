//! A proof of one mode, purpose or application is never accepted for another.

use rekey::domain::policy::WorkflowOverrides;
use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};

/// Every kind of secret that rekey hands out, alive.
struct Secrets {
    link: String,
    request: String,
    code: String,
    handed: String,
    session: String,
    others: Vec<String>,
}

async fn secrets(app: &TestApp) -> Secrets {
    app.policy(WorkflowOverrides { immediate_login: Some(true), ..WorkflowOverrides::default() }).await;
    app.user("dan@example.test").await;
    let token = app.link_token("dan@example.test").await;
    let session = app.complete_link(&token, NEW_PASSWORD).await.text_at("/authSessionCode");
    app.drain().await;
    app.user("ann@example.test").await;
    let link = app.link_token("ann@example.test").await;
    let cat = app.user("cat@example.test").await;
    let made = app.create_link(cat).await;
    let handed = made.text_at("/passwordResetCode");
    app.user("eve@example.test").await;
    let body = json!({"grant_type": "password", "email": "eve@example.test", "password": PASSWORD,
        "client_id": app.client.0, "client_secret": app.key});
    let signed_in = app.post("/user_management/authenticate", &body).await;
    app.mail_codes().await;
    app.user("bob@example.test").await;
    let (request, code) = app.code("bob@example.test").await;
    let others = vec![
        app.key.clone(),
        app.client.1.clone(),
        cat.to_string(),
        made.text_at("/passwordResetId"),
        signed_in.text_at("/access_token"),
        signed_in.text_at("/refresh_token"),
    ];
    Secrets { link, request, code, handed, session, others }
}

impl Secrets {
    fn all(&self) -> Vec<String> {
        let named = [&self.link, &self.request, &self.code, &self.handed, &self.session];
        named.into_iter().chain(&self.others).cloned().collect()
    }

    /// Every place that takes a secret, what belongs there, and the field that
    /// is named when something else comes.
    fn places(&self) -> Vec<(&'static str, &'static str, Value, &String)> {
        let password = json!({"newPassword": NEW_PASSWORD});
        let request = json!({"requestCode": self.request});
        let code = json!({"verificationCode": self.code});
        let with = |mut body: Value| {
            body["newPassword"] = json!(NEW_PASSWORD);
            body
        };
        vec![
            ("introspect-email-auth-code", "emailAuthCode", json!({}), &self.link),
            ("introspect-password-reset-code", "passwordResetCode", json!({}), &self.handed),
            ("resend-code", "requestCode", json!({}), &self.request),
            ("verify-code", "requestCode", code.clone(), &self.request),
            ("verify-code", "verificationCode", request.clone(), &self.code),
            ("reset-password", "emailAuthCode", password.clone(), &self.link),
            ("reset-password", "passwordResetCode", password, &self.handed),
            ("reset-password", "requestCode", with(code), &self.request),
            ("reset-password", "verificationCode", with(request), &self.code),
            ("exchange-auth-session", "authSessionCode", json!({}), &self.session),
        ]
    }
}

#[test]
fn d07_every_secret_is_refused_everywhere_but_where_it_belongs() {
    on_both_databases(async |app| {
        let secrets = secrets(app).await;
        for (call, field, rest, own) in secrets.places() {
            for secret in secrets.all().iter().filter(|secret| *secret != own) {
                let mut body = rest.clone();
                body[field] = json!(secret);
                let answer = app.workflow(call, &body).await;
                assert_eq!(answer.told(), "400 message_body_constraint_violations", "{call} {field}: {}", answer.text);
                assert!(answer.text.contains("\"invalid_"), "{call} {field}: {}", answer.text);
            }
        }
        // They were all alive.
        assert_eq!(
            app.workflow("exchange-auth-session", &json!({"authSessionCode": secrets.session})).await.status,
            200
        );
        app.complete_link(&secrets.link, NEW_PASSWORD).await.is_complete();
        app.complete_handed_over(&secrets.handed, NEW_PASSWORD).await.is_complete();
        app.complete_code(&secrets.request, &secrets.code, NEW_PASSWORD).await.is_complete();
        app.drain().await;
    });
}

#[test]
fn j03_a_foreign_application_sees_unknown_codes_and_uses_nothing_up() {
    on_both_databases(async |app| {
        let secrets = secrets(app).await;
        let (_, _, foreign) = app.another_application("other").await;
        for (call, field, rest, own) in secrets.places() {
            let mut body = rest.clone();
            body[field] = json!(own);
            let theirs = app.workflow_as(&foreign, call, &body).await;
            body[field] = json!(if field == "verificationCode" { "00000000".to_owned() } else { "A".repeat(43) });
            let unknown = app.workflow_as(&foreign, call, &body).await;
            assert_eq!(theirs.told(), "400 message_body_constraint_violations", "{call} {field}");
            assert_eq!(theirs.shape(), unknown.shape(), "{call} {field}");
        }
        assert_eq!(app.verify(&secrets.request, &secrets.code).await.told(), "200 CODE_VERIFIED");
        assert_eq!(app.link_is(&secrets.link).await, "VALID");
        assert_eq!(app.handed_over_is(&secrets.handed).await, "VALID");
    });
}

#[test]
fn j03_the_same_address_in_two_applications_is_two_accounts() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let (other, tenant, key) = app.another_application("other").await;
        let scope = rekey::domain::access::Scope::of_record(other);
        let authority = rekey::domain::access::Authority::new(scope, rekey::domain::access::Origin::command_line());
        let email = rekey::domain::email_address::EmailAddress::parse("ann@example.test").unwrap();
        let new = rekey::workflows::users::NewUser {
            tenant: Some(tenant),
            password: Some(rekey::domain::secret::Secret::new(PASSWORD)),
            ..rekey::workflows::users::NewUser::default()
        };
        let theirs = app.app.engine.create_user(&authority, &email, new).await.unwrap().id;
        let asked = app.workflow_as(&key, "request-password-reset", &json!({"email": "ann@example.test"})).await;
        assert_eq!(asked.told(), "200 REQUEST_ACCEPTED");
        let token = app.latest_mail().await.link_token();
        app.complete_link(&token, NEW_PASSWORD).await.refuses("emailAuthCode", "invalid_email_auth_code");
        let body = json!({"emailAuthCode": token, "newPassword": NEW_PASSWORD});
        let done = app.workflow_as(&key, "reset-password", &body).await;
        done.is_complete();
        assert_eq!(done.text_at("/userId"), theirs.to_string());
        assert!(app.signs_in("ann@example.test", PASSWORD).await, "ours keeps the password");
        app.drain().await;
    });
}
