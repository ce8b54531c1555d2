//! The tags of a template, found before the parser sees it: what the language
//! does not have is refused with its place, and nothing is nested so deep, or
//! so long, that reading it would cost much.

use super::{MAX_DEPTH, MAX_WORK};

/// What a comment begins with that may hold braces.
const LONG_COMMENT: &str = "!--";

/// How deep calls may lie in each other inside one tag.
const MAX_CALLS: usize = 8;

/// What a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// Writes something.
    Value,
    /// Begins, turns or ends a condition.
    Block,
    /// Nothing.
    Comment,
}

/// A tag, with its braces at `start..end` of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What it is.
    pub kind: TagKind,
    /// What stands between the braces.
    pub inner: &'a str,
}

/// Something that the language does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The byte where it is.
    pub at: usize,
    /// For example `partial`.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

fn fault<T>(at: usize, code: &'static str, message: &str) -> Result<T, Fault> {
    Err(Fault { at, code, message: message.to_owned() })
}

/// Finds the tags.
///
/// # Errors
/// The first thing that the language does not have.
pub fn lex(source: &str) -> Result<Vec<Tag<'_>>, Fault> {
    let mut tags = Vec::new();
    let mut depth = Depth::default();
    let mut from = 0;
    while let Some(start) = source.get(from..).and_then(|rest| rest.find("{{")).map(|at| from + at) {
        if source.get(..start).is_some_and(|before| before.ends_with('\\')) {
            return fault(start - 1, "escape", "Braces cannot be escaped with a backslash.");
        }
        let tag = one(source, start)?;
        if tag.kind == TagKind::Block {
            depth.note(&tag)?;
        }
        from = tag.end;
        tags.push(tag);
        if tags.len() * source.len() > MAX_WORK {
            return fault(start, "too_many_tags", "There are too many tags for a template of this length.");
        }
    }
    Ok(tags)
}

/// The tag that begins at `start`.
fn one(source: &str, start: usize) -> Result<Tag<'_>, Fault> {
    let rest = source.get(start..).unwrap_or_default();
    let (opening, closing) = if rest.starts_with("{{{") { ("{{{", "}}}") } else { ("{{", "}}") };
    if rest.starts_with("{{{{") {
        return fault(start, "raw_block", "Raw blocks are not available in email templates.");
    }
    let body = rest.get(opening.len()..).unwrap_or_default();
    let bare = body.strip_prefix('~').unwrap_or(body);
    // The dashes that begin a long comment do not end it.
    let long_comment = body.strip_prefix(LONG_COMMENT).and_then(|text| text.find("--}}"));
    let long_comment = long_comment.map(|at| (LONG_COMMENT.len() + at + 2, 2));
    let end = long_comment.or_else(|| body.find(closing).map(|at| (at, closing.len())));
    let Some((length, closed_by)) = end else {
        return fault(start, "syntax", "This tag is not closed.");
    };
    let inner = body.get(..length).unwrap_or_default();
    let kind = kind_of(start, bare)?;
    if kind != TagKind::Comment {
        check_inside(start, inner)?;
    }
    Ok(Tag { start, end: start + opening.len() + length + closed_by, kind, inner })
}

fn kind_of(start: usize, body: &str) -> Result<TagKind, Fault> {
    let after_hash = body.strip_prefix('#').map(|rest| rest.strip_prefix('~').unwrap_or(rest).trim_start());
    match body.chars().next() {
        Some('!') => Ok(TagKind::Comment),
        Some('>') => fault(start, "partial", "A template cannot include another one."),
        Some('*') => fault(start, "decorator", "Decorators are not available in email templates."),
        Some('#') if after_hash.is_some_and(|rest| rest.starts_with('>')) => {
            fault(start, "partial", "A template cannot include another one.")
        }
        Some('#') if after_hash.is_some_and(|rest| rest.starts_with('*')) => {
            fault(start, "decorator", "Decorators are not available in email templates.")
        }
        Some('#' | '/' | '^') => Ok(TagKind::Block),
        _ if is_else(body) => Ok(TagKind::Block),
        _ => Ok(TagKind::Value),
    }
}

fn is_else(body: &str) -> bool {
    let body = body.trim_start_matches(['~', ' ', '\t', '\r', '\n']);
    body.strip_prefix("else").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '.'))
}

/// Braces and unfinished quotes inside a tag could end it in another place
/// than the parser sees; calls in calls cost the parser its stack.
fn check_inside(start: usize, inner: &str) -> Result<(), Fault> {
    let mut quote = None;
    let (mut calls, mut deepest) = (0_usize, 0_usize);
    for c in inner.chars() {
        match (quote, c) {
            (_, '{' | '}' | '\\') => {
                return fault(start, "braces_in_tag", "A tag holds no braces and no backslash.");
            }
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => {
                calls += 1;
                deepest = deepest.max(calls);
            }
            (None, ')' | ']') => calls = calls.saturating_sub(1),
            _ => {}
        }
    }
    if quote.is_some() {
        return fault(start, "syntax", "A text in this tag is not closed.");
    }
    if deepest > MAX_CALLS {
        return fault(start, "too_deep", "Calls in this tag are nested too deep.");
    }
    Ok(())
}

/// How deep one is inside conditions.
#[derive(Default)]
struct Depth {
    /// For each condition that is open, one and the number of its `else if`.
    open: Vec<usize>,
}

impl Depth {
    fn note(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        match tag.inner.trim_start_matches('~').chars().next() {
            Some('#') => self.open.push(1),
            Some('/') => {
                self.open.pop();
            }
            _ => {
                if let Some(last) = self.open.last_mut() {
                    *last += 1;
                }
            }
        }
        if self.open.iter().sum::<usize>() > MAX_DEPTH {
            return fault(tag.start, "too_deep", "Conditions are nested too deep here.");
        }
        Ok(())
    }
}
