//! Previews and test mails: what is being written, seen before it is sent.

use serde_json::{Value, json};

use crate::email_templates::whole;
use crate::support::app::{TestApp, on_both_databases, on_both_with};
use crate::support::http::Answer;

const PATH: &str = "/api/v1/email-templates";

async fn preview(app: &TestApp, body: &Value) -> Answer {
    app.post(&format!("{PATH}/preview"), body).await
}

#[test]
fn an_unsaved_text_is_seen_in_every_language() {
    on_both_databases(async |app| {
        let body = json!({"kind": "PASSWORD_RESET_CODE", "locale": "de", "parts": {"subject": "Hallo {{user.givenName}}"},
            "data": {"user": {"givenName": "Zoë"}}});
        let seen = preview(app, &body).await;
        assert_eq!(seen.status, 200, "{}", seen.text);
        let mails = seen.body["mails"].as_array().unwrap();
        let locales: Vec<_> = mails.iter().map(|mail| mail["locale"].as_str().unwrap()).collect();
        assert_eq!(locales, ["en", "de", "fr", "es", "pt-BR", "ja", "ar"]);
        assert_eq!(mails[1]["subject"], "Hallo Zoë");
        assert_eq!(mails[1]["origins"]["subject"]["level"], "APPLICATION");
        assert!(mails[0]["text"].as_str().unwrap().starts_with("Hello Zoë,"), "{}", mails[0]["text"]);
        assert!(mails[6]["html"].as_str().unwrap().contains("<html lang=\"ar\" dir=\"rtl\">"));
        assert!(mails.iter().all(|mail| mail["text"].as_str().unwrap().contains("482913")), "the sample's code");
        let one =
            preview(app, &json!({"kind": "TEST", "locale": "nl", "parts": {"text": "Dag"}, "previewLocale": "nl-BE"}))
                .await;
        assert_eq!(one.body["mails"].as_array().unwrap().len(), 1, "{}", one.text);
        assert_eq!(
            (one.text_at("/mails/0/locale"), one.text_at("/mails/0/text")[..3].to_owned()),
            ("nl".into(), "Dag".into())
        );
        let saved = app.get(&format!("{PATH}?kind=PASSWORD_RESET_CODE&locale=de")).await;
        assert_eq!(
            (&saved.body["draft"], &saved.body["metadata"]["version"]),
            (&Value::Null, &json!(0)),
            "nothing was kept"
        );
    });
}

#[test]
fn mjml_is_compiled_and_its_expressions_live_on() {
    on_both_databases(async |app| {
        app.user("ann@example.test").await;
        let mjml = "<mjml lang=\"{{locale}}\" dir=\"{{dir}}\"><mj-body><mj-section><mj-column>\
            <mj-text>Dear {{user.givenName}}, until {{moment expiresAt}}</mj-text><mj-button href=\"{{actionUrl}}\">Go</mj-button>\
            </mj-column></mj-section></mj-body></mjml>";
        let place = json!({"kind": "PASSWORD_RESET_LINK", "locale": "en"});
        let mut body = place.clone();
        body["parts"] = json!({"mjml": mjml, "text": "{{actionUrl}} {{expiresAt}}"});
        let saved = app.draft(&body).await;
        // The button is the only place of the link; that suffices.
        assert_eq!((saved.status, &saved.body["lint"]), (200, &json!([])), "{}", saved.text);
        assert_eq!(app.post(&format!("{PATH}/publish"), &place).await.status, 200);
        let shown = app.get(&format!("{PATH}?kind=PASSWORD_RESET_LINK&locale=en")).await;
        assert_eq!(
            (shown.text_at("/parts/html/format"), shown.text_at("/parts/html/source")),
            ("MJML".into(), mjml.into())
        );
        app.link_token("ann@example.test").await;
        let mail = whole(&app.latest_mail().await);
        assert!(mail.contains("Dear Ann") && mail.contains("mj-column-per-100"), "{mail}");
        let wrong = json!({"kind": "PASSWORD_RESET_LINK", "parts": {"mjml": "<mjml>\n<mj-bodi></mj-bodi></mjml>"}});
        let refused = preview(app, &wrong).await;
        assert_eq!(refused.told(), "400 template_not_valid", "{}", refused.text);
    });
}

#[test]
fn h02_a_preview_that_loops_or_explodes_is_cut_off() {
    on_both_databases(async |app| {
        let text = |text: String| {
            json!({"kind": "TEST", "previewLocale": "en", "parts": {"text": text},
            "data": {"application": {"displayName": "x".repeat(500)}}})
        };
        for (source, code) in [
            ("{{#each this}}".repeat(10) + "x" + &"{{/each}}".repeat(10), "unknown_helper"),
            ("{{#if user.email}}".repeat(3000), "too_deep"),
            ("{{user.email}}".repeat(9000), "too_many_tags"),
            ("{{application.displayName}}".repeat(900), "too_much"),
            ("{{> layout.html.hbs}}".to_owned(), "partial"),
        ] {
            let begun = std::time::Instant::now();
            let refused = preview(app, &text(source)).await;
            assert_eq!(refused.told(), "400 template_not_valid", "{code}: {}", refused.text);
            assert_eq!(refused.text_at("/lint/0/code"), code);
            assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{code}: {:?}", begun.elapsed());
        }
        let literal =
            preview(app, &text("{{=<% %>=}} ${7*7} <%=7*7%> #{7*7} {% include \"/etc/passwd\" %}".to_owned())).await;
        assert_eq!(literal.told(), "400 template_not_valid");
        let data = json!({"kind": "TEST", "previewLocale": "en", "parts": {"subject": "Hi {{user.givenName}}", "text": "${7*7} {% x %}"},
            "data": {"user": {"givenName": "{{7*7}}\r\nBcc: x@evil.test"}}});
        let seen = preview(app, &data).await;
        assert_eq!(seen.text_at("/mails/0/subject"), "Hi {{7*7}} Bcc: x@evil.test");
        assert!(seen.text_at("/mails/0/text").starts_with("${7*7} {% x %}"));
        for data in [json!({"actionUrl": "https://evil.test"}), json!({"nobody": 1}), json!([])] {
            let refused = preview(app, &json!({"kind": "PASSWORD_RESET_LINK", "data": data})).await;
            assert_eq!(refused.told(), "400 invalid_data", "{}", refused.text);
        }
    });
}

#[test]
fn a_test_mail_takes_the_real_way_and_says_what_came_of_it() {
    on_both_databases(async |app| {
        let body = json!({"kind": "PASSWORD_RESET_LINK", "locale": "fr", "to": "me@example.test",
            "parts": {"subject": "Essai {{application.displayName}}"}});
        let sent = app.post(&format!("{PATH}/test-send"), &body).await;
        assert_eq!((sent.status, &sent.body["accepted"]), (200, &json!(true)), "{}", sent.text);
        assert!(sent.text_at("/answer").starts_with("250"), "{}", sent.text);
        let mail = app.latest_mail().await;
        assert_eq!(mail.to, ["me@example.test"]);
        assert!(whole(&mail).contains("Subject: [Test] Essai shop"), "{}", whole(&mail));
        assert!(
            mail.text().contains("Bonjour Ada") && mail.text().contains("sample-token"),
            "the rest is as it is in effect: {}",
            mail.text()
        );
        let evil = json!({"kind": "PASSWORD_RESET_LINK", "to": "me@example.test",
            "parts": {"html": "{{actionUrl}} <a href=\"https://evil.test/?{{actionUrl}}\">x</a>"}});
        assert_eq!(app.post(&format!("{PATH}/test-send"), &evil).await.told(), "400 template_not_valid");
        app.post(&format!("{PATH}/test-send"), &json!({"kind": "TEST"})).await.refuses("to", "required");
        let mut last = 200;
        for _ in 0..4 {
            last = app.post(&format!("{PATH}/test-send"), &body).await.status;
        }
        assert_eq!(last, 429, "one mailbox gets three");
        assert_eq!(app.mails().await.len(), 3);
    });
}

#[test]
fn a_test_mail_that_is_refused_shows_the_servers_own_words() {
    let nobody = [("REKEY__MAIL__SMTP__URL", "smtp://127.0.0.1:9")];
    on_both_with(&nobody, async |app| {
        let sent = app.post(&format!("{PATH}/test-send"), &json!({"kind": "TEST", "to": "me@example.test"})).await;
        assert_eq!((sent.status, &sent.body["accepted"], &sent.body["stage"]), (200, &json!(false), &json!("connect")));
        assert!(!sent.text_at("/answer").is_empty(), "{}", sent.text);
    });
}
