//! The texts of mails and pages in every language, in Fluent
//! (<https://projectfluent.org>): `templates/locales/<tag>/*.ftl`, compiled
//! into the binary, and message by message replaced by those of a folder.
//!
//! A message is text, never HTML. The helpers for Handlebars ([`helpers`])
//! return it as a value, so that it is escaped together with its arguments
//! wherever the template's registry escapes.

mod check;
pub mod helpers;
mod moments;
mod sources;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use thiserror::Error;
use unic_langid::LanguageIdentifier;

use crate::domain::locale::{Direction, Locale};

/// A value that a message names as `{ $name }`.
pub type Arg<'a> = (&'a str, FluentValue<'a>);

/// Texts that cannot be used.
#[derive(Debug, Error)]
pub enum LocalesError {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A file whose name means nothing, or which is too large.
    #[error("{}: {reason}", path.display())]
    Unfit {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// A text that is not Fluent, or does not fit the English one.
    #[error("the text {file} is not valid: {reason}")]
    Invalid {
        /// Which file, for example `de/pages.ftl`.
        file: String,
        /// What is wrong, with the name of the message.
        reason: String,
    },
    /// A text that was asked for is not there.
    #[error("there is no text {key} in {locale}")]
    Missing {
        /// Its name.
        key: String,
        /// The language.
        locale: &'static str,
    },
    /// A text needs an argument that was not given.
    #[error("the text {key} in {locale} cannot be written: {reason}")]
    Failed {
        /// Its name.
        key: String,
        /// The language.
        locale: &'static str,
        /// What is missing; names an argument, never its value.
        reason: String,
    },
}

/// Every text in every language; made once and shared.
pub struct Locales {
    /// In the order of [`Locale::ALL`].
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl fmt::Debug for Locales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locales").finish_non_exhaustive()
    }
}

/// Tested with every build; without texts there would still be pages.
static BUILT_IN: LazyLock<Arc<Locales>> =
    LazyLock::new(|| Arc::new(Locales::new(None).unwrap_or(Locales { bundles: Vec::new() })));

impl Locales {
    /// The texts as they were compiled in, read once.
    #[must_use]
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Reads the built-in texts, with those of `overrides/<tag>/*.ftl` in
    /// place of the ones of the same name. Every language then has exactly
    /// the texts of `en`, each with the same arguments.
    ///
    /// # Errors
    /// When a text is no Fluent or does not fit its English one.
    pub fn new(overrides: Option<&Path>) -> Result<Self, LocalesError> {
        let built_in = sources::built_in();
        let english = check::catalogue(built_in.iter().filter(|file| file.locale == Locale::En))?;
        let replaced = overrides.map(sources::in_folder).transpose()?.unwrap_or_default();
        let mut bundles = Vec::with_capacity(Locale::ALL.len());
        for locale in Locale::ALL {
            let own = |file: &&sources::File| file.locale == locale;
            check::complete(&english, locale, &check::catalogue(built_in.iter().filter(own))?)?;
            check::fitting(&english, &check::catalogue(replaced.iter().filter(own))?)?;
            let mut bundle = FluentBundle::new_concurrent(vec![identifier(locale)?]);
            // Only where the surrounding text runs the other way do arguments need to be set apart.
            bundle.set_use_isolating(locale.direction() == Direction::RightToLeft);
            for file in built_in.iter().chain(&replaced).filter(own) {
                bundle.add_resource_overriding(file.parse()?);
            }
            bundles.push(bundle);
        }
        Ok(Self { bundles })
    }

    /// A text with its arguments, as plain text.
    ///
    /// # Errors
    /// When there is no such text, or an argument is missing.
    pub fn text(&self, locale: Locale, key: &str, args: &[Arg<'_>]) -> Result<String, LocalesError> {
        let bundle = self.bundles.get(locale as usize);
        let pattern = bundle.and_then(|bundle| bundle.get_message(key)).and_then(|message| message.value());
        let (Some(bundle), Some(pattern)) = (bundle, pattern) else {
            return Err(LocalesError::Missing { key: key.to_owned(), locale: locale.as_str() });
        };
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        let mut problems = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut problems).into_owned();
        match problems.first() {
            None => Ok(text),
            Some(problem) => {
                Err(LocalesError::Failed { key: key.to_owned(), locale: locale.as_str(), reason: problem.to_string() })
            }
        }
    }
}

fn identifier(locale: Locale) -> Result<LanguageIdentifier, LocalesError> {
    locale.as_str().parse().map_err(|error| LocalesError::Invalid {
        file: locale.as_str().to_owned(),
        reason: format!("the tag cannot be read: {error}"),
    })
}

#[cfg(test)]
mod tests;
