//! A template with its tags painted over, byte by byte, so that what is found
//! in the rest lies where it lies in the template.

use crate::mail::language::{Tag, TagKind, lex};

/// A value.
pub const VALUE: char = '\u{1}';
/// A condition, or a comment: what stands before and after it may be together
/// or not.
pub const SEAM: char = '\u{2}';
/// The link of the mail.
pub const LINK: char = '\u{4}';
/// The code of the mail.
pub const CODE: char = '\u{5}';
/// A registered URL, such as the logo's.
pub const URL: char = '\u{6}';
/// An address.
pub const ADDRESS: char = '\u{7}';
/// The body that a layout stands around.
pub const BODY: char = '\u{8}';

/// Everything that a tag is painted with.
pub const PAINT: [char; 7] = [VALUE, SEAM, LINK, CODE, URL, ADDRESS, BODY];

/// Paints the tags over. `None` when they cannot be told apart; that is said
/// elsewhere.
pub fn paint(source: &str) -> Option<String> {
    let tags = lex(source).ok()?;
    let mut painted = String::with_capacity(source.len());
    let mut from = 0;
    for tag in tags {
        painted.push_str(source.get(from..tag.start)?);
        painted.extend(std::iter::repeat_n(colour(&tag), tag.end - tag.start));
        from = tag.end;
    }
    painted.push_str(source.get(from..)?);
    Some(painted)
}

fn colour(tag: &Tag<'_>) -> char {
    let is_space = |c: char| c.is_whitespace() || c == '~';
    match tag.kind {
        TagKind::Block | TagKind::Comment => SEAM,
        TagKind::Value => match tag.inner.trim_matches(is_space) {
            "actionUrl" => LINK,
            "verificationCode" => CODE,
            "tenant.logoUrl" => URL,
            "body" => BODY,
            "application.supportEmail" | "user.email" => ADDRESS,
            // Calls that are given a secret could write it.
            inner if inner.contains("actionUrl") || inner.contains("verificationCode") => CODE,
            _ => VALUE,
        },
    }
}

/// What stands in a template besides its tags.
pub fn without_tags(source: &str) -> String {
    paint(source).unwrap_or_default().replace(PAINT, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_painted_over_stays_where_it_was() {
        let source = "ß{{! x }}<a href=\"{{ actionUrl }}\">{{~user.givenName}}</a>{{t \"x\" a=verificationCode}}";
        let painted = paint(source).unwrap();
        assert_eq!(painted.len(), source.len());
        assert_eq!(painted.find("<a"), source.find("<a"));
        assert_eq!(painted.matches(LINK).count(), "{{ actionUrl }}".len());
        assert_eq!(painted.matches(CODE).count(), "{{t \"x\" a=verificationCode}}".len());
        assert_eq!(paint("{{"), None);
        assert_eq!(without_tags("a{{user.email}}b{{#if x}}c{{/if}}"), "abc");
    }
}
