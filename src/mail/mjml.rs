//! MJML (<https://mjml.io>) to HTML, once, when a template is saved. What
//! stands in double braces passes through as it is; nothing is included, no
//! font is fetched.

use std::collections::HashMap;

use mrml::prelude::parser::{Error, ParserOptions};
use mrml::prelude::render::RenderOptions;

use super::language::{MAX_TEMPLATE_BYTES, Places};
use crate::domain::template::{Mark, Part, Severity};

/// How deep elements may lie in each other.
const MAX_DEPTH: usize = 40;

/// Compiles MJML to an HTML document.
///
/// # Errors
/// What is wrong with it, with line and column as far as the parser says.
pub fn compile(source: &str) -> Result<String, Mark> {
    let places = Places::new(source);
    let mark = |offset: usize, message: String| {
        let (line, column) = places.of(offset);
        Mark { part: Part::Html, line, column, severity: Severity::Error, code: "mjml", message }
    };
    if source.len() > MAX_TEMPLATE_BYTES {
        return Err(mark(0, "A template has at most 128 KiB.".to_owned()));
    }
    if let Some(at) = too_deep(source) {
        return Err(mark(at, format!("Elements are nested deeper than {MAX_DEPTH} levels here.")));
    }
    if let Some(at) = find_ignoring_case(source, "<mj-include") {
        return Err(mark(at, "A template cannot include another one.".to_owned()));
    }
    let parsed = mrml::parse_with_options(source, &ParserOptions::default()).map_err(|error| {
        let (at, words) = fault(source, &error);
        mark(at, format!("This is not MJML: {words}."))
    })?;
    let options = RenderOptions { disable_comments: true, social_icon_origin: None, fonts: HashMap::new() };
    let html = parsed.element.render(&options);
    let html = html.map_err(|error| mark(0, format!("This MJML cannot be compiled: {error}.")))?;
    // An element that the compiler does not know passes through it.
    match find_ignoring_case(&html, "<mj-").and_then(|at| html.get(at + 1..)) {
        None => Ok(html),
        Some(rest) => {
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
            let at = source.find(&format!("<{name}")).map_or(0, |at| at + 1);
            Err(mark(at, format!("There is no MJML element `{name}`.")))
        }
    }
}

/// Where a fault is, and what it is.
fn fault(source: &str, error: &Error) -> (usize, String) {
    match error {
        Error::UnexpectedElement { position, .. } => {
            let name = source.get(position.start..position.end).unwrap_or_default();
            (position.start, format!("there is no place for `{name:.40}` here"))
        }
        Error::UnexpectedToken { position, .. } => (position.start, "this does not belong here".to_owned()),
        Error::MissingAttribute { name, position, .. } => {
            (position.start, format!("the attribute `{name}` is missing"))
        }
        Error::InvalidAttribute { position, .. } => (position.start, "this attribute is not valid".to_owned()),
        Error::InvalidFormat { position, .. } => (position.start, "this is not well formed".to_owned()),
        Error::IncludeLoaderError { position, .. } => (position.start, "nothing can be included".to_owned()),
        Error::EndOfStream { .. } => (source.len(), "an element is not closed".to_owned()),
        Error::NoRootNode => (0, "it begins with `<mjml>`".to_owned()),
        Error::ParserError { source: error, .. } => (0, error.to_string()),
        Error::SizeLimit { .. } => (0, "it is too long".to_owned()),
    }
}

/// Where elements lie too deep in each other: the parser would go down with
/// each of them. Counted without regard to quotes, which can only make it
/// stricter.
fn too_deep(source: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, _) in source.match_indices('<') {
        let rest = source.get(at + 1..).unwrap_or_default();
        if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_alone(rest) {
            depth += 1;
            if depth > MAX_DEPTH {
                return Some(at);
            }
        }
    }
    None
}

/// Whether a tag closes itself, or has no end by its nature.
fn is_alone(tag: &str) -> bool {
    const VOID: [&str; 6] = ["br", "img", "hr", "input", "meta", "link"];
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
    tag.split('>').next().is_some_and(|inner| inner.ends_with('/')) || VOID.contains(&name.as_str())
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> (usize, usize, String) {
        let mark = compile(source).unwrap_err();
        (mark.line, mark.column, mark.message)
    }

    #[test]
    fn expressions_survive() {
        let source = "<mjml lang=\"{{locale}}\"><mj-head><mj-preview>{{preheader}}</mj-preview></mj-head><mj-body>\
            <mj-section><mj-column><mj-text>Hello {{#if user.givenName}}{{user.givenName}}{{/if}} \
            {{eq \"a\" 'b'}}</mj-text><mj-button href=\"{{actionUrl}}\">Go</mj-button>\
            <mj-raw>{{#unless throttled}}</mj-raw><mj-text>x</mj-text><mj-raw>{{/unless}}</mj-raw>\
            </mj-column></mj-section></mj-body></mjml>";
        let html = compile(source).unwrap();
        assert!(html.starts_with("<!doctype html>"));
        for kept in [
            "lang=\"{{locale}}\"",
            "{{#if user.givenName}}{{user.givenName}}{{/if}}",
            "{{eq \"a\" 'b'}}",
            "href=\"{{actionUrl}}\"",
            "{{#unless throttled}}",
            "{{/unless}}",
            "{{preheader}}",
        ] {
            assert!(html.contains(kept), "{kept} in {html}");
        }
        assert!(!html.contains("fonts.googleapis") && !html.contains("<img"));
    }

    #[test]
    fn a_fault_has_its_place() {
        let (line, column, message) = told("<mjml><mj-body>\n <mj-sektion></mj-sektion></mj-body></mjml>");
        assert_eq!((line, column), (2, 3), "{message}");
        assert!(message.contains("mj-sektion"), "{message}");
        assert_eq!(told("<mjml><mj-body>").0, 1);
        assert!(told("hello").2.contains("MJML"));
        assert!(told("<mjml><mj-body><MJ-Include path=\"/etc/passwd\" /></mj-body></mjml>").2.contains("include"));
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        assert!(told(&"<mjml><mj-body><mj-wrapper>".repeat(3000)).2.contains("deeper"));
        assert!(told(&format!("<mjml><mj-body><mj-raw>{}", "<div>".repeat(20_000))).2.contains("deeper"));
        assert!(compile(&"x".repeat(MAX_TEMPLATE_BYTES + 1)).is_err());
    }
}
