//! Email templates: who sets which part of which mail, in which language, and
//! which of them a mail is written from. Their text is the mail room's
//! business; here they are names and choices.

mod mark;
mod parts;
mod resolve;
mod tag;
mod version;

pub use mark::{Mark, Severity};
pub use parts::TemplateParts;
pub use resolve::{Asked, Chosen, Found, Offer, Wording, resolve};
pub use tag::{LanguageTag, Reach};
pub use version::{Author, Draft, Slot, Template, Version};

use serde::{Deserialize, Serialize};

use super::mail::MailKind;

/// Who sets a template. The most specific one that speaks wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// rekey itself, and the files of the configured folder.
    BuiltIn,
    /// An application.
    Application,
    /// One of its tenants.
    Tenant,
}

impl Level {
    /// From the most specific to the most general.
    pub const DOWNWARDS: [Self; 3] = [Self::Tenant, Self::Application, Self::BuiltIn];

    /// As in answers, for example `APPLICATION`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "BUILT_IN",
            Self::Application => "APPLICATION",
            Self::Tenant => "TENANT",
        }
    }
}

/// A part of a mail that has a template of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// One line.
    Subject,
    /// What an inbox shows beside the subject.
    Preheader,
    /// The body as plain text.
    Text,
    /// The body as HTML: what stands in the layout, or a whole document.
    Html,
    /// The HTML document around the bodies of every kind.
    Layout,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 5] = [Self::Subject, Self::Preheader, Self::Text, Self::Html, Self::Layout];

    /// Its name, for example `subject`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Preheader => "preheader",
            Self::Text => "text",
            Self::Html => "html",
            Self::Layout => "layout",
        }
    }

    /// Whether it is HTML, and its values are escaped.
    #[must_use]
    pub const fn is_html(self) -> bool {
        matches!(self, Self::Html | Self::Layout)
    }
}

/// What a template is of: one kind of mail, or the layout that all kinds share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplateKind {
    /// One kind of mail.
    Mail(MailKind),
    /// The layout around the HTML of every kind.
    Layout,
}

impl TemplateKind {
    /// Every one: the kinds of mail, then the layout.
    pub fn all() -> impl Iterator<Item = Self> {
        MailKind::ALL.into_iter().map(Self::Mail).chain([Self::Layout])
    }

    /// As in rows and answers: the kind of the mail, or `LAYOUT`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail(kind) => kind.as_str(),
            Self::Layout => "LAYOUT",
        }
    }

    /// Reads what [`as_str`](Self::as_str) wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|kind| kind.as_str() == text)
    }

    /// The parts that a template of it may set.
    #[must_use]
    pub const fn parts(self) -> &'static [Part] {
        match self {
            Self::Mail(_) => &[Part::Subject, Part::Preheader, Part::Text, Part::Html],
            Self::Layout => &[Part::Layout],
        }
    }

    /// The kind whose sample it is tried out with.
    #[must_use]
    pub const fn sample(self) -> MailKind {
        match self {
            Self::Mail(kind) => kind,
            Self::Layout => MailKind::PasswordResetLink,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_and_the_layout_is_one() {
        for kind in TemplateKind::all() {
            assert_eq!(TemplateKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(TemplateKind::parse("layout"), None);
        assert_eq!(TemplateKind::all().count(), MailKind::ALL.len() + 1);
    }
}
