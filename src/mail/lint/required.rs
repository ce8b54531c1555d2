//! What a mail must say, whoever it is for: its link or its code, until when
//! it works. A variable that is only named says nothing, so the part is
//! written from samples, once with another value; what people see must change.

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, Template};

use super::visible::visible;
use crate::domain::mail::MailContext;
use crate::domain::template::{Mark, Part, Severity, TemplateKind};
use crate::mail::language::{Compiled, Places, TagKind, lex};
use crate::mail::render::{RenderError, Renderer, has_any};

/// Looks whether a part says what it must.
pub fn check(kind: TemplateKind, (part, compiled): (Part, &Compiled), source: &str, renderer: &Renderer) -> Vec<Mark> {
    let trial = Trial { part, compiled, renderer };
    let samples = [MailContext::sample(kind.sample()), MailContext::bare_sample(kind.sample())];
    if let Some(error) = samples.iter().find_map(|context| trial.seen(context, &[]).err()) {
        return vec![not_rendered(part, error)];
    }
    let groups: &[&[&str]] = match (kind, part) {
        (TemplateKind::Layout, Part::Layout) => &[&["body"]],
        (TemplateKind::Mail(kind), Part::Text | Part::Html) => kind.must_say(),
        _ => &[],
    };
    groups.iter().filter_map(|names| missing(&trial, names, &samples, source)).collect()
}

/// A part that is tried out.
struct Trial<'a> {
    part: Part,
    compiled: &'a Compiled,
    renderer: &'a Renderer,
}

impl Trial<'_> {
    /// What people see of it.
    fn seen(&self, context: &MailContext, changed: &[&str]) -> Result<String, RenderError> {
        let written = self.renderer.try_part(context, (self.part, self.compiled), changed)?;
        Ok(if self.part.is_html() { visible(&written) } else { written })
    }

    /// Whether what they see depends on the variables.
    fn shows(&self, context: &MailContext, names: &[&str]) -> bool {
        match (self.seen(context, &[]), self.seen(context, names)) {
            (Ok(one), Ok(other)) => one != other,
            _ => false,
        }
    }
}

fn missing(trial: &Trial<'_>, names: &[&str], samples: &[MailContext], source: &str) -> Option<Mark> {
    let is_there = |context: &&MailContext| names == ["body"] || has_any(context, names);
    let mut known = samples.iter().filter(is_there);
    let is_always_there = samples.iter().all(|context| is_there(&context));
    let first = first_mention(source, names);
    let wanted: Vec<String> = names.iter().map(|name| braces(name)).collect();
    let wanted = wanted.join(" or ");
    let message = if first.is_none() {
        format!("{wanted} must be shown and is not.")
    } else if is_always_there && !is_always_written(&trial.compiled.template, names) {
        format!("{wanted} must be shown in every case: here a condition can leave it out.")
    } else if !known.all(|context| trial.shows(context, names)) {
        let place = if trial.part.is_html() { "as text, or where a link leads" } else { "as text" };
        format!("{wanted} must be seen, {place}: here nobody sees it.")
    } else {
        return None;
    };
    let (line, column) = Places::new(source).of(first.unwrap_or_default());
    Some(Mark { part: trial.part, line, column, severity: Severity::Error, code: "missing_variable", message })
}

fn braces(name: &str) -> String {
    if name == "body" { "{{{body}}}".to_owned() } else { format!("{{{{{name}}}}}") }
}

/// Where one of the variables is first written.
fn first_mention(source: &str, names: &[&str]) -> Option<usize> {
    let tags = lex(source).unwrap_or_default();
    let is_one =
        |inner: &str| inner.split(|c: char| !c.is_alphanumeric() && c != '.').any(|word| names.contains(&word));
    tags.iter().find(|tag| tag.kind == TagKind::Value && is_one(tag.inner)).map(|tag| tag.start)
}

/// Whether one of the variables is written whichever way the conditions turn.
fn is_always_written(template: &Template, names: &[&str]) -> bool {
    let in_branch = |branch: &Option<Template>| branch.as_ref().is_some_and(|inner| is_always_written(inner, names));
    template.elements.iter().any(|element| match element {
        TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => names_one(call, names),
        TemplateElement::HelperBlock(block) => {
            // What is always there decides nothing.
            match (block.name.as_name(), block.params.as_slice()) {
                (Some("if"), [value]) if is_one(value, names) => in_branch(&block.template),
                (Some("unless"), [value]) if is_one(value, names) => in_branch(&block.inverse),
                _ => in_branch(&block.template) && in_branch(&block.inverse),
            }
        }
        _ => false,
    })
}

fn names_one(call: &HelperTemplate, names: &[&str]) -> bool {
    std::iter::once(&call.name).chain(&call.params).chain(call.hash.values()).any(|value| mentions(value, names))
}

fn mentions(value: &Parameter, names: &[&str]) -> bool {
    match value {
        Parameter::Subexpression(inner) => match inner.as_element() {
            TemplateElement::Expression(call) => names_one(call, names),
            _ => false,
        },
        _ => is_one(value, names),
    }
}

fn is_one(value: &Parameter, names: &[&str]) -> bool {
    match value {
        Parameter::Path(Path::Relative((_, raw)) | Path::Local((_, _, raw))) | Parameter::Name(raw) => {
            names.contains(&raw.as_str())
        }
        _ => false,
    }
}

/// A part that cannot be written for everybody.
fn not_rendered(part: Part, error: RenderError) -> Mark {
    let severity = Severity::Error;
    match error {
        RenderError::Failed { mark } => {
            let message =
                format!("This cannot be written when the name or another value is unknown: {}.", mark.message);
            Mark { part, severity, code: "not_rendered", message, ..mark }
        }
        other => Mark { part, line: 1, column: 1, severity, code: "not_rendered", message: other.to_string() },
    }
}
