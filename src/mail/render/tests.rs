//! What the built-in templates make of their samples, and of hostile names.

use super::*;
use crate::domain::client::RequestedFrom;
use crate::domain::mail::{GivenName, MailContext};

fn renderer() -> Renderer {
    Renderer::new(None).unwrap()
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
        let mail = renderer.render(&MailContext::sample(kind)).unwrap();
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
        let mail = renderer.render(&MailContext::sample(kind)).unwrap();
        format!("=== {}\nSubject: {}\n\n{}", kind.as_str(), mail.subject, mail.text)
    });
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_link_is_shown_as_a_button_and_as_text() {
    let mail = renderer().render(&MailContext::sample(MailKind::PasswordResetLink)).unwrap();
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
        let mail = renderer().render(&MailContext::sample(kind)).unwrap();
        assert!(mail.text.lines().any(|line| line == "482913"), "{}", mail.text);
        assert!(mail.html.contains(">482913</p>") && !mail.subject.contains("482913"));
        assert_eq!(mail.html.matches("482913").count(), 1, "not in the preheader either");
    }
}

#[test]
fn a_notice_says_when_from_where_and_what_to_do_if_it_was_not_you() {
    let mail = renderer().render(&MailContext::sample(MailKind::PasswordUpdated)).unwrap();
    for body in [&mail.text, &mail.html] {
        for part in ["1 January 2026, 09:00 UTC", "198.51.100.0/24", "Firefox", "Not you?", "help@example.com"] {
            assert!(body.contains(part), "{part} in {body}");
        }
    }
}

#[test]
fn a_throttled_notice_says_that_no_code_was_sent() {
    let mut context = MailContext::sample(MailKind::ResetAttemptsExhausted);
    let told = renderer().render(&context).unwrap();
    assert!(told.text.contains("no longer works") && !told.text.contains("no new code"));
    let MailContext::ResetAttemptsExhausted(mail) = &mut context else { unreachable!() };
    mail.throttled = true;
    let told = renderer().render(&context).unwrap();
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
        let mail = renderer.render(&context).unwrap();
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
        let mail = renderer.render(&context).unwrap();
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
    let mail = renderer().render(&context).unwrap();
    assert_eq!(mail.subject, "Your A & B <b>{{user.email}}</b> Bcc: x@evil.test password was changed");
    assert!(mail.text.contains("A & B <b>{{user.email}}</b>"));
    assert!(mail.html.contains("A &amp; B &lt;b&gt;{{user.email}}&lt;/b&gt;") && !mail.html.contains("<b>"));
}

#[test]
fn a_subject_is_one_bounded_line() {
    let mut context = MailContext::sample(MailKind::Test);
    let MailContext::Test(mail) = &mut context else { unreachable!() };
    mail.parties.application.display_name = "x\u{2028}\u{0}".repeat(500);
    let subject = renderer().render(&context).unwrap().subject.clone();
    assert!(subject.chars().count() <= MAX_SUBJECT_CHARS && !subject.chars().any(char::is_control));
}

#[test]
fn a_folder_overrides_single_files() {
    let folder = override_dir(&[("test/subject.hbs", "Trying {{tenant.displayName}}"), (".hidden", "{{")]);
    let mail = Renderer::new(Some(folder.path())).unwrap().render(&MailContext::sample(MailKind::Test)).unwrap();
    assert_eq!(mail.subject, "Trying Acme");
    assert!(mail.text.contains("whether email arrives"));
}

#[test]
fn a_broken_override_is_refused_at_the_start() {
    let cases: [(&str, &str, &str); 7] = [
        ("test/subject.hbs", "{{#if}", "not valid"),
        ("test/subject.hbs", "{{user.nonsense}}", "cannot be rendered"),
        ("test/subject.hbs", "{{> password-updated/text.hbs}}{{nonsense}}", "cannot be rendered"),
        ("test/subject.hbs", "  ", "renders to nothing"),
        ("password-reset-link/text.hbs", "Click!", "does not show {{actionUrl}}"),
        ("tset/subject.hbs", "x", "not the name of an email template"),
        ("layout.html.hbs", &"x".repeat(129 * 1024), "over 128 KiB"),
    ];
    for (path, text, told) in cases {
        let folder = override_dir(&[(path, text)]);
        let error = Renderer::new(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn an_output_that_grows_without_end_is_stopped() {
    let text = format!("{{{{#each user}}}}{}{{{{/each}}}}", "x".repeat(100 * 1024));
    let folder = override_dir(&[("test/text.hbs", &text)]);
    let error = Renderer::new(Some(folder.path())).unwrap_err().to_string();
    assert!(error.contains("over 256 KiB"), "{error}");
}

#[test]
fn a_rendered_mail_does_not_show_itself() {
    let mail = renderer().render(&MailContext::sample(MailKind::PasswordResetCode)).unwrap();
    assert!(!format!("{mail:?}").contains("482913"));
}
