//! The languages rekey speaks, and which of them somebody wants.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest language tag that is looked at, in bytes.
pub const LONGEST_TAG: usize = 35;

/// A language that the built-in mails and pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// English, which every other language falls back to.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Portuguese as in Brazil.
    PtBr,
    /// Japanese.
    Ja,
    /// Arabic.
    Ar,
}

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl Direction {
    /// The value of the HTML attribute `dir`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

impl Locale {
    /// Every language, in the order in which people are offered them.
    pub const ALL: [Self; 7] = [Self::En, Self::De, Self::Fr, Self::Es, Self::PtBr, Self::Ja, Self::Ar];

    /// Its BCP 47 tag, for example `pt-BR`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::PtBr => "pt-BR",
            Self::Ja => "ja",
            Self::Ar => "ar",
        }
    }

    /// Its name in itself: whoever looks for it may read nothing else.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::PtBr => "Português (Brasil)",
            Self::Ja => "日本語",
            Self::Ar => "العربية",
        }
    }

    /// Which way it is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::Ar => Direction::RightToLeft,
            Self::En | Self::De | Self::Fr | Self::Es | Self::PtBr | Self::Ja => Direction::LeftToRight,
        }
    }

    /// The language of exactly this tag, in any case and with `-` or `_`.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.replace('_', "-");
        Self::ALL.into_iter().find(|locale| locale.as_str().eq_ignore_ascii_case(&tag))
    }

    /// The nearest language to a tag: itself, else one of the same first
    /// subtag, so that `de-AT` is `de` and both `pt` and `pt-PT` are `pt-BR`.
    #[must_use]
    pub fn nearest(tag: &str) -> Option<Self> {
        if tag.len() > LONGEST_TAG {
            return None;
        }
        let language = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::parse(tag)
            .or_else(|| Self::ALL.into_iter().find(|locale| language(locale.as_str()) == language(tag.trim())))
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        Self::parse(&tag).ok_or_else(|| serde::de::Error::custom("not one of the languages"))
    }
}

/// Whose wish decided a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Because {
    /// The request named it, or the visitor chose it.
    Request,
    /// The user's own setting.
    User,
    /// The tenant's setting.
    Tenant,
    /// The application's setting.
    Application,
    /// What the browser says that its user reads.
    Browser,
    /// Nobody wanted one that there is.
    Default,
}

/// A language, and why this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The language.
    pub locale: Locale,
    /// Whose wish it was.
    pub because: Because,
}

/// The first wish that can be met; `en` when none can. A wish that is no tag,
/// or of a language that there is not, passes the word to the next.
#[must_use]
pub fn negotiate<'a>(wishes: impl IntoIterator<Item = (Because, &'a str)>) -> Choice {
    wishes
        .into_iter()
        .find_map(|(because, tag)| Some(Choice { locale: Locale::nearest(tag)?, because }))
        .unwrap_or(Choice { locale: Locale::En, because: Because::Default })
}

/// A tag and the more general tags that may stand in for it, the nearest
/// first: `pt-BR` then `pt`, for texts that somebody wrote for any language.
#[must_use]
pub fn fallbacks(tag: &str) -> Vec<String> {
    let tag = tag.replace('_', "-");
    let ends = tag.match_indices('-').map(|(end, _)| end).rev();
    let shorter = ends.filter_map(|end| tag.get(..end)).map(str::to_owned);
    std::iter::once(tag.clone()).chain(shorter).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_reads_back_in_any_spelling() {
        for locale in Locale::ALL {
            let tag = locale.as_str();
            for spelled in [tag.to_owned(), tag.to_lowercase(), tag.to_uppercase(), tag.replace('-', "_")] {
                assert_eq!(Locale::parse(&spelled), Some(locale), "{spelled}");
                assert_eq!(Locale::nearest(&spelled), Some(locale), "{spelled}");
            }
            let json = serde_json::to_string(&locale).unwrap();
            assert_eq!(serde_json::from_str::<Locale>(&json).unwrap(), locale);
        }
        assert!(serde_json::from_str::<Locale>("\"nl\"").is_err());
    }

    #[test]
    fn a_region_falls_back_to_its_language() {
        for (tag, locale) in [
            ("de-AT", Locale::De),
            ("en-GB", Locale::En),
            ("es-419", Locale::Es),
            ("pt", Locale::PtBr),
            ("pt-PT", Locale::PtBr),
            ("ja-JP-u-ca-japanese", Locale::Ja),
            ("ar_EG", Locale::Ar),
        ] {
            assert_eq!(Locale::nearest(tag), Some(locale), "{tag}");
        }
        for none in ["", "*", "nl", "eng", "d", "-", "../en", &"en-".repeat(20)] {
            assert_eq!(Locale::nearest(none), None, "{none}");
        }
    }

    #[test]
    fn the_first_wish_that_can_be_met_decides() {
        let wishes = [(Because::Request, "nl"), (Because::User, ""), (Because::Tenant, "pt"), (Because::Browser, "de")];
        assert_eq!(negotiate(wishes), Choice { locale: Locale::PtBr, because: Because::Tenant });
        assert_eq!(negotiate([]), Choice { locale: Locale::En, because: Because::Default });
    }

    #[test]
    fn a_tag_falls_back_part_by_part() {
        assert_eq!(fallbacks("pt-BR"), ["pt-BR", "pt"]);
        assert_eq!(fallbacks("zh_Hant-TW"), ["zh-Hant-TW", "zh-Hant", "zh"]);
        assert_eq!(fallbacks("en"), ["en"]);
        assert!(fallbacks("").is_empty());
    }

    #[test]
    fn arabic_alone_is_written_from_the_right() {
        let from_the_right = |locale: &Locale| locale.direction() == Direction::RightToLeft;
        assert_eq!(Locale::ALL.into_iter().filter(from_the_right).collect::<Vec<_>>(), [Locale::Ar]);
    }
}
