//! The hosted page, for people who have an authenticator.

use std::collections::BTreeMap;

use reqwest::Method;

use crate::support::app::{NEW_PASSWORD, TestApp, on_both_databases};
use crate::support::http::Answer;
use crate::support::proofs::Mode;
use crate::support::second_factor::Phone;

const ANN: &str = "ann@example.test";
const PAGE: &str = "/reset-password";

/// A browser without scripts: it keeps cookies, and follows when told.
#[derive(Default)]
struct Browser(BTreeMap<String, String>);

impl Browser {
    async fn send(&mut self, app: &TestApp, method: Method, path: &str, form: Option<String>) -> Answer {
        let line: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let line = line.join("; ");
        let headers = [("cookie", line.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let answer = app.send(method, path, &headers, form.map(String::into_bytes)).await;
        for cookie in answer.headers.get("set-cookie").into_iter().flat_map(|line| line.split(", ")) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.0.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    async fn get(&mut self, app: &TestApp, path: &str) -> Answer {
        self.send(app, Method::GET, path, None).await
    }

    /// Sends the form of a page with these fields.
    async fn submit(&mut self, app: &TestApp, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = page.text.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("form_token", token).extend_pairs(fields);
        self.send(app, Method::POST, path, Some(form.finish())).await
    }
}

fn chosen<'a>(password: &'a str, code: &'a str) -> [(&'a str, &'a str); 3] {
    [("new_password", password), ("repeat_password", password), ("totp_code", code)]
}

fn asks(page: &Answer) -> bool {
    let asks = page.text.contains("name=\"totp_code\"");
    assert_eq!(asks, page.text.contains("<label for=\"totp-code\">Code from your authenticator app</label>"));
    asks
}

/// From the new-password page on.
async fn finishes(app: &mut TestApp, browser: &mut Browser, phone: &Phone) {
    let page = browser.get(app, PAGE).await;
    assert!(page.status == 200 && asks(&page), "{}", page.text);
    let wrong = phone.wrong(app, 1).remove(0);
    for (code, told) in
        [("", "Enter the six digits"), (wrong.as_str(), "This code does not work"), ("abc", "This code does not work")]
    {
        let again = browser.submit(app, &page, PAGE, &chosen(NEW_PASSWORD, code)).await;
        assert_eq!(again.status, 422, "{code}: {}", again.text);
        assert!(asks(&again) && again.text.contains(told), "{code}: {}", again.text);
        assert!(again.text.contains("<a href=\"#totp-code\">"), "the summary leads to the field");
        assert!(again.text.contains("aria-invalid=\"true\" aria-describedby=\"totp-code-error totp-code-hint\""));
        assert!(
            !again.text.contains(NEW_PASSWORD) && (code.is_empty() || !again.text.contains(&format!("\"{code}\"")))
        );
    }
    let code = phone.code(app);
    let weak = browser.submit(app, &page, PAGE, &chosen("short", &code)).await;
    assert!(weak.status == 422 && weak.text.contains("Too short") && asks(&weak), "{}", weak.text);
    let done = browser.submit(app, &page, PAGE, &chosen(NEW_PASSWORD, &code)).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(done.headers["location"].starts_with("/reset-password/done"));
    assert_eq!(app.sign_in(ANN, NEW_PASSWORD).await.told(), "403 mfa_challenge");
    app.drain().await;
}

#[test]
fn the_page_of_a_link_asks_for_the_code_of_the_authenticator() {
    on_both_databases(async |app| {
        let (user, phone) = app.user_with_phone(ANN).await;
        let proof = Mode::Link.proof(app, user).await;
        let mut browser = Browser::default();
        let moved = browser.get(app, &format!("{PAGE}?token={}", proof["emailAuthCode"].as_str().unwrap())).await;
        assert_eq!(moved.status, 303);
        finishes(app, &mut browser, &phone).await;
    });
}

#[test]
fn the_page_after_an_emailed_code_asks_for_the_code_of_the_authenticator() {
    on_both_databases(async |app| {
        let (_, phone) = app.user_with_phone(ANN).await;
        app.mail_codes().await;
        let mut browser = Browser::default();
        let page = browser.get(app, "/forgot-password").await;
        let sent = browser.submit(app, &page, "/forgot-password", &[("email", ANN)]).await;
        assert_eq!((sent.status, sent.headers["location"].as_str()), (303, "/reset-password/code"), "{}", sent.text);
        let code = app.latest_mail().await.verification_code();
        let page = browser.get(app, "/reset-password/code").await;
        let proven = browser.submit(app, &page, "/reset-password/code", &[("code", &code)]).await;
        assert_eq!((proven.status, proven.headers["location"].as_str()), (303, PAGE), "{}", proven.text);
        finishes(app, &mut browser, &phone).await;
    });
}

#[test]
fn an_authenticator_that_came_after_the_form_was_opened_is_asked_for() {
    on_both_databases(async |app| {
        let user = app.user(ANN).await;
        let proof = Mode::HandedOver.proof(app, user).await;
        let mut browser = Browser::default();
        browser.get(app, &format!("{PAGE}?token={}", proof["passwordResetCode"].as_str().unwrap())).await;
        let page = browser.get(app, PAGE).await;
        assert!(page.status == 200 && !asks(&page), "{}", page.text);
        let (phone, _) = app.enrol(user).await;
        let fields = [("new_password", NEW_PASSWORD), ("repeat_password", NEW_PASSWORD)];
        let asked = browser.submit(app, &page, PAGE, &fields).await;
        assert!(asked.status == 422 && asks(&asked), "{}", asked.text);
        let done = browser.submit(app, &asked, PAGE, &chosen(NEW_PASSWORD, &phone.code(app))).await;
        assert_eq!(done.status, 303, "{}", done.text);
        app.drain().await;
    });
}
