//! Which template each part of a mail is written from.
//!
//! First the language of the mail is chosen: the first one asked for that
//! anybody has this kind of mail in. Then each part is taken from the most
//! specific level that has it in this language, or for any language; a part
//! that nobody has in it is taken in the next language asked for.

use super::{LanguageTag, Level, Part, Reach};
use crate::domain::locale::{Because, Locale};

/// The languages asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// By the request.
    pub request: Option<LanguageTag>,
    /// By the user.
    pub user: Option<LanguageTag>,
    /// By the tenant.
    pub tenant: Option<LanguageTag>,
    /// By the application.
    pub application: Option<LanguageTag>,
}

impl Asked {
    /// A mail in one language, whoever wants it.
    #[must_use]
    pub fn only(locale: LanguageTag) -> Self {
        Self { request: Some(locale), ..Self::default() }
    }

    /// Every language to look for, in order and each once: those asked for
    /// with what they fall back to, then English.
    #[must_use]
    pub fn candidates(&self) -> Vec<(LanguageTag, Because)> {
        let asked = [
            (self.request.as_ref(), Because::Request),
            (self.user.as_ref(), Because::User),
            (self.tenant.as_ref(), Because::Tenant),
            (self.application.as_ref(), Because::Application),
        ];
        let mut candidates: Vec<(LanguageTag, Because)> = Vec::new();
        let all = asked.into_iter().filter_map(|(locale, because)| Some((locale?.clone(), because)));
        for (locale, because) in all.chain([(LanguageTag::english(), Because::Default)]) {
            // Who wants another Portuguese reads the one there is more easily than English.
            let nearest = Locale::nearest(locale.as_str()).and_then(|own| LanguageTag::parse(own.as_str()));
            for locale in locale.chain().chain(nearest) {
                if !candidates.iter().any(|(known, _)| *known == locale) {
                    candidates.push((locale, because));
                }
            }
        }
        candidates
    }
}

/// One template that there is: a part at a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Who set it.
    pub level: Level,
    /// What it is good for.
    pub reach: Reach,
    /// Which part.
    pub part: Part,
    /// The version it belongs to; 0 for built-in ones.
    pub version: i64,
}

/// Where a part comes from, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who set it.
    pub level: Level,
    /// What it is good for.
    pub reach: Reach,
    /// The version it belongs to; 0 for built-in ones.
    pub version: i64,
    /// The language that it was found for.
    pub locale: LanguageTag,
    /// Who asked for that language.
    pub because: Because,
}

/// The language of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The language.
    pub locale: LanguageTag,
    /// Who asked for it.
    pub because: Because,
}

/// Where everything comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The language of the mail.
    pub wording: Wording,
    /// The parts, in the order of [`Part::ALL`]; `None` where nobody has one.
    pub parts: [Option<Found>; 5],
}

impl Chosen {
    /// Where a part comes from.
    #[must_use]
    pub fn of(&self, part: Part) -> Option<&Found> {
        Part::ALL.iter().position(|one| *one == part).and_then(|at| self.parts.get(at)).and_then(Option::as_ref)
    }
}

/// Chooses the templates of one mail among those that there are for its kind.
#[must_use]
pub fn resolve(asked: &Asked, offers: &[Offer]) -> Chosen {
    let candidates = asked.candidates();
    // A layout alone is no mail: it does not decide the language.
    let speaks = |locale: &LanguageTag| {
        offers.iter().any(|offer| offer.part != Part::Layout && offer.reach.locale() == Some(locale))
    };
    let start = candidates.iter().position(|(locale, _)| speaks(locale));
    let first = start.unwrap_or(candidates.len().saturating_sub(1));
    let rest = candidates.get(first..).unwrap_or_default();
    let (locale, because) = rest.first().cloned().unwrap_or((LanguageTag::english(), Because::Default));
    let parts = Part::ALL.map(|part| find(part, rest, offers));
    Chosen { wording: Wording { locale, because }, parts }
}

/// A part in the first language that has it.
fn find(part: Part, candidates: &[(LanguageTag, Because)], offers: &[Offer]) -> Option<Found> {
    candidates.iter().find_map(|(locale, because)| {
        let found = Level::DOWNWARDS.into_iter().find_map(|level| {
            let at = |reach: &Reach| {
                offers.iter().find(|offer| offer.level == level && offer.part == part && offer.reach == *reach)
            };
            at(&Reach::In(locale.clone())).or_else(|| at(&Reach::Any))
        })?;
        Some(Found {
            level: found.level,
            reach: found.reach.clone(),
            version: found.version,
            locale: locale.clone(),
            because: *because,
        })
    })
}

#[cfg(test)]
mod tests;
