//! Whether the texts of a language fit the English ones: the same names, and
//! the same arguments in each. A text may hold no markup, no attributes and no
//! functions, so that whoever translates can break nothing but words.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Message, Pattern, PatternElement};

use super::LocalesError;
use super::sources::File;
use crate::domain::locale::Locale;

/// The names of texts, each with its file and the arguments it uses.
pub(super) type Catalogue = BTreeMap<String, Entered>;

/// One text of a catalogue.
pub(super) struct Entered {
    file: String,
    arguments: BTreeSet<String>,
}

/// What the files of one language hold.
pub(super) fn catalogue<'a>(files: impl Iterator<Item = &'a File>) -> Result<Catalogue, LocalesError> {
    let mut catalogue = Catalogue::new();
    for file in files {
        for entry in file.parse()?.entries() {
            let invalid = |reason: String| LocalesError::Invalid { file: file.name.clone(), reason };
            match entry {
                Entry::Message(message) => {
                    let name = message.id.name.to_owned();
                    let arguments = arguments(message).map_err(|reason| invalid(format!("{name}: {reason}")))?;
                    let entered = Entered { file: file.name.clone(), arguments };
                    if catalogue.insert(name.clone(), entered).is_some() {
                        return Err(invalid(format!("{name}: there are two of that name")));
                    }
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                Entry::Term(term) => return Err(invalid(format!("-{}: terms are not used here", term.id.name))),
                Entry::Junk { content } => return Err(invalid(format!("cannot be read: {content}"))),
            }
        }
    }
    Ok(catalogue)
}

/// Whether `own` has exactly the texts of `english`.
pub(super) fn complete(english: &Catalogue, locale: Locale, own: &Catalogue) -> Result<(), LocalesError> {
    match english.iter().find(|(name, _)| !own.contains_key(*name)) {
        None => fitting(english, own),
        Some((name, entered)) => Err(LocalesError::Invalid {
            file: entered.file.replacen("en/", &format!("{}/", locale.as_str()), 1),
            reason: format!("{name}: the text is missing"),
        }),
    }
}

/// Whether each text of `own` is one of `english`, with the same arguments.
pub(super) fn fitting(english: &Catalogue, own: &Catalogue) -> Result<(), LocalesError> {
    for (name, entered) in own {
        let invalid = |reason| LocalesError::Invalid { file: entered.file.clone(), reason };
        let Some(model) = english.get(name) else {
            return Err(invalid(format!("{name}: there is no text of that name")));
        };
        if let Some(one) = entered.arguments.symmetric_difference(&model.arguments).next() {
            let more = entered.arguments.contains(one);
            let reason = if more { "is not given to this text" } else { "is missing" };
            return Err(invalid(format!("{name}: ${one} {reason}")));
        }
    }
    Ok(())
}

fn arguments(message: &Message<&str>) -> Result<BTreeSet<String>, &'static str> {
    if !message.attributes.is_empty() {
        return Err("attributes are not used here");
    }
    let mut found = BTreeSet::new();
    pattern(message.value.as_ref().ok_or("the text is empty")?, &mut found)?;
    Ok(found)
}

fn pattern(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) -> Result<(), &'static str> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } if value.contains(['<', '>']) => {
                return Err("markup is not used here");
            }
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => self::expression(expression, found)?,
        }
    }
    Ok(())
}

fn expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) -> Result<(), &'static str> {
    match expression {
        Expression::Inline(inline) => self::inline(inline, found),
        Expression::Select { selector, variants } => {
            inline(selector, found)?;
            variants.iter().try_for_each(|variant| pattern(&variant.value, found))
        }
    }
}

fn inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) -> Result<(), &'static str> {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
            Ok(())
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => Ok(()),
        InlineExpression::Placeable { expression } => self::expression(expression, found),
        InlineExpression::FunctionReference { arguments: CallArguments { .. }, .. } => {
            Err("functions are not used here")
        }
        InlineExpression::MessageReference { .. } | InlineExpression::TermReference { .. } => {
            Err("a text may not name another text")
        }
    }
}
