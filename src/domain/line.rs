//! Characters that have no place in a name: a name stands in the middle of
//! other people's text, in lists, subjects and choices.

/// Whether a character turns the direction of the text around it (those with
/// the property `Bidi_Control`): it makes what stands beside it read as
/// something else. Scripts that run from right to left need none of them.
#[must_use]
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character ends a line, is a control character, or turns the text
/// around it.
#[must_use]
pub fn is_unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || turns(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_fit_and_tricks_are_not() {
        for name in ["Zoë", "נועה", "می\u{200c}خواهم", "李", "O’Neill", "👩\u{200d}🚀"] {
            assert!(!name.chars().any(is_unfit), "{name}");
        }
        for trick in ["a\u{202e}b", "\u{2066}a", "a\u{2069}", "a\u{200f}", "a\u{61c}", "a\nb", "a\u{2028}b", "\0"] {
            assert!(trick.chars().any(is_unfit), "{trick:?}");
        }
    }
}
