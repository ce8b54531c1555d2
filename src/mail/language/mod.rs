//! The language that email templates are written in: Handlebars without
//! loops, includes, decorators and raw blocks. What a template of it does is
//! bounded by its length, whatever its data: every tag is met at most once.
//!
//! [`compile`] reads a template once; what it lets through can be rendered.

mod balance;
mod lex;
mod place;
mod rules;
mod variables;

use handlebars::Template;

use crate::domain::template::{Mark, Part, Severity, TemplateKind};

pub(super) use lex::{Tag, TagKind, lex};
pub(super) use place::Places;
pub use variables::Variables;

/// The largest template, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 128 * 1024;
/// How deep conditions may lie in each other; each `else if` is one deeper.
pub const MAX_DEPTH: usize = 16;
/// The most work that reading a template may be: its tags times its bytes.
/// 128 KiB may have 256 tags, 32 KiB a thousand.
pub const MAX_WORK: usize = 32 * 1024 * 1024;

/// A template that was read, and may be rendered any number of times.
#[derive(Debug)]
pub struct Compiled {
    pub(super) template: Template,
    /// Whether it is a whole HTML document, which needs no layout.
    pub is_document: bool,
}

/// Whether there is a text of this name to call with `t`.
pub type Texts<'a> = &'a dyn Fn(&str) -> bool;

/// Reads a template of a part.
///
/// # Errors
/// Everything that is wrong with it, with line and column.
pub fn compile(kind: TemplateKind, part: Part, source: &str, texts: Texts<'_>) -> Result<Compiled, Vec<Mark>> {
    let places = Places::new(source);
    let mark = |offset: usize, code, message: String| {
        let (line, column) = places.of(offset);
        Mark { part, line, column, severity: Severity::Error, code, message }
    };
    if source.len() > MAX_TEMPLATE_BYTES {
        return Err(vec![mark(0, "too_large", "A template has at most 128 KiB.".to_owned())]);
    }
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    if let Some(at) = source.find(control) {
        return Err(vec![mark(at, "control_character", "There is a control character here.".to_owned())]);
    }
    let found = lex(source).and_then(|tags| balance::check(&tags, &places));
    found.map_err(|fault| vec![mark(fault.at, fault.code, fault.message)])?;
    let template = Template::compile(source).map_err(|error| {
        let (line, column) = error.pos().unwrap_or((1, 1));
        let message = format!("This is not Handlebars: {}.", first_line(&error.reason().to_string()));
        vec![Mark { part, line, column, severity: Severity::Error, code: "syntax", message }]
    })?;
    let broken = rules::check(part, &Variables::of(kind), texts, &template);
    if broken.is_empty() { Ok(Compiled { template, is_document: is_document(part, source) }) } else { Err(broken) }
}

/// An HTML part that begins like a document is one.
fn is_document(part: Part, source: &str) -> bool {
    let start = source.trim_start().get(..9).unwrap_or_default().to_ascii_lowercase();
    part == Part::Html && (start == "<!doctype" || start.starts_with("<html"))
}

/// The parser draws a picture of the place below its words.
fn first_line(words: &str) -> &str {
    words.lines().next().unwrap_or(words).trim_end_matches('.')
}

#[cfg(test)]
mod tests;
