//! Whether a piece of HTML stands for itself: it ends where text could follow,
//! and no condition begins in a tag and ends outside of it. What follows, the
//! rest of the layout or of the other case, would be read as something else.

use std::ops::Range;

use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};

use super::mask::{BODY, PAINT, paint};
use crate::domain::template::{Mark, Part, Severity};
use crate::mail::language::{Places, TagKind, lex};

/// A letter that is put behind the piece: where it comes out as text, text
/// could follow.
const FOLLOWS: char = 'x';

/// Looks at an HTML part.
pub fn check(part: Part, source: &str) -> Vec<Mark> {
    let Some(painted) = part.is_html().then(|| paint(source)).flatten() else { return Vec::new() };
    let places = Places::new(source);
    let shape = Shape::of(&painted);
    let whole = shape.unfinished.map(|(at, what)| (at, "not_closed", format!("This {what} is not closed.")));
    let torn = torn(source, &shape).map(|at| {
        let message = "A condition that begins in a tag or a comment ends there, and one outside ends outside.";
        (at, "condition_across_tags", message.to_owned())
    });
    let body = painted.find(BODY).filter(|_| part == Part::Layout);
    let body = body.filter(|at| shape.region_of(*at).is_some());
    let body =
        body.map(|at| (at, "body_in_tag", "{{{body}}} stands in the text, not in a tag or a comment.".to_owned()));
    let mark = |(at, code, message)| {
        let (line, column) = places.of(at);
        Mark { part, line, column, severity: Severity::Error, code, message }
    };
    [whole, torn, body].into_iter().flatten().map(mark).collect()
}

/// The first tag of a condition that lies in another place of the HTML than
/// the condition's first.
fn torn(source: &str, shape: &Shape) -> Option<usize> {
    let mut open = Vec::new();
    for tag in lex(source).ok()?.iter().filter(|tag| tag.kind == TagKind::Block) {
        let region = shape.region_of(tag.start);
        let first = tag.inner.trim_start_matches('~').chars().next();
        let began = match first {
            Some('#') => {
                open.push(region.clone());
                continue;
            }
            Some('/') => open.pop(),
            _ => open.last().cloned(),
        };
        if began.is_some_and(|began| began != region) {
            return Some(tag.start);
        }
    }
    None
}

/// What of a piece of HTML is not plain text.
#[derive(Default)]
struct Shape {
    /// Tags, the values in them, comments, and what stands raw in elements.
    regions: Vec<Range<usize>>,
    /// What has no end, and where it begins.
    unfinished: Option<(usize, &'static str)>,
}

impl Shape {
    fn of(html: &str) -> Self {
        let followed = format!("{html}{FOLLOWS}");
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let mut shape = Self::default();
        // The element whose text is raw, from its tag to where that text begins.
        let mut raw: Option<Range<usize>> = None;
        let (mut end, mut is_text) = (0, false);
        for token in Tokenizer::new_with_emitter(followed.as_str(), emitter).flatten() {
            is_text = false;
            match token {
                Token::StartTag(tag) => {
                    let span = tag.span.start..tag.span.end;
                    shape.regions.push(span.clone());
                    shape.regions.extend(tag.attributes.values().map(|value| value.span.start..value.span.end));
                    end = span.end;
                    raw = is_raw(&tag.name).then_some(span);
                }
                Token::EndTag(tag) => {
                    if let Some(raw) = raw.take() {
                        shape.regions.push(raw.end..tag.span.start);
                    }
                    shape.regions.push(tag.span.start..tag.span.end);
                    end = tag.span.end;
                }
                Token::String(text) => {
                    end = text.span.start.max(end);
                    is_text = text.value.ends_with(FOLLOWS.to_string().as_bytes()) && raw.is_none();
                }
                Token::Comment(comment) => {
                    shape.regions.push(comment.span.start..comment.span.end);
                    shape.unfinished = (comment.span.end > html.len()).then_some((comment.span.start, "comment"));
                    end = comment.span.end;
                }
                Token::Doctype(doctype) => end = doctype.span.end,
                Token::Error(_) => {}
            }
        }
        if let Some(raw) = raw {
            shape.unfinished = Some((raw.start, "element"));
        } else if !is_text && shape.unfinished.is_none() {
            shape.unfinished = Some((last_tag(html, end), "tag"));
        }
        shape
    }

    /// The innermost region that a byte lies in.
    fn region_of(&self, at: usize) -> Option<Range<usize>> {
        self.regions.iter().filter(|region| region.contains(&at)).min_by_key(|region| region.len()).cloned()
    }
}

/// Where the tag begins that nothing ends, after the last thing that ended.
fn last_tag(html: &str, end: usize) -> usize {
    let rest = html.get(end..).unwrap_or_default();
    let is_tag = |at: &usize| {
        rest.get(at + 1..).is_some_and(|next| {
            next.is_empty()
                || next.starts_with(|c: char| {
                    c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?') || PAINT.contains(&c)
                })
        })
    };
    let found = rest.match_indices('<').map(|(at, _)| at).find(is_tag);
    end + found.unwrap_or_default()
}

fn is_raw(name: &HtmlString) -> bool {
    const RAW: [&[u8]; 10] = [
        b"title",
        b"textarea",
        b"plaintext",
        b"script",
        b"style",
        b"iframe",
        b"xmp",
        b"noembed",
        b"noframe",
        b"noscript",
    ];
    RAW.contains(&name.to_ascii_lowercase().as_slice())
}
