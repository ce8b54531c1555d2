//! C-6: no odd value in any field of any call is taken for something else.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};

fn odd_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(""),
        json!(" "),
        json!(0),
        json!(0.0),
        json!(-1),
        json!(true),
        json!(false),
        json!([]),
        json!([null]),
        json!(["x"]),
        json!({}),
        json!({"$gt": ""}),
        json!({"$ne": null}),
        json!("null"),
        json!("undefined"),
        json!("%"),
        json!("_"),
        json!("*"),
        json!("'"),
        json!("' OR 1=1--"),
        json!("\u{0}"),
        json!(9_007_199_254_740_993_i64),
        json!("x".repeat(12_000)),
    ]
}

/// What a field may hold besides what the call is made with.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    /// Nothing else.
    One,
    /// It may be missing, too.
    OneOrNothing,
    /// It may be missing, or any short text.
    Text,
    /// It may be missing, or be a boolean.
    Switch,
}

impl Takes {
    fn fine(self, value: &Value) -> bool {
        match (self, value) {
            (Self::One, _) => false,
            (Self::Text, Value::String(text)) => {
                !text.is_empty() && text.len() <= 512 && !text.contains(char::is_control)
            }
            (_, Value::Null) | (Self::Switch, Value::Bool(_)) => true,
            _ => false,
        }
    }
}

struct Call {
    name: &'static str,
    body: Value,
    fields: Vec<(&'static str, Takes)>,
}

async fn calls(app: &TestApp) -> Vec<Call> {
    let ann = app.user("ann@example.test").await.to_string();
    let bob = app.user("bob@example.test").await;
    let handed = app.create_link(bob).await.text_at("/passwordResetCode");
    app.user("cat@example.test").await;
    let link = app.link_token("cat@example.test").await;
    app.mail_codes().await;
    app.user("dan@example.test").await;
    let (request, code) = app.code("dan@example.test").await;
    let texts = [("clientIp", Takes::OneOrNothing), ("userAgent", Takes::Text)];
    let switch = ("suppressPasswordUpdatedEmail", Takes::Switch);
    let call = |name, body, fields: &[(&'static str, Takes)]| Call { name, body, fields: fields.to_vec() };
    let with = |fields: &[(&'static str, Takes)]| [fields, &texts, &[switch]].concat();
    let asked = [
        ("email", Takes::One),
        ("tenantId", Takes::OneOrNothing),
        ("clientId", Takes::Text),
        ("locale", Takes::Text),
        ("redirectUrl", Takes::OneOrNothing),
        ("state", Takes::Text),
        ("clientIp", Takes::OneOrNothing),
    ];
    let sent = [
        ("userId", Takes::One),
        ("locale", Takes::Text),
        ("redirectUrl", Takes::OneOrNothing),
        ("state", Takes::Text),
        ("strategy", Takes::OneOrNothing),
    ];
    let made = [
        ("userId", Takes::One),
        ("lifetimeMinutes", Takes::OneOrNothing),
        ("redirectUrl", Takes::OneOrNothing),
        ("reason", Takes::Text),
    ];
    let password = ("newPassword", Takes::One);
    let otp = json!({"requestCode": request, "verificationCode": code, "newPassword": NEW_PASSWORD});
    vec![
        call("request-password-reset", json!({"email": "ann@example.test"}), &asked),
        call("send-password-reset-email", json!({"userId": ann}), &sent),
        call("create-password-reset-link", json!({"userId": ann}), &made),
        call("introspect-email-auth-code", json!({"emailAuthCode": link}), &[("emailAuthCode", Takes::One), texts[0]]),
        call(
            "introspect-password-reset-code",
            json!({"passwordResetCode": handed}),
            &[("passwordResetCode", Takes::One), texts[0]],
        ),
        call("resend-code", json!({"requestCode": request}), &[("requestCode", Takes::One)]),
        call(
            "verify-code",
            json!({"requestCode": request, "verificationCode": code}),
            &[("requestCode", Takes::One), ("verificationCode", Takes::One)],
        ),
        call(
            "exchange-auth-session",
            json!({"authSessionCode": "x"}),
            &[&[("authSessionCode", Takes::One)], &texts[..]].concat(),
        ),
        call("cancel-password-reset", json!({}), &[("userId", Takes::One), ("passwordResetId", Takes::One)]),
        call(
            "reset-password",
            json!({"emailAuthCode": link, "newPassword": NEW_PASSWORD}),
            &with(&[
                ("emailAuthCode", Takes::One),
                ("requestCode", Takes::OneOrNothing),
                ("passwordResetCode", Takes::OneOrNothing),
                password,
            ]),
        ),
        call(
            "reset-password",
            json!({"passwordResetCode": handed, "newPassword": NEW_PASSWORD}),
            &with(&[("passwordResetCode", Takes::One), ("verificationCode", Takes::OneOrNothing), password]),
        ),
        call("reset-password", otp, &with(&[("requestCode", Takes::One), ("verificationCode", Takes::One), password])),
    ]
}

#[test]
fn c06_no_odd_value_of_any_field_is_accepted_or_breaks_anything() {
    on_both_databases(async |app| {
        for call in calls(app).await {
            for (field, takes) in &call.fields {
                // The clock of the caller's own limit.
                app.advance(Duration::from_millis(500));
                for value in odd_values().into_iter().filter(|value| !takes.fine(value)) {
                    let mut body = call.body.clone();
                    body[*field] = value.clone();
                    let shown = value.to_string().chars().take(40).collect::<String>();
                    let answer = app.workflow(call.name, &body).await;
                    let told = answer.told();
                    assert!(matches!(answer.status, 400 | 404), "{} {field} = {shown}: {told}", call.name);
                    assert!(answer.status == 400 || field.ends_with("Id"), "{} {field} = {shown}: {told}", call.name);
                }
            }
        }
        for email in ["ann@example.test", "bob@example.test", "cat@example.test", "dan@example.test"] {
            assert!(app.signs_in(email, PASSWORD).await, "{email}");
        }
        app.drain().await;
    });
}

#[test]
fn c06_a_number_that_fits_nowhere_and_a_text_of_four_megabytes_are_refused() {
    on_both_databases(async |app| {
        let calls = calls(app).await;
        let bearer = format!("Bearer {}", app.key);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        for call in calls {
            for (field, _) in &call.fields {
                let path = format!("/api/v1/password-reset/{}", call.name);
                let body = format!("{{\"{field}\":1e309}}").into_bytes();
                let refused = app.send(reqwest::Method::POST, &path, &headers, Some(body)).await;
                assert_eq!(refused.told(), "400 invalid_request", "{} {field}", call.name);
            }
            let path = format!("/api/v1/password-reset/{}", call.name);
            let body = json!({call.fields[0].0: "x".repeat(1 << 22)}).to_string().into_bytes();
            let refused = app.send(reqwest::Method::POST, &path, &headers, Some(body)).await;
            assert_eq!(refused.told(), "413 payload_too_large", "{}", call.name);
        }
        app.drain().await;
    });
}
