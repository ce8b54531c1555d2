//! The pieces of an HTML template that can lead somewhere, as a mail program
//! would read them: decoded, and also those inside comments that Outlook
//! reads.

use html5gum::DefaultEmitter;
use html5gum::{HtmlString, Span, Spanned, StartTag, Token, Tokenizer};

use super::mask::PAINT;

/// Elements that run, fetch or redirect.
const FORBIDDEN: [&str; 12] =
    ["script", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "base", "portal", "svg", "math"];
/// Elements whose text is markup to some mail programs and raw to others, or
/// is never shown.
const UNEVEN: [&str; 7] = ["noscript", "noframes", "noembed", "xmp", "plaintext", "template", "textarea"];
/// Attributes whose value is followed or fetched.
const URLS: [&str; 15] = [
    "href",
    "src",
    "action",
    "formaction",
    "background",
    "background-url",
    "poster",
    "cite",
    "data",
    "longdesc",
    "srcset",
    "xlink:href",
    "ping",
    "manifest",
    "path",
];

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An element that has no place in a mail.
    Element(String),
    /// An attribute that is a script.
    Script(String),
    /// A value outside a quoted attribute.
    Loose,
    /// CSS.
    Style,
    /// A URL; whether it is one that people follow.
    Url {
        /// Whether people follow it; else it is fetched.
        is_target: bool,
    },
    /// The value of any other attribute.
    Attribute,
    /// Text.
    Text,
}

/// A piece of a template.
#[derive(Debug)]
pub struct Piece {
    /// Its first byte.
    pub at: usize,
    /// What it is.
    pub place: Place,
    /// Its text, decoded.
    pub text: String,
}

/// The pieces of a document or a part of one.
pub fn pieces(html: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    collect(html, 0, true, &mut found);
    found
}

fn collect(html: &str, offset: usize, into_comments: bool, found: &mut Vec<Piece>) {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut in_style = false;
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                in_style = is(&tag.name, "style");
                start_tag(html, offset, &tag, into_comments, found);
            }
            Token::EndTag(_) => in_style = false,
            Token::String(text) => {
                let place = if in_style { Place::Style } else { Place::Text };
                text_piece(offset, &place, &text, found);
            }
            Token::Comment(comment) if into_comments => {
                let Span { start, end } = comment.span;
                let inner = html.get(start..end).unwrap_or_default();
                // The brackets of a condition are no element.
                collect(inner.trim_start_matches("<!--"), offset + start + 4, false, found);
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
}

fn is(name: &HtmlString, wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted.as_bytes())
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn text_piece(offset: usize, place: &Place, text: &Spanned<HtmlString, usize>, found: &mut Vec<Piece>) {
    let decoded = lossy(&text.value);
    let at = offset + text.span.start;
    // Entities shift the places in a text a little.
    found.extend(words(at, place, &decoded).filter(|piece| *place == Place::Style || may_matter(&piece.text)));
}

fn may_matter(word: &str) -> bool {
    word.contains(PAINT) || word.contains("//") || word.to_ascii_lowercase().contains("www.")
}

/// What ends a word, and a link in a text.
pub fn ends_a_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')')
}

/// The words of a text, each with its own place.
pub fn words(at: usize, place: &Place, text: &str) -> impl Iterator<Item = Piece> {
    let mut next = at;
    let starts = text.split_inclusive(ends_a_word).map(move |word| {
        let start = next;
        next += word.len();
        (start, word.trim_end_matches(ends_a_word))
    });
    starts.filter(|(_, word)| !word.is_empty()).map(move |(at, word)| Piece {
        at,
        place: place.clone(),
        text: word.to_owned(),
    })
}

fn start_tag(html: &str, offset: usize, tag: &StartTag<usize>, is_read_by_all: bool, found: &mut Vec<Piece>) {
    let name = lossy(&tag.name).to_ascii_lowercase();
    let at = offset + tag.span.start;
    let refreshes = name == "meta"
        && tag.attributes.keys().any(|key| is(key, "http-equiv"))
        && tag.attributes.iter().any(|(key, value)| is(key, "http-equiv") && is(&value.value, "refresh"));
    // What only Outlook reads may hold settings for it in a `noscript`.
    let is_uneven = is_read_by_all && UNEVEN.contains(&name.as_str());
    if FORBIDDEN.contains(&name.as_str()) || is_uneven || refreshes {
        found.push(Piece { at, place: Place::Element(name.clone()), text: String::new() });
    }
    if name.contains(PAINT) {
        found.push(Piece { at, place: Place::Loose, text: String::new() });
    }
    for (key, value) in &tag.attributes {
        attribute(html, offset, &name, (&lossy(key).to_ascii_lowercase(), value), found);
    }
}

fn attribute(
    html: &str,
    offset: usize,
    element: &str,
    (key, value): (&str, &Spanned<HtmlString, usize>),
    found: &mut Vec<Piece>,
) {
    // Names of XML, which nobody follows.
    if key == "xmlns" || key.starts_with("xmlns:") {
        return;
    }
    let text = lossy(&value.value);
    let at = offset + value.span.start;
    let is_painted = text.contains(PAINT);
    if key.contains(PAINT) || (is_painted && !is_quoted(html, &value.span)) {
        found.push(Piece { at, place: Place::Loose, text: String::new() });
    }
    let place = match key {
        "style" => Place::Style,
        _ if URLS.contains(&key) => {
            let is_target =
                key == "href" && matches!(element, "a" | "area" | "mj-button" | "mj-image" | "mj-navbar-link");
            Place::Url { is_target }
        }
        _ if key.starts_with("on") => Place::Script(key.to_owned()),
        _ => Place::Attribute,
    };
    found.push(Piece { at, place, text });
}

/// Whether the value of an attribute stands in quotes.
fn is_quoted(html: &str, span: &Span<usize>) -> bool {
    let raw = html.get(span.start..span.end.min(html.len())).unwrap_or_default();
    raw.split_once('=').is_some_and(|(_, value)| value.trim_start().starts_with(['"', '\'']))
}
