//! Hostile texts in what pages show.

use super::world::{Browser, World};
use crate::domain::policy::WorkflowOverrides;
use crate::http::pages::Pages;
use crate::http::pages::look::Look;
use crate::locales::Locales;
use actix_web::http::StatusCode;
use serde_json::json;

const HOSTILE: &str = "<script>alert(1)</script>\"><img src=//evil.test onerror=alert(1)>{{7*7}}\u{202e}'";

fn pages() -> Pages {
    Pages::new(&Locales::built_in()).unwrap()
}

fn assert_harmless(body: &str) {
    assert!(!body.contains("<script>") && !body.contains("<img"), "{body}");
    assert!(body.contains("{{7*7}}"), "{body}");
    assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;"), "{body}");
    assert!(!body.contains("style=") && !body.contains("<style"), "nothing inline");
}

#[actix_web::test]
async fn a_display_name_and_a_typed_address_are_text() {
    let world = World::new(HOSTILE, WorkflowOverrides::default()).await;
    let browser = Browser::new(&world);
    let form = browser.get("/forgot-password").await;
    assert_harmless(&form.body);
    let wrong = browser.post("/forgot-password", &form, &[("email", HOSTILE)]).await;
    assert_eq!(wrong.status, 422);
    assert_harmless(&wrong.body);
    assert!(form.header("content-security-policy").contains("script-src 'self'"));
    assert!(form.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[actix_web::test]
async fn every_template_escapes_what_it_is_given() {
    let pages = pages();
    let said = json!({ "key": "support", "args": { "address": HOSTILE } });
    let list = json!([said]);
    let errors = json!([{ "field": "x", "text": said }]);
    let mail = json!({ "number": 1, "kind": "K", "from": HOSTILE, "to": HOSTILE, "date": "d", "subject": HOSTILE });
    let mut all = json!({
        "title": said, "application": HOSTILE, "text": said, "support": HOSTILE, "good": false, "ask": true,
        "action": { "address": HOSTILE, "label": said }, "form_token": HOSTILE, "email": HOSTILE, "error": said,
        "by_code": false, "notice": said, "start": HOSTILE, "account": HOSTILE, "errors": errors,
        "rules": [{ "check": HOSTILE, "text": said }], "minimum_length": 15, "second_factor": true, "totp_code": list,
        "new_password": list, "repeat_password": list, "resend": { "seconds": 1, "wait": HOSTILE },
    });
    let workbench = json!({ "title": HOSTILE, "text": HOSTILE, "mails": [mail], "links": [HOSTILE], "action": "" });
    for template in ["forgot", "code", "password", "message", "mailbox", "mail"] {
        if template == "mailbox" {
            for part in [&workbench, &mail] {
                all.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
            }
            all["text"] = HOSTILE.into();
        }
        let answer = pages.answer(StatusCode::OK, template, &Look::of_workbench(), all.clone()).unwrap();
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        assert_harmless(std::str::from_utf8(&body).unwrap());
    }
}

#[actix_web::test]
async fn a_template_that_is_not_given_what_it_asks_for_is_an_error() {
    assert!(pages().answer(StatusCode::OK, "password", &Look::of_workbench(), json!({ "title": "busy" })).is_err());
}
