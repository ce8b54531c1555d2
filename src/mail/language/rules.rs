//! What a parsed template may call and name.

use handlebars::template::{HelperTemplate, Parameter, Subexpression, TemplateElement};
use handlebars::{Path, Template};

use super::{Texts, Variables};
use crate::domain::template::{Mark, Part, Severity};

/// Conditions.
const BLOCKS: [&str; 2] = ["if", "unless"];
/// Comparisons, for conditions.
const COMPARISONS: [&str; 9] = ["eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not"];
/// What writes a time, or seconds, for people.
const TIMES: [&str; 2] = ["moment", "duration"];
/// What writes a text in the language of the mail.
const TRANSLATE: &str = "t";

/// What breaks a rule, in the order of the template.
pub fn check(part: Part, variables: &Variables, texts: Texts<'_>, template: &Template) -> Vec<Mark> {
    let mut checker = Checker { part, variables, texts, marks: Vec::new(), place: (1, 1), shows: Vec::new() };
    checker.template(template);
    if let Some(required) = variables.required_in(part)
        && !checker.shows.iter().any(|shown| shown == required)
    {
        let braces = if part == Part::Layout { "{{{body}}}".to_owned() } else { format!("{{{{{required}}}}}") };
        checker.place = (1, 1);
        checker.mark("missing_variable", format!("{braces} must be shown and is not."));
    }
    checker.marks
}

struct Checker<'a> {
    part: Part,
    variables: &'a Variables,
    texts: Texts<'a>,
    marks: Vec<Mark>,
    place: (usize, usize),
    /// The variables that are written, in a condition or not.
    shows: Vec<String>,
}

impl Checker<'_> {
    fn mark(&mut self, code: &'static str, message: String) {
        let (line, column) = self.place;
        self.marks.push(Mark { part: self.part, line, column, severity: Severity::Error, code, message });
    }

    fn template(&mut self, template: &Template) {
        for (at, element) in template.elements.iter().enumerate() {
            if let Some(place) = template.mapping.get(at) {
                self.place = (place.0, place.1);
            }
            self.element(element);
        }
    }

    fn element(&mut self, element: &TemplateElement) {
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            TemplateElement::Expression(call) => self.written(call),
            TemplateElement::HtmlExpression(call) => {
                let name = name_of(call);
                if self.part == Part::Layout && name == Some("body") && call.params.is_empty() {
                    self.shows.push("body".to_owned());
                } else {
                    let only = "Only {{{body}}} of a layout is written without escaping.".to_owned();
                    self.mark("unescaped_output", only);
                }
            }
            TemplateElement::HelperBlock(block) => self.block(block),
            // The lexer refuses these; what a later parser adds is refused here.
            _ => self.mark("not_available", "This is not available in email templates.".to_owned()),
        }
    }

    fn block(&mut self, block: &HelperTemplate) {
        let name = name_of(block).unwrap_or_default();
        if !BLOCKS.contains(&name) {
            let message = match name {
                "each" | "with" => {
                    format!("`{name}` is not available: a mail has no lists, and names are written out.")
                }
                _ => format!("`{}` is no condition; there are `if` and `unless`.", shown(name)),
            };
            self.mark("unknown_helper", message);
            return;
        }
        if block.block_param.is_some() || !block.hash.is_empty() || block.params.len() != 1 {
            self.mark("arguments", format!("`{name}` takes one value."));
        }
        for value in &block.params {
            self.value(value);
        }
        for inner in [&block.template, &block.inverse].into_iter().flatten() {
            self.template(inner);
        }
    }

    /// Something that is written into the mail.
    fn written(&mut self, call: &HelperTemplate) {
        if call.params.is_empty() && call.hash.is_empty() {
            match &call.name {
                Parameter::Path(path) => {
                    let path = raw(path).to_owned();
                    if path == "body" && self.part == Part::Layout {
                        self.mark("escaped_body", "The body of the mail is HTML: write {{{body}}}.".to_owned());
                    } else if self.variables.has_text(&path) {
                        self.shows.push(path);
                    } else {
                        self.unknown(&path);
                    }
                }
                Parameter::Name(name) => self.unknown(name),
                Parameter::Subexpression(inner) => self.subexpression(inner),
                Parameter::Literal(_) => {}
                _ => self.mark("not_available", "This is not available in email templates.".to_owned()),
            }
            return;
        }
        self.call(call);
    }

    fn call(&mut self, call: &HelperTemplate) {
        let name = name_of(call).unwrap_or_default().to_owned();
        let is_time = TIMES.contains(&name.as_str());
        let is_comparison = COMPARISONS.contains(&name.as_str());
        if name != TRANSLATE && !is_time && !is_comparison {
            self.mark("unknown_helper", format!("There is no helper `{}`.", shown(&name)));
            return;
        }
        if name == TRANSLATE {
            self.translation(call);
        } else if !call.hash.is_empty() || (is_time && call.params.len() != 1) {
            self.mark("arguments", format!("`{name}` is called with the wrong arguments."));
        }
        for value in call.params.iter().chain(call.hash.values()) {
            self.value(value);
        }
    }

    fn translation(&mut self, call: &HelperTemplate) {
        let [Parameter::Literal(serde_json::Value::String(key))] = call.params.as_slice() else {
            return self.mark("arguments", "`t` takes the key of one text, in quotes.".to_owned());
        };
        if !(self.texts)(key) {
            self.mark("unknown_text", format!("There is no text with the key `{}`.", shown(key)));
        }
    }

    /// Something that is compared, tested or handed over.
    fn value(&mut self, value: &Parameter) {
        match value {
            Parameter::Path(path) => {
                let path = raw(path);
                if !self.variables.has(path) {
                    self.unknown(path);
                }
            }
            Parameter::Name(name) => {
                if !self.variables.has(name) {
                    self.unknown(name);
                }
            }
            Parameter::Literal(_) => {}
            Parameter::Subexpression(inner) => self.subexpression(inner),
            _ => self.mark("not_available", "This is not available in email templates.".to_owned()),
        }
    }

    fn subexpression(&mut self, inner: &Subexpression) {
        match inner.as_element() {
            TemplateElement::Expression(call) if call.params.is_empty() && call.hash.is_empty() => {
                self.value(&call.name);
            }
            TemplateElement::Expression(call) => self.call(call),
            _ => self.mark("not_available", "This is not available in email templates.".to_owned()),
        }
    }

    fn unknown(&mut self, path: &str) {
        let hint = self.variables.nearest(path).map(|name| format!(" Is `{name}` meant?")).unwrap_or_default();
        let message = format!("There is no variable `{}` in this mail.{hint}", shown(path));
        self.mark("unknown_variable", message);
    }
}

fn name_of(call: &HelperTemplate) -> Option<&str> {
    match &call.name {
        Parameter::Name(name) => Some(name),
        Parameter::Path(path) => Some(raw(path)),
        _ => None,
    }
}

fn raw(path: &Path) -> &str {
    match path {
        Path::Relative((_, raw)) | Path::Local((_, _, raw)) => raw,
    }
}

/// A name, cut to what a message can hold.
fn shown(name: &str) -> String {
    name.chars().take(60).collect()
}
