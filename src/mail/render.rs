//! From a context to a subject and two bodies.
//!
//! Templates are read once and rendered any number of times. A secret is added
//! to the template's data here, at the last moment, and the data is wiped when
//! the mail is rendered.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use handlebars::{Handlebars, no_escape};
use serde_json::Value;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::language::{self, Compiled};
use super::templates::{self, LoadError, TEXT_LAYOUT};
use super::text::single_line;
use crate::domain::locale::Locale;
use crate::domain::mail::{MailContext, MailKind};
use crate::domain::template::{LanguageTag, Level, Mark, Offer, Part, Reach, TemplateKind};
use crate::locales::helpers::{self, Output};
use crate::locales::{Locales, LocalesError};

mod data;
mod glossary;
mod run;

use data::Data;
pub use glossary::{Entry, Glossary};
pub use run::MAX_OUTPUT_BYTES;

/// The longest subject, in characters.
pub const MAX_SUBJECT_CHARS: usize = 150;

/// A mail that could not be rendered, or templates that cannot be used.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A built-in template is not one.
    #[error("the email template {path} is not valid at line {}, column {}: {}", mark.line, mark.column, mark.message)]
    Invalid {
        /// Its path in the template folder.
        path: String,
        /// What is wrong, and where.
        mark: Mark,
    },
    /// A template failed.
    #[error("the {} of the mail cannot be rendered: {} (line {}, column {})", mark.part.as_str(), mark.message,
        mark.line, mark.column)]
    Failed {
        /// What is wrong, and where; names a variable, never a value.
        mark: Mark,
    },
    /// A mail that must show its link or code does not.
    #[error("the {} of the mail {} does not show {{{{{variable}}}}}", part.as_str(), kind.as_str())]
    MissingVariable {
        /// The kind.
        kind: MailKind,
        /// The part.
        part: Part,
        /// The variable.
        variable: &'static str,
    },
    /// A subject came out empty.
    #[error("the subject of the mail {} renders to nothing", .0.as_str())]
    Empty(MailKind),
    /// Data for a preview that no mail of the kind has.
    #[error("a mail of this kind has no {0}")]
    UnknownData(String),
}

/// A rendered mail. Wiped when dropped: it may hold a link or a code.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Rendered {
    /// What it is.
    #[zeroize(skip)]
    pub kind: MailKind,
    /// One line of 1 to [`MAX_SUBJECT_CHARS`] characters.
    pub subject: String,
    /// What an inbox shows beside the subject; one line, perhaps empty.
    pub preheader: String,
    /// The plain text body, lines ending in LF.
    pub text: String,
    /// The HTML body, a whole document.
    pub html: String,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The templates of one mail, and its language.
#[derive(Debug, Clone)]
pub struct TemplateSet {
    /// The language of the mail.
    pub locale: LanguageTag,
    /// In the order of [`Part::ALL`].
    pub parts: [Arc<Compiled>; 5],
}

/// The built-in templates, read once, and what every template is rendered with.
pub struct Renderer {
    /// Escapes for HTML.
    html: Handlebars<'static>,
    /// Escapes nothing.
    plain: Handlebars<'static>,
    built_in: HashMap<(TemplateKind, Part), Arc<Compiled>>,
    sources: HashMap<String, String>,
    text_layout: Compiled,
    offers: Vec<Offer>,
    locales: Arc<Locales>,
}

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderer").finish_non_exhaustive()
    }
}

impl Renderer {
    /// Reads the built-in templates, with the files of a folder in place of
    /// those of the same name, and renders the sample of every kind, so that a
    /// broken override shows at the start and not in somebody's inbox.
    pub fn new(override_dir: Option<&Path>, locales: &Arc<Locales>) -> Result<Self, RenderError> {
        let sources = templates::load(override_dir)?;
        let read = |kind, part, path: &str| {
            let source = sources.get(path).ok_or_else(|| LoadError::Missing(path.to_owned()))?;
            language::compile(kind, part, source, &|key| has_text(locales, key)).map_err(|marks| {
                let mark = marks.into_iter().next();
                mark.map_or_else(
                    || LoadError::Missing(path.to_owned()).into(),
                    |mark| RenderError::Invalid { path: path.to_owned(), mark },
                )
            })
        };
        let mut built_in = HashMap::new();
        for (kind, part) in templates::parts() {
            built_in.insert((kind, part), Arc::new(read(kind, part, &templates::path_of(kind, part))?));
        }
        let text_layout = read(TemplateKind::Layout, Part::Text, TEXT_LAYOUT)?;
        let mut plain = registry(locales, Output::Plain);
        plain.register_escape_fn(no_escape);
        let html = registry(locales, Output::Html);
        let (offers, locales) = (offers(), Arc::clone(locales));
        let renderer = Self { html, plain, built_in, sources, text_layout, offers, locales };
        for kind in MailKind::ALL {
            renderer.check_sample(kind)?;
        }
        Ok(renderer)
    }

    /// Whether templates may ask for a text of this name.
    #[must_use]
    pub fn has_text(&self, key: &str) -> bool {
        has_text(&self.locales, key)
    }

    /// What is built in: every part in every language.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The source of a built-in template.
    #[must_use]
    pub fn source(&self, kind: TemplateKind, part: Part) -> Option<&str> {
        self.sources.get(&templates::path_of(kind, part)).map(String::as_str)
    }

    /// A built-in template, for a mail of a kind; the layout is of all kinds.
    #[must_use]
    pub fn built_in(&self, kind: MailKind, part: Part) -> Option<Arc<Compiled>> {
        let kind = if part == Part::Layout { TemplateKind::Layout } else { TemplateKind::Mail(kind) };
        self.built_in.get(&(kind, part)).map(Arc::clone)
    }

    /// The built-in templates of a kind, in a language.
    ///
    /// # Errors
    /// When this build lacks one.
    pub fn built_in_set(&self, kind: MailKind, locale: LanguageTag) -> Result<TemplateSet, RenderError> {
        let get = |part| {
            self.built_in(kind, part).ok_or_else(|| LoadError::Missing(format!("{} {}", kind.as_str(), part.as_str())))
        };
        let [subject, preheader, text, html, layout] = Part::ALL;
        Ok(TemplateSet { locale, parts: [get(subject)?, get(preheader)?, get(text)?, get(html)?, get(layout)?] })
    }

    /// Renders one mail.
    pub fn render(&self, context: &MailContext, set: &TemplateSet) -> Result<Rendered, RenderError> {
        self.write(context.kind(), Data::new(context)?, set)
    }

    /// Renders one mail from the built-in templates.
    pub fn render_built_in(&self, context: &MailContext, locale: LanguageTag) -> Result<Rendered, RenderError> {
        self.render(context, &self.built_in_set(context.kind(), locale)?)
    }

    /// Renders a mail of a kind from its sample, with some of its values
    /// replaced, the last ones last. Its link and its code are always the
    /// sample's.
    pub fn preview(&self, kind: MailKind, given: &[&Value], set: &TemplateSet) -> Result<Rendered, RenderError> {
        let mut data = Data::new(&MailContext::sample(kind))?;
        for values in given {
            data.replace(kind, values)?;
        }
        self.write(kind, data, set)
    }

    /// Writes one part from a context, with other values in place of those
    /// that are named.
    ///
    /// # Errors
    /// When it cannot be rendered.
    pub fn try_part(
        &self,
        context: &MailContext,
        (part, compiled): (Part, &Compiled),
        changed: &[&str],
    ) -> Result<String, RenderError> {
        let mut data = Data::new(context)?;
        data.speak(&LanguageTag::english());
        if part == Part::Layout {
            for name in ["subject", "preheader", "body"] {
                data.insert(name, format!("The {name}"));
            }
        }
        for path in changed {
            data.change(path);
        }
        run::run(if part.is_html() { &self.html } else { &self.plain }, compiled, part, &data)
    }

    fn write(&self, kind: MailKind, mut data: Data, set: &TemplateSet) -> Result<Rendered, RenderError> {
        let [subject, preheader, text, html, layout] = &set.parts;
        data.speak(&set.locale);
        let line = single_line(&run::run(&self.plain, subject, Part::Subject, &data)?, MAX_SUBJECT_CHARS);
        if line.is_empty() {
            return Err(RenderError::Empty(kind));
        }
        let beside = single_line(&run::run(&self.plain, preheader, Part::Preheader, &data)?, MAX_SUBJECT_CHARS);
        data.insert("subject", line.clone());
        data.insert("preheader", beside.clone());

        let body = run::run(&self.plain, text, Part::Text, &data)?;
        data.insert("body", body.trim().to_owned());
        let text = run::run(&self.plain, &self.text_layout, Part::Text, &data)?;

        let body = run::run(&self.html, html, Part::Html, &data)?;
        let html = if html.is_document {
            body
        } else {
            data.insert("body", body);
            run::run(&self.html, layout, Part::Layout, &data)?
        };
        Ok(Rendered { kind, subject: line, preheader: beside, text, html })
    }

    fn check_sample(&self, kind: MailKind) -> Result<(), RenderError> {
        let context = MailContext::sample(kind);
        for locale in Locale::ALL {
            let locale = LanguageTag::parse(locale.as_str()).unwrap_or_else(LanguageTag::english);
            check_secret(&context, &self.render_built_in(&context, locale)?)?;
        }
        Ok(())
    }
}

/// Whether both bodies show the link or code that the mail is for.
///
/// # Errors
/// When one does not.
pub fn check_secret(context: &MailContext, rendered: &Rendered) -> Result<(), RenderError> {
    let Some((variable, secret)) = context.secret() else { return Ok(()) };
    let escaped = handlebars::html_escape(secret.expose());
    let shown = [(Part::Text, rendered.text.contains(secret.expose())), (Part::Html, rendered.html.contains(&escaped))];
    match shown.into_iter().find(|(_, is_shown)| !is_shown) {
        Some((part, _)) => Err(RenderError::MissingVariable { kind: context.kind(), part, variable }),
        None => Ok(()),
    }
}

/// Whether a context has a value at one of these paths.
#[must_use]
pub fn has_any(context: &MailContext, paths: &[&str]) -> bool {
    Data::new(context).is_ok_and(|data| paths.iter().any(|path| data.has(path)))
}

fn has_text(locales: &Locales, key: &str) -> bool {
    !matches!(locales.text(Locale::En, key, &[]), Err(LocalesError::Missing { .. }))
}

fn offers() -> Vec<Offer> {
    let languages = Locale::ALL.into_iter().filter_map(|locale| LanguageTag::parse(locale.as_str()));
    let of_language = |tag: LanguageTag| {
        Part::ALL.map(|part| Offer { level: Level::BuiltIn, reach: Reach::In(tag.clone()), part, version: 0 })
    };
    languages.flat_map(of_language).collect()
}

fn registry(locales: &Arc<Locales>, output: Output) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    // What the language does not have is not there either, whatever its rules let through.
    for helper in ["log", "lookup", "each", "with", "raw"] {
        registry.unregister_helper(helper);
    }
    helpers::register(&mut registry, locales, output);
    registry
}

/// The built-in templates, for tests.
#[cfg(test)]
pub(crate) fn built_in() -> Renderer {
    Renderer::new(None, &Arc::new(Locales::new(None).unwrap())).unwrap()
}

#[cfg(test)]
mod tests;
