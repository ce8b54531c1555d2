//! What the language takes, what it refuses and where, and that reading never
//! costs much.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::domain::mail::MailKind;

const LINK: TemplateKind = TemplateKind::Mail(MailKind::PasswordResetLink);
const TEST: TemplateKind = TemplateKind::Mail(MailKind::Test);

fn texts(key: &str) -> bool {
    key == "greeting"
}

fn marks(kind: TemplateKind, part: Part, source: &str) -> Vec<(usize, usize, &'static str)> {
    let broken = compile(kind, part, source, &texts).err().unwrap_or_default();
    broken.into_iter().map(|mark| (mark.line, mark.column, mark.code)).collect()
}

#[test]
fn what_mails_need_can_be_written() {
    let source = "Hello{{#if user.givenName}} {{user.givenName}}{{else if (eq tenant.name \"acme\")}} you{{/if}},\n\
        {{t \"greeting\" name=application.displayName}} {{! nothing }}{{~moment expiresAt~}}\n\
        {{#unless requestedFrom.network}}somewhere{{/unless}} {{actionUrl}} {{locale}} {{dir}}";
    assert_eq!(marks(LINK, Part::Text, source), []);
    let layout = "<html lang=\"{{locale}}\"><title>{{subject}}</title>{{{body}}} {{tenant.displayName}}</html>";
    assert_eq!(marks(TemplateKind::Layout, Part::Layout, layout), []);
    assert!(compile(TEST, Part::Html, " <!DOCTYPE html>", &texts).unwrap().is_document);
    assert!(!compile(TEST, Part::Text, "<html>", &texts).unwrap().is_document);
}

#[test]
fn each_fault_has_its_place() {
    for (source, told) in [
        ("a\n ß{{#if}", (2, 3, "syntax")),
        ("{{#if user.email}}\n{{/unless}}", (2, 1, "syntax")),
        ("a\n {{#if user.email}}\n", (2, 2, "syntax")),
        ("{{nonsense}}", (1, 1, "unknown_variable")),
        ("x {{user.name}}", (1, 3, "unknown_variable")),
        ("{{user}}", (1, 1, "unknown_variable")),
        ("{{#if user.nam}}{{/if}}", (1, 1, "unknown_variable")),
        ("{{#if (eq a 1)}}{{/if}}", (1, 1, "unknown_variable")),
        ("{{../user.email}}", (1, 1, "unknown_variable")),
        ("{{@root.user.email}}", (1, 1, "unknown_variable")),
        ("{{actionUrl}}", (1, 1, "unknown_variable")),
        ("{{{user.email}}}", (1, 1, "unescaped_output")),
        ("{{&user.email}}", (1, 1, "unescaped_output")),
        ("\n{{#each user}}x{{/each}}", (2, 1, "unknown_helper")),
        ("{{#with user}}x{{/with}}", (1, 1, "unknown_helper")),
        ("{{lookup user \"email\"}}", (1, 1, "unknown_helper")),
        ("{{log user.email}}", (1, 1, "unknown_helper")),
        ("{{> layout}}", (1, 1, "partial")),
        ("{{#> layout}}{{/layout}}", (1, 1, "partial")),
        ("{{~> layout}}", (1, 1, "partial")),
        ("{{#*inline \"a\"}}{{/inline}}", (1, 1, "decorator")),
        ("{{* a}}", (1, 1, "decorator")),
        ("{{{{raw}}}}{{{{/raw}}}}", (1, 1, "raw_block")),
        ("\\{{user.email}}", (1, 1, "escape")),
        ("{{eq \"}}\" user.email}}", (1, 1, "syntax")),
        ("{{eq {\"a\":1} 2}}", (1, 1, "braces_in_tag")),
        ("{{t \"nothing\"}}", (1, 1, "unknown_text")),
        ("{{t user.email}}", (1, 1, "arguments")),
        ("{{moment}}", (1, 1, "unknown_variable")),
        ("{{moment occurredAt 1}}", (1, 1, "arguments")),
        ("a\u{0}b", (1, 2, "control_character")),
    ] {
        let found = marks(TEST, Part::Text, source);
        assert_eq!(found.first(), Some(&told), "{source}");
    }
}

#[test]
fn a_condition_that_is_not_closed_is_told_in_plain_words() {
    for (source, place, words) in [
        ("a\n {{#if user.email}}x\n{{#unless user.email}}{{/unless}}", (2, 2), "`{{/if}}` is missing"),
        ("{{#if user.email}}\n {{#unless user.email}}\n{{/if}}", (3, 1), "`{{#unless}}` of line 2, column 2"),
        ("x {{/if}}", (1, 3), "no `{{#if}}` is open"),
        ("{{#if user.email}}\n{{/unless}}", (2, 1), "no `{{#unless}}` is open"),
        ("{{#if user.email}}x{{/if}}\n{{else}}", (2, 1), "no condition is open"),
        ("{{else if user.email}}", (1, 1), "no condition is open"),
        ("{{#if user.email}}\n{{else}}{{^}}{{/if}}", (2, 9), "of line 1, column 1 has its `{{else}}` already"),
        ("{{#if user.email}}{{else}}{{else if user.email}}{{/if}}", (1, 27), "has its `{{else}}` already"),
        ("{{~#if user.email~}}x", (1, 1), "`{{/if}}` is missing"),
    ] {
        let broken = compile(TEST, Part::Text, source, &texts).unwrap_err();
        let [mark] = broken.as_slice() else { panic!("{source}: {broken:?}") };
        assert_eq!((mark.line, mark.column, mark.code), (place.0, place.1, "syntax"), "{source}: {}", mark.message);
        assert!(mark.message.contains(words), "{source}: {}", mark.message);
    }
    let fine = "{{~#if user.email~}}{{~else if user.locale}}{{else}}{{#unless user.email}}{{^}}{{/unless}}{{~/if~}}";
    assert_eq!(marks(TEST, Part::Text, fine), []);
}

#[test]
fn a_misspelt_variable_is_told_the_right_one() {
    let broken = compile(TEST, Part::Text, "{{user.givenname}}", &texts).unwrap_err();
    assert!(broken[0].message.contains("Is `user.givenName` meant?"), "{}", broken[0].message);
}

#[test]
fn a_mail_shows_its_secret_and_a_layout_its_body() {
    assert_eq!(marks(LINK, Part::Text, "Click!"), [(1, 1, "missing_variable")]);
    assert_eq!(marks(LINK, Part::Html, "{{! {{actionUrl}}"), [(1, 1, "missing_variable")]);
    assert_eq!(marks(LINK, Part::Subject, "Click!"), []);
    assert_eq!(marks(TemplateKind::Layout, Part::Layout, "x"), [(1, 1, "missing_variable")]);
    assert_eq!(marks(TemplateKind::Layout, Part::Layout, "{{body}}{{{body}}}"), [(1, 1, "escaped_body")]);
    assert_eq!(
        marks(TemplateKind::Layout, Part::Layout, "{{{body}}}{{actionUrl}}"),
        [(1, 11, "unknown_variable")],
        "a layout is of every kind"
    );
}

#[test]
fn h02_what_would_cost_much_is_refused_before_it_is_read() {
    let begun = Instant::now();
    for (source, code) in [
        ("{{#if user.email}}".repeat(5000), "too_deep"),
        (format!("{{{{#if user.email}}}}{}{{{{/if}}}}", "{{else if user.email}}".repeat(500)), "too_deep"),
        (format!("{{{{eq {}", "(a ".repeat(20_000)), "syntax"),
        (format!("{{{{eq {}{}}}}}", "(a ".repeat(20), "x)".repeat(20)), "too_deep"),
        (format!("{{{{eq {}{}}}}}", "[".repeat(9), "]".repeat(9)), "too_deep"),
        ("{{user.email}}".repeat(9000), "too_many_tags"),
        ("{{".repeat(60_000), "raw_block"),
        ("x".repeat(MAX_TEMPLATE_BYTES + 1), "too_large"),
    ] {
        let found = marks(TEST, Part::Text, &source);
        assert_eq!(found.first().map(|mark| mark.2), Some(code), "{source:.40}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn the_dashes_that_begin_a_long_comment_do_not_end_it() {
    for (source, comments) in [("{{!--}}{{--}}", 1), ("{{!--}}", 1), ("{{!----}}{{!-- }} --}}", 2)] {
        let kinds: Vec<_> = lex(source).unwrap().iter().map(|tag| tag.kind).collect();
        assert_eq!(kinds, vec![TagKind::Comment; comments], "{source}");
        assert!(compile(TEST, Part::Text, source, &texts).is_ok(), "{source}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The lexer and the parser must see the same tags, or one could be told
    /// something else than the other.
    #[test]
    fn what_is_let_through_has_the_tags_that_were_seen(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{{", "}}", "{{{", "}}}", "{{!", "--", "{{!--", "--}}", "#if ", "/if", "else", "^", "~", "user.email", "\"",
            "'", "\\", "(", ")", " ", "\n", "eq ", "x", "&", ">", "*", "{", "}", "{{#if user.email}}", "{{/if}}",
            "{{user.email}}", "[", "]", "=",
        ]), 0..24)
    ) {
        let source = pieces.concat();
        if let Ok(compiled) = compile(TEST, Part::Text, &source, &texts) {
            let tags = lex(&source).unwrap();
            let values = tags.iter().filter(|tag| tag.kind == TagKind::Value).count();
            prop_assert_eq!(values, written(&compiled.template), "{}", source);
        }
    }
}

/// The values that a template writes.
fn written(template: &Template) -> usize {
    use handlebars::template::TemplateElement as Element;
    let inside = |inner: &Option<Template>| inner.as_ref().map_or(0, written);
    let each = |element: &Element| match element {
        Element::Expression(_) | Element::HtmlExpression(_) => 1,
        Element::HelperBlock(block) => inside(&block.template) + inside(&block.inverse),
        _ => 0,
    };
    template.elements.iter().map(each).sum()
}
