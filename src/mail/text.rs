//! Text made fit for a header or a body.

use crate::domain::line;

/// A character that ends a line somewhere, hides, or turns text around.
fn is_unfit(c: char) -> bool {
    line::is_unfit(c) || matches!(c, '\u{200b}' | '\u{feff}')
}

/// One line for a header: unfit characters become spaces, runs of white space
/// one space, and no more than `max_chars` characters remain.
pub(super) fn single_line(text: &str, max_chars: usize) -> String {
    let spaced: String = text.chars().map(|c| if is_unfit(c) { ' ' } else { c }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(max_chars) {
        Some((end, _)) => line.get(..end).unwrap_or_default().trim_end().to_owned(),
        None => line,
    }
}

/// A body with CRLF at the end of every line, no other CR or LF, and no other
/// control character but the tab.
pub(super) fn crlf_lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 16 + 2);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                characters.next_if_eq(&'\n');
                lines.push_str("\r\n");
            }
            '\n' => lines.push_str("\r\n"),
            '\t' => lines.push('\t'),
            c if c.is_control() => {}
            c => lines.push(c),
        }
    }
    if !lines.ends_with("\r\n") {
        lines.push_str("\r\n");
    }
    lines
}

/// Whether bytes may be handed to the SMTP client: every CR is followed by LF,
/// every LF preceded by CR, no NUL, no line over 998 bytes, CRLF at the end.
pub(super) fn is_fit_for_the_wire(bytes: &[u8]) -> bool {
    const LONGEST_LINE: usize = 998;
    let Some(body) = bytes.strip_suffix(b"\r\n") else { return false };
    let mut rest = body;
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n");
        let (line, next) = match end {
            Some(end) => (rest.get(..end).unwrap_or_default(), rest.get(end + 2..)),
            None => (rest, None),
        };
        if line.len() > LONGEST_LINE || line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return false;
        }
        match next {
            Some(next) => rest = next,
            None => return true,
        }
    }
}

/// A provider's words, cut to what a row and a log line can hold.
pub(super) fn bounded_answer(text: &str) -> String {
    single_line(text, 300)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_header_line_stays_one_line() {
        assert_eq!(single_line("a\r\nBcc: x@y.test\u{2028}b\0\u{202e}c\t d ", 99), "a Bcc: x@y.test b c d");
        assert_eq!(single_line("äöü äöü", 4), "äöü");
    }

    #[test]
    fn every_line_ends_in_crlf() {
        assert_eq!(crlf_lines("a\nb\rc\r\nd\n\r\n.\r.\ne\0"), "a\r\nb\r\nc\r\nd\r\n\r\n.\r\n.\r\ne\r\n");
        assert_eq!(crlf_lines(""), "\r\n");
    }

    #[test]
    fn bare_line_ends_and_long_lines_are_not_fit_for_the_wire() {
        for bad in [&b"a\n.\n"[..], b"a\r.\r\n", b"a", b"a\n\r\n", b"\0\r\n", b"a\r\r\n", b""] {
            assert!(!is_fit_for_the_wire(bad), "{bad:?}");
        }
        assert!(is_fit_for_the_wire(b"a\r\n\r\n.\r\n"));
        assert!(is_fit_for_the_wire(format!("{}\r\n", "a".repeat(998)).as_bytes()));
        assert!(!is_fit_for_the_wire(format!("{}\r\n", "a".repeat(999)).as_bytes()));
    }

    proptest! {
        #[test]
        fn any_text_becomes_fit(text in "(?s).{0,80}") {
            prop_assert!(is_fit_for_the_wire(crlf_lines(&text).as_bytes()));
            prop_assert!(!single_line(&text, 40).chars().any(is_unfit));
        }
    }
}
