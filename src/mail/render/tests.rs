//! What the built-in templates make of their samples, and of hostile names.

use super::*;
use crate::domain::client::RequestedFrom;
use crate::domain::mail::{GivenName, MailContext};

fn renderer() -> Renderer {
    built_in()
}

fn overridden(folder: &Path) -> Result<Renderer, RenderError> {
    Renderer::new(Some(folder), &Arc::new(Locales::new(None).unwrap()))
}

impl Renderer {
    /// In English.
    fn plainly(&self, context: &MailContext) -> Result<Rendered, RenderError> {
        self.render_built_in(context, LanguageTag::english())
    }
}

fn override_dir(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn every_kind_renders_its_sample_in_both_parts() {
    let renderer = renderer();
    for kind in MailKind::ALL {
        let mail = renderer.plainly(&MailContext::sample(kind)).unwrap();
        assert_eq!(mail.kind, kind);
        assert!(mail.subject.contains("Acme Portal") && mail.subject.chars().count() <= 100, "{}", mail.subject);
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("Acme Portal") && body.contains("help@example.com"), "{body}");
            assert!(!body.contains("{{") && !body.contains("null"), "{body}");
        }
        assert!(!mail.text.contains("\n\n\n") && !mail.text.contains('<'), "{}", mail.text);
        assert!(mail.html.starts_with("<!doctype html>") && mail.html.trim_end().ends_with("</html>"));
        assert!(!mail.html.contains("<img") && !mail.html.contains("<script") && !mail.html.contains("url("));
        let greeting = if kind == MailKind::NoAccount { "Hello,\n" } else { "Hello Ada,\n" };
        assert!(mail.text.starts_with(greeting), "{}", mail.text);
    }
}

#[test]
fn the_texts_are_the_ones_that_were_read_over() {
    let renderer = renderer();
    let texts = MailKind::ALL.map(|kind| {
        let mail = renderer.plainly(&MailContext::sample(kind)).unwrap();
        format!("=== {}\nSubject: {}\n\n{}", kind.as_str(), mail.subject, mail.text)
    });
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_link_is_shown_as_a_button_and_as_text() {
    let mail = renderer().plainly(&MailContext::sample(MailKind::PasswordResetLink)).unwrap();
    let url = "https://id.example.com/reset?token=sample-token-482913";
    assert!(mail.text.lines().any(|line| line == url), "{}", mail.text);
    let escaped = handlebars::html_escape(url);
    assert_eq!(mail.html.matches(&format!("href=\"{escaped}\"")).count(), 2);
    assert!(mail.html.contains(&format!(">{escaped}</a>")));
    for body in [&mail.text, &mail.html] {
        assert!(body.contains("30 minutes, until 1 January 2026, 09:30 UTC"), "{body}");
    }
}

#[test]
fn a_code_stands_alone_and_copies_as_digits() {
    for kind in [MailKind::PasswordResetCode, MailKind::EmailVerification] {
        let mail = renderer().plainly(&MailContext::sample(kind)).unwrap();
        assert!(mail.text.lines().any(|line| line == "482913"), "{}", mail.text);
        assert!(mail.html.contains(">482913</p>") && !mail.subject.contains("482913"));
        assert_eq!(mail.html.matches("482913").count(), 1, "not in the preheader either");
    }
}

#[test]
fn a_notice_says_when_from_where_and_what_to_do_if_it_was_not_you() {
    let mail = renderer().plainly(&MailContext::sample(MailKind::PasswordUpdated)).unwrap();
    for body in [&mail.text, &mail.html] {
        for part in ["1 January 2026, 09:00 UTC", "198.51.100.0/24", "Firefox", "Not you?", "help@example.com"] {
            assert!(body.contains(part), "{part} in {body}");
        }
    }
}

#[test]
fn a_throttled_notice_says_that_no_code_was_sent() {
    let mut context = MailContext::sample(MailKind::ResetAttemptsExhausted);
    let told = renderer().plainly(&context).unwrap();
    assert!(told.text.contains("no longer works") && !told.text.contains("no new code"));
    let MailContext::ResetAttemptsExhausted(mail) = &mut context else { unreachable!() };
    mail.throttled = true;
    let told = renderer().plainly(&context).unwrap();
    assert!(told.text.contains("no new code is sent") && told.html.contains("no new code is sent"));
}

#[test]
fn an_unknown_origin_and_a_missing_contact_leave_no_holes() {
    let renderer = renderer();
    for kind in MailKind::ALL {
        let mut context = MailContext::sample(kind);
        match &mut context {
            MailContext::PasswordUpdated(mail) => {
                mail.requested_from = RequestedFrom::default();
                mail.parties.application.support_email = None;
            }
            MailContext::PasswordResetCode(mail) => mail.requested_from = RequestedFrom::default(),
            MailContext::PasswordResetLinkCreated(mail) => mail.parties.application.support_email = None,
            _ => continue,
        }
        let mail = renderer.plainly(&context).unwrap();
        assert!(!mail.text.contains("network") && !mail.html.contains("from the network"), "{}", mail.text);
        assert!(!mail.text.contains("()") && !mail.text.contains(" ."), "{}", mail.text);
    }
}

#[test]
fn h01_hostile_names_come_out_harmless() {
    let renderer = renderer();
    for name in
        ["<a href=//evil.test>", "\"><img src=//evil.test>", "evil.test", "https://evil.test", "{{7*7}}", "${7*7}"]
    {
        let mut context = MailContext::sample(MailKind::PasswordResetLink);
        let MailContext::PasswordResetLink(mail) = &mut context else { unreachable!() };
        mail.parties.user.given_name = GivenName::from_stored(name);
        let mail = renderer.plainly(&context).unwrap();
        for part in [&mail.subject, &mail.text, &mail.html] {
            for trace in ["evil", "{{", "${", "<img", "Hello 49"] {
                assert!(!part.contains(trace), "{name}: {part}");
            }
        }
        assert!(mail.text.starts_with("Hello,\n"));
    }
}

#[test]
fn h02_data_is_never_evaluated_and_is_escaped_in_html_only() {
    let mut context = MailContext::sample(MailKind::PasswordUpdated);
    let MailContext::PasswordUpdated(mail) = &mut context else { unreachable!() };
    mail.parties.application.display_name = "A & B <b>{{user.email}}</b>\r\nBcc: x@evil.test".to_owned();
    let mail = renderer().plainly(&context).unwrap();
    assert_eq!(mail.subject, "Your A & B <b>{{user.email}}</b> Bcc: x@evil.test password was changed");
    assert!(mail.text.contains("A & B <b>{{user.email}}</b>"));
    assert!(mail.html.contains("A &amp; B &lt;b&gt;{{user.email}}&lt;/b&gt;") && !mail.html.contains("<b>"));
}

#[test]
fn a_subject_is_one_bounded_line() {
    let mut context = MailContext::sample(MailKind::Test);
    let MailContext::Test(mail) = &mut context else { unreachable!() };
    mail.parties.application.display_name = "x\u{2028}\u{0}".repeat(500);
    let subject = renderer().plainly(&context).unwrap().subject.clone();
    assert!(subject.chars().count() <= MAX_SUBJECT_CHARS && !subject.chars().any(char::is_control));
}

#[test]
fn a_folder_overrides_single_files() {
    let folder = override_dir(&[("test/subject.hbs", "Trying {{tenant.displayName}}"), (".hidden", "{{")]);
    let mail = overridden(folder.path()).unwrap().plainly(&MailContext::sample(MailKind::Test)).unwrap();
    assert_eq!(mail.subject, "Trying Acme");
    assert!(mail.text.contains("whether email arrives"));
}

#[test]
fn a_broken_override_is_refused_at_the_start() {
    let cases: [(&str, &str, &str); 9] = [
        ("test/subject.hbs", "{{#if}", "not valid"),
        ("test/subject.hbs", "a {{user.nonsense}}", "line 1, column 3: There is no variable `user.nonsense`"),
        ("test/subject.hbs", "{{> password-updated/text.hbs}}", "cannot include another"),
        ("test/subject.hbs", "  ", "renders to nothing"),
        ("password-reset-link/text.hbs", "Click!", "{{actionUrl}} must be shown"),
        ("password-reset-link/text.hbs", "{{#if throttled}}{{actionUrl}}{{/if}}", "no variable `throttled`"),
        ("password-reset-link/text.hbs", "{{#unless user.email}}{{actionUrl}}{{/unless}}", "does not show"),
        ("tset/subject.hbs", "x", "not the name of an email template"),
        ("layout.html.hbs", &"x".repeat(129 * 1024), "over 128 KiB"),
    ];
    for (path, text, told) in cases {
        let folder = override_dir(&[(path, text)]);
        let error = overridden(folder.path()).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn an_output_that_grows_without_end_is_stopped() {
    let source = "{{application.displayName}}".repeat(600);
    let kind = TemplateKind::Mail(MailKind::Test);
    let compiled = language::compile(kind, Part::Html, &source, &|_| false).unwrap();
    let renderer = renderer();
    let mut set = renderer.built_in_set(MailKind::Test, LanguageTag::english()).unwrap();
    set.parts[3] = Arc::new(compiled);
    let given = serde_json::json!({"application": {"displayName": "&".repeat(500)}});
    let error = renderer.preview(MailKind::Test, &[&given], &set).unwrap_err().to_string();
    assert!(error.contains("becomes more than 256 KiB"), "{error}");
}

#[test]
fn a_rendered_mail_does_not_show_itself() {
    let mail = renderer().plainly(&MailContext::sample(MailKind::PasswordResetCode)).unwrap();
    assert!(!format!("{mail:?}").contains("482913"));
}

#[test]
fn every_kind_is_written_in_every_language() {
    let renderer = renderer();
    for kind in MailKind::ALL {
        let english = renderer.plainly(&MailContext::sample(kind)).unwrap();
        for locale in Locale::ALL {
            let tag = LanguageTag::parse(locale.as_str()).unwrap();
            let mail = renderer.render_built_in(&MailContext::sample(kind), tag).unwrap();
            let direction = if locale == Locale::Ar { "rtl" } else { "ltr" };
            let document = format!("<html lang=\"{}\" dir=\"{direction}\">", locale.as_str());
            assert!(mail.html.contains(&document), "{kind:?} {locale:?}");
            assert!(locale == Locale::En || mail.text != english.text, "{kind:?} {locale:?}");
            assert!(!mail.subject.contains(['\u{2068}', '\u{2069}']) && !mail.text.contains('\u{2068}'));
            assert!(!mail.preheader.is_empty() && mail.subject.contains("Acme Portal"), "{}", mail.subject);
            assert!(mail.subject.chars().count() <= 100, "{}", mail.subject);
            for body in [&mail.text, &mail.html] {
                assert!(!body.contains("{{") && !body.contains("{ $") && !body.contains("null"), "{body}");
            }
        }
    }
}

#[test]
fn the_translations_are_the_ones_that_were_read_over() {
    let renderer = renderer();
    let mut texts = String::new();
    for locale in Locale::ALL.into_iter().filter(|locale| *locale != Locale::En) {
        let tag = LanguageTag::parse(locale.as_str()).unwrap();
        for kind in MailKind::ALL {
            let mail = renderer.render_built_in(&MailContext::sample(kind), tag.clone()).unwrap();
            let (locale, kind) = (locale.as_str(), kind.as_str());
            texts.extend(["=== ", locale, " ", kind, "\nSubject: ", &mail.subject, "\n\n", &mail.text, "\n"]);
        }
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn a_preview_takes_values_of_its_kind_and_no_secrets() {
    let renderer = renderer();
    let set = renderer.built_in_set(MailKind::PasswordResetLink, LanguageTag::english()).unwrap();
    let preview = |given| renderer.preview(MailKind::PasswordResetLink, &[&given], &set);
    let mail = preview(serde_json::json!({"user": {"givenName": "Zoë <b>"}, "expiresInMinutes": 1})).unwrap();
    assert!(mail.text.contains("Hello Zoë <b>,") && mail.html.contains("Zoë &lt;b&gt;"), "{}", mail.text);
    assert!(mail.text.contains("for 1 minute,") && mail.text.contains("sample-token"), "{}", mail.text);
    for bad in [
        serde_json::json!({"actionUrl": "https://evil.test"}),
        serde_json::json!({"nonsense": 1}),
        serde_json::json!({"user": {"name": "x"}}),
        serde_json::json!({"user": "x"}),
        serde_json::json!({"user": {"email": {"a": 1}}}),
        serde_json::json!({"expiresInMinutes": "soon"}),
        serde_json::json!({"user": {"email": "x".repeat(501)}}),
        serde_json::json!([1]),
    ] {
        assert!(matches!(preview(bad.clone()), Err(RenderError::UnknownData(_))), "{bad}");
    }
}
