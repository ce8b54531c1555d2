//! Where a mail leads to. Its link and its code are worth an account, so a
//! template may carry them nowhere: each link stands there as it is and leads
//! to a registered origin, or it is the mail's own.

use url::Url;

use super::Origins;
use super::html::{self, Piece, Place};
use super::mask::{ADDRESS, CODE, LINK, PAINT, SEAM, URL, VALUE, paint};
use crate::domain::template::{Mark, Part, Severity, TemplateKind};
use crate::mail::language::Places;

/// What is found at a place.
type Finding = (Severity, &'static str, String);

/// Looks at every link of a part.
pub fn check(kind: TemplateKind, part: Part, source: &str, origins: &Origins) -> Vec<Mark> {
    let Some(painted) = paint(source) else { return Vec::new() };
    let places = Places::new(source);
    let judge = Judge { origins, may_link: kind.sample().secret_name() == Some("actionUrl") };
    let pieces = if part.is_html() { html::pieces(&painted) } else { html::words(0, &Place::Text, &painted).collect() };
    let mut marks = Vec::new();
    for piece in pieces {
        for (severity, code, message) in judge.piece(&piece, part) {
            let (line, column) = places.of(piece.at);
            marks.push(Mark { part, line, column, severity, code, message });
        }
    }
    marks
}

#[expect(clippy::unnecessary_wraps, reason = "most callers answer with it")]
fn error(code: &'static str, message: impl Into<String>) -> Option<Finding> {
    Some((Severity::Error, code, message.into()))
}

struct Judge<'a> {
    origins: &'a Origins,
    may_link: bool,
}

impl Judge<'_> {
    fn piece(&self, piece: &Piece, part: Part) -> Vec<Finding> {
        let mut found = Vec::new();
        match &piece.place {
            Place::Element(name) => {
                found.extend(error("forbidden_element", format!("`<{name}>` has no place in a mail.")));
            }
            Place::Script(name) => {
                found.extend(error("script", format!("`{name}` is script, which no mail program runs.")));
            }
            Place::Loose => found.extend(error("expression_in_tag", "A value in a tag stands in a quoted attribute.")),
            Place::Style => {
                if piece.text.contains(PAINT) {
                    found.extend(error("expression_in_style", "A style holds no expressions."));
                }
                if piece.text.contains('\\') {
                    found.extend(error("escape_in_style", "A style holds no backslashes."));
                }
                found.extend(self.anywhere(&piece.text, true));
            }
            Place::Url { is_target } => found.extend(self.url(&piece.text, *is_target)),
            Place::Attribute => found.extend(self.anywhere(&piece.text, true)),
            Place::Text => found.extend(self.anywhere(&piece.text, false)),
        }
        if matches!(part, Part::Subject | Part::Preheader) && piece.text.contains([LINK, CODE]) {
            let message = "A link or a code here can be read on a locked screen.";
            found.push((Severity::Warning, "secret_in_subject", message.to_owned()));
        }
        found
    }

    /// The value of an attribute that is followed, or fetched.
    fn url(&self, value: &str, is_target: bool) -> Option<Finding> {
        // As a browser reads it.
        let value: String = value.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
        let value = value.trim_matches(|c: char| c == ' ');
        let is_only = |paint: char| !value.is_empty() && value.chars().all(|c| c == paint);
        if value.is_empty() || (value.starts_with('#') && !value.contains(PAINT)) || is_only(URL) {
            return None;
        }
        if is_only(LINK) && is_target && self.may_link {
            return None;
        }
        if value.contains([LINK, CODE]) {
            return error("secret_in_link", "The link or code of the mail is part of another link.");
        }
        if value.contains(SEAM) {
            return error(
                "link_not_fixed",
                "A link is not put together by conditions; put the whole element into one.",
            );
        }
        let lower = value.to_ascii_lowercase();
        if lower.starts_with("http:") || lower.starts_with("https:") {
            return self.web(value);
        }
        if value.starts_with(['/', '\\']) && value.get(1..2).is_some_and(|next| next == "/" || next == "\\") {
            return error("foreign_link", "A link names its scheme: https.");
        }
        if lower.starts_with("mailto:") {
            let rest = value.get(7..).unwrap_or_default();
            let is_one = rest.chars().all(|c| c == ADDRESS) || !rest.contains(PAINT);
            return if is_one { None } else { error("link_not_fixed", "An address stands there as it is.") };
        }
        if value.starts_with(PAINT) {
            return error("link_not_fixed", "A link begins with its scheme and its host, as they are.");
        }
        match value.find([':', '/', '?']) {
            Some(at) if value.get(at..=at) == Some(":") => match lower.get(..at) {
                Some("tel" | "cid") => None,
                _ => error("scheme_not_allowed", "A link is https or mailto."),
            },
            _ => Some((Severity::Warning, "relative_link", "In a mail this link leads nowhere.".to_owned())),
        }
    }

    /// An http or https URL.
    fn web(&self, value: &str) -> Option<Finding> {
        let after = value.split_once(':').map_or("", |(_, after)| after).trim_start_matches(['/', '\\']);
        let authority = after.split(['/', '\\', '?', '#']).next().unwrap_or_default();
        if authority.contains(PAINT) {
            return error("link_not_fixed", "The host of a link stands there as it is.");
        }
        let fixed: String = value.chars().map(|c| if c == VALUE { 'x' } else { c }).collect();
        let Ok(url) = Url::parse(&fixed) else { return error("invalid_link", "This is no link.") };
        let host = url.host_str().unwrap_or_default();
        if !self.origins.covers(&url) {
            return error("foreign_link", format!("`{host:.60}` is no registered origin."));
        }
        (url.scheme() == "http")
            .then(|| (Severity::Warning, "insecure_link", format!("The link to `{host:.60}` is not https.")))
    }

    /// A name without a scheme, which mail programs take for a link.
    fn named(&self, name: &str) -> Option<Finding> {
        let name = name.trim_end_matches(['.', ',', ';', '!', '?', ':']);
        let is_registered =
            |scheme| Url::parse(&format!("{scheme}://{name}")).is_ok_and(|url| self.origins.covers(&url));
        if ["https", "http"].into_iter().any(is_registered) { None } else { self.web(&format!("https://{name}")) }
    }

    /// Links in a text, which mail programs make clickable, and secrets that
    /// touch one. `everywhere` also takes what has no scheme for a link.
    fn anywhere(&self, text: &str, everywhere: bool) -> Vec<Finding> {
        text.split(html::ends_a_word)
            .filter(|run| !run.is_empty())
            .filter_map(|run| self.run(run, everywhere))
            .collect()
    }

    /// One word.
    fn run(&self, run: &str, everywhere: bool) -> Option<Finding> {
        if touches_a_secret(run) {
            return error("secret_in_link", "The link or code of the mail is part of another link.");
        }
        if !everywhere && let Some(name) = begins_with_www(run) {
            return self.named(name);
        }
        let at = run.find("//")?;
        let before = run.get(..at).unwrap_or_default();
        let lower = before.to_ascii_lowercase();
        let scheme = ["https:", "http:"].into_iter().find(|scheme| lower.ends_with(scheme));
        match scheme {
            Some(scheme) => {
                self.web(run.get(at - scheme.len()..).unwrap_or_default().trim_end_matches(['.', ',', ';', '!']))
            }
            None if lower.ends_with(':') || before.ends_with(PAINT) => {
                error("scheme_not_allowed", "A link is https or mailto.")
            }
            None if everywhere => error("foreign_link", "A link names its scheme: https."),
            None => None,
        }
    }
}

/// The part of a word that is a name of the web: `www.` and what follows,
/// unless more of an address stands before it.
fn begins_with_www(run: &str) -> Option<&str> {
    let at = run.to_ascii_lowercase().find("www.")?;
    let (before, name) = run.split_at_checked(at)?;
    let is_joined = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '@'));
    let goes_on = name.get(4..)?.starts_with(|c: char| c.is_alphanumeric() || PAINT.contains(&c));
    (!is_joined && goes_on).then_some(name)
}

/// Whether a secret is written into what looks like an address.
fn touches_a_secret(run: &str) -> bool {
    let is_secret = |c: char| c == LINK || c == CODE;
    let Some(start) = run.find(is_secret) else { return false };
    let end = run.rfind(is_secret).map_or(start, |at| at + 1);
    let before = run.get(..start).unwrap_or_default();
    let after = run.get(end..).unwrap_or_default();
    let leads = before.contains("//") || before.ends_with(['/', '?', '=', '&', '#', '@', '%', '.', '-', '_']);
    let goes_on = after
        .strip_prefix(['.', '@', '-', '_', '/'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    leads || goes_on
}
