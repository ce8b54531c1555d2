//! Languages of templates: the names (BCP 47, language, script and region) and
//! what a template of one is good for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language tag in its usual spelling: `en`, `pt-BR`, `zh-Hant-TW`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Reads a tag of a language and perhaps a script and a region, in any
    /// case and with `-` or `_`. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 11 || !text.is_ascii() {
            return None;
        }
        let mut subtags = text.split(['-', '_']).peekable();
        let language = subtags.next().filter(|tag| is_letters(tag, &[2, 3]))?;
        let mut tag = language.to_ascii_lowercase();
        if let Some(script) = subtags.next_if(|tag| is_letters(tag, &[4])) {
            let (first, rest) = script.split_at(1);
            tag.push('-');
            tag.push_str(&first.to_ascii_uppercase());
            tag.push_str(&rest.to_ascii_lowercase());
        }
        if let Some(region) = subtags.next_if(|tag| is_letters(tag, &[2]) || is_digits(tag)) {
            tag.push('-');
            tag.push_str(&region.to_ascii_uppercase());
        }
        subtags.next().is_none().then_some(Self(tag))
    }

    /// English, which everything falls back to.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `pt` of `pt-BR`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// The tag, then what it falls back to: `zh-Hant-TW`, `zh-Hant`, `zh`.
    pub fn chain(&self) -> impl Iterator<Item = Self> + '_ {
        std::iter::successors(Some(self.0.as_str()), |tag| tag.rsplit_once('-').map(|(shorter, _)| shorter))
            .map(|tag| Self(tag.to_owned()))
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        const SCRIPTS: [&str; 5] = ["-Arab", "-Hebr", "-Thaa", "-Syrc", "-Nkoo"];
        const LANGUAGES: [&str; 10] = ["ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"];
        let has_script = self.0.split('-').nth(1).is_some_and(|tag| tag.len() == 4);
        SCRIPTS.iter().any(|script| self.0.contains(script)) || (!has_script && LANGUAGES.contains(&self.language()))
    }
}

fn is_letters(tag: &str, lengths: &[usize]) -> bool {
    lengths.contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_digits(tag: &str) -> bool {
    tag.len() == 3 && tag.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LanguageTag {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a language tag")
    }
}

impl From<LanguageTag> for String {
    fn from(locale: LanguageTag) -> Self {
        locale.0
    }
}

/// What a template is good for: one language, or every language for which its
/// level has none of its own (`*`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Every language.
    Any,
    /// One.
    In(LanguageTag),
}

impl Reach {
    /// Reads `*` or a language tag. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" { Some(Self::Any) } else { LanguageTag::parse(text).map(Self::In) }
    }

    /// As in rows and answers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Any => "*",
            Self::In(locale) => locale.as_str(),
        }
    }

    /// The language, if it is one.
    #[must_use]
    pub const fn locale(&self) -> Option<&LanguageTag> {
        match self {
            Self::Any => None,
            Self::In(locale) => Some(locale),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_one_spelling() {
        for (text, tag) in
            [("EN", "en"), ("pt_br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419"), ("ckb", "ckb")]
        {
            assert_eq!(LanguageTag::parse(text).unwrap().as_str(), tag);
        }
        for text in ["", "e", "english", "en-", "-en", "en-US-x", "en US", "en\n", "*", "é", "en-US-US", "../en", "12"]
        {
            assert_eq!(LanguageTag::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_tag_falls_back_to_its_language() {
        let chain = |tag: &str| LanguageTag::parse(tag).unwrap().chain().map(String::from).collect::<Vec<_>>();
        assert_eq!(chain("pt-BR"), ["pt-BR", "pt"]);
        assert_eq!(chain("zh-Hant-TW"), ["zh-Hant-TW", "zh-Hant", "zh"]);
        assert_eq!(chain("en"), ["en"]);
    }

    #[test]
    fn arabic_reads_from_right_to_left() {
        let rtl = |tag: &str| LanguageTag::parse(tag).unwrap().is_right_to_left();
        assert!(rtl("ar") && rtl("ar-EG") && rtl("he") && rtl("az-Arab"));
        assert!(!rtl("en") && !rtl("de") && !rtl("ur-Latn"));
    }
}
