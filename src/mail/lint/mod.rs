//! What is wrong, or not good, with the templates of one kind: each remark
//! with its place, so that an editor can show it there.

mod html;
mod links;
mod mask;
mod required;
mod shape;
mod visible;

use std::collections::BTreeSet;

use url::{Origin, Url};

use super::language::{self, Compiled, MAX_TEMPLATE_BYTES, Places, Texts};
use super::mjml;
use super::render::Renderer;
use crate::domain::template::{Mark, Part, Severity, TemplateKind, TemplateParts};

/// Above this size a mail program hides the end of a mail, in bytes.
const CLIPPED_ABOVE: usize = 102 * 1024;
/// The longest subject that is shown, in characters.
const SUBJECT: usize = super::render::MAX_SUBJECT_CHARS;

/// The origins that links may lead to.
#[derive(Debug, Clone, Default)]
pub struct Origins(BTreeSet<String>);

impl Origins {
    /// The origins of URLs; what is no URL is left out.
    pub fn of<'a>(urls: impl IntoIterator<Item = &'a str>) -> Self {
        let origins = urls.into_iter().filter_map(|url| Url::parse(&plain(url)).ok()).map(|url| url.origin());
        Self(origins.filter(Origin::is_tuple).map(|origin| origin.ascii_serialization()).collect())
    }

    /// Whether a URL leads to one of them.
    fn covers(&self, url: &Url) -> bool {
        self.0.contains(&url.origin().ascii_serialization())
    }
}

/// A registered URL may name its tenant where a tenant's name goes.
fn plain(url: &str) -> String {
    url.replace("{tenant_name}", "tenant")
}

/// One part, read, and compiled where it was MJML.
#[derive(Debug)]
pub struct Reading {
    /// The parts, with the HTML that MJML was compiled to.
    pub parts: TemplateParts,
    /// Those that can be rendered.
    pub compiled: Vec<(Part, Compiled)>,
    /// What there is to say, in the order of the parts and their lines.
    pub marks: Vec<Mark>,
}

impl Reading {
    /// Whether nothing keeps it from being published.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        !self.marks.iter().any(Mark::is_error)
    }
}

/// Reads the templates of a kind and says what there is to say about them.
#[must_use]
pub fn read(kind: TemplateKind, parts: &TemplateParts, origins: &Origins, renderer: &Renderer) -> Reading {
    let texts: Texts<'_> = &|key| renderer.has_text(key);
    let mut reading = Reading { parts: parts.clone(), compiled: Vec::new(), marks: Vec::new() };
    for (part, source) in parts.sources() {
        let is_mjml = part == Part::Html && parts.mjml.is_some();
        let before = reading.marks.len();
        reading.marks.extend(links::check(kind, part, source, origins));
        reading.marks.extend(shape::check(part, source));
        match language::compile(kind, part, source, texts) {
            Err(marks) => reading.marks.extend(marks),
            Ok(_) if is_mjml => compile_mjml(kind, source, origins, texts, &mut reading, before),
            Ok(compiled) => reading.compiled.push((part, compiled)),
        }
    }
    for (part, compiled) in &reading.compiled {
        let source = parts.source(*part).unwrap_or_default();
        reading.marks.extend(required::check(kind, (*part, compiled), source, renderer));
    }
    reading.marks.extend(sizes(&reading.parts));
    reading.marks.sort();
    reading
        .marks
        .dedup_by(|one, two| (one.part, one.line, one.column, one.code) == (two.part, two.line, two.column, two.code));
    reading
}

/// Compiles MJML; what its HTML adds (icons from elsewhere) is looked at too.
fn compile_mjml(
    kind: TemplateKind,
    source: &str,
    origins: &Origins,
    texts: Texts<'_>,
    reading: &mut Reading,
    before: usize,
) {
    let html = match mjml::compile(source) {
        Ok(html) => html,
        Err(mark) => return reading.marks.push(mark),
    };
    let said: BTreeSet<_> = reading.marks.iter().skip(before).map(|mark| mark.code).collect();
    let found = links::check(kind, Part::Html, &html, origins).into_iter().chain(shape::check(Part::Html, &html));
    let new = found.filter(|mark| !said.contains(mark.code));
    let at_the_top = |mark: Mark| Mark {
        line: 1,
        column: 1,
        message: format!("In the HTML that this becomes: {}", mark.message),
        ..mark
    };
    let mut marks: Vec<Mark> = new.map(at_the_top).collect();
    match language::compile(kind, Part::Html, &html, texts) {
        Ok(compiled) => reading.compiled.push((Part::Html, compiled)),
        Err(broken) => marks.extend(broken.into_iter().map(at_the_top)),
    }
    if html.len() > MAX_TEMPLATE_BYTES {
        marks.push(remark(Part::Html, Severity::Error, "too_large", "The HTML that this becomes is over 128 KiB."));
    }
    reading.marks.extend(marks);
    reading.parts.html = Some(html);
}

fn remark(part: Part, severity: Severity, code: &'static str, message: &str) -> Mark {
    Mark { part, line: 1, column: 1, severity, code, message: message.to_owned() }
}

/// What the length of the parts, or their absence, has to say.
fn sizes(parts: &TemplateParts) -> Vec<Mark> {
    let mut marks = Vec::new();
    if parts.html.as_ref().or(parts.layout.as_ref()).is_some_and(|html| html.len() > CLIPPED_ABOVE) {
        let part = if parts.html.is_some() { Part::Html } else { Part::Layout };
        let message = "Above 102 KiB mail programs hide the end of a mail.";
        marks.push(remark(part, Severity::Warning, "clipped", message));
    }
    if parts.html.is_some() && parts.text.is_none() {
        let message = "The HTML is set and the plain text is not: it says what the level below says.";
        marks.push(remark(Part::Text, Severity::Warning, "text_missing", message));
    }
    if let Some(subject) = &parts.subject {
        let fixed = mask::without_tags(subject);
        if fixed.trim().chars().count() > SUBJECT {
            let message = format!("A subject has at most {SUBJECT} characters; the rest is cut off.");
            marks.push(remark(Part::Subject, Severity::Warning, "subject_too_long", &message));
        }
        if subject.trim().is_empty() {
            marks.push(remark(Part::Subject, Severity::Error, "empty", "A subject cannot be empty."));
        }
        if let Some(at) = subject.trim_end().find(['\n', '\r']) {
            let (line, column) = Places::new(subject).of(at);
            let mark = remark(Part::Subject, Severity::Warning, "subject_line_break", "A subject is one line.");
            marks.push(Mark { line, column, ..mark });
        }
    }
    marks
}

#[cfg(test)]
mod tests;
