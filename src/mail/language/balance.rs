//! Conditions that are not closed, and closings of nothing: the most frequent
//! mistake, told in words that name both ends.

use super::lex::Fault;
use super::{Places, Tag, TagKind};

/// A condition that is open.
struct Open<'a> {
    at: usize,
    name: &'a str,
    has_else: bool,
}

/// Whether every condition is closed, and by its own closing.
///
/// # Errors
/// The first that is not, with its place.
pub fn check(tags: &[Tag<'_>], places: &Places<'_>) -> Result<(), Fault> {
    let mut open: Vec<Open<'_>> = Vec::new();
    for tag in tags.iter().filter(|tag| tag.kind == TagKind::Block) {
        let inner = tag.inner.trim_matches(|c: char| c == '~' || c.is_whitespace());
        match inner.chars().next() {
            Some('#') => open.push(Open { at: tag.start, name: name_of(inner), has_else: false }),
            Some('/') => close(tag.start, name_of(inner), &mut open, places)?,
            // A whole condition of another spelling: the parser's business.
            Some('^') if inner.len() > 1 => return Ok(()),
            _ => turn(tag.start, inner, &mut open, places)?,
        }
    }
    match open.last() {
        None => Ok(()),
        Some(Open { at, name, .. }) => {
            fault(*at, format!("`{{{{#{name}}}}}` is opened here and never closed: its `{{{{/{name}}}}}` is missing."))
        }
    }
}

fn fault(at: usize, message: String) -> Result<(), Fault> {
    Err(Fault { at, code: "syntax", message })
}

fn close(at: usize, name: &str, open: &mut Vec<Open<'_>>, places: &Places<'_>) -> Result<(), Fault> {
    if !open.iter().any(|one| one.name == name) {
        return fault(at, format!("`{{{{/{name}}}}}` closes nothing: no `{{{{#{name}}}}}` is open here."));
    }
    match open.pop() {
        Some(last) if last.name != name => {
            let ((line, column), inner) = (places.of(last.at), last.name);
            fault(
                at,
                format!(
                    "The `{{{{#{inner}}}}}` of line {line}, column {column} is still open here: its `{{{{/{inner}}}}}` comes before this `{{{{/{name}}}}}`."
                ),
            )
        }
        _ => Ok(()),
    }
}

/// An `else`, or an `else if`.
fn turn(at: usize, inner: &str, open: &mut [Open<'_>], places: &Places<'_>) -> Result<(), Fault> {
    let Some(last) = open.last_mut() else {
        return fault(at, "This `{{else}}` belongs to nothing: no condition is open here.".to_owned());
    };
    if last.has_else {
        let ((line, column), name) = (places.of(last.at), last.name);
        return fault(
            at,
            format!("The `{{{{#{name}}}}}` of line {line}, column {column} has its `{{{{else}}}}` already."),
        );
    }
    last.has_else = matches!(inner, "else" | "^");
    Ok(())
}

/// The name behind the first character, cut to what a message can hold.
fn name_of(inner: &str) -> &str {
    let rest = inner.get(1..).unwrap_or_default().trim_start_matches(|c: char| c == '~' || c.is_whitespace());
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '~' | '(' | '"')).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default();
    name.char_indices().nth(40).map_or(name, |(at, _)| name.get(..at).unwrap_or(name))
}
