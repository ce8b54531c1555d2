//! What a template can be written from, for whoever writes one: the names
//! that stand for something in a mail, and the ready sentences that it calls.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Data, RenderError, Renderer, run};
use crate::domain::clock::Timestamp;
use crate::domain::mail::MailContext;
use crate::domain::template::{LanguageTag, Part, TemplateKind};
use crate::mail::language::{self, TagKind, Variables, lex};

/// A tag, and what stands in the sample's mail in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// With its braces.
    pub tag: String,
    /// One line of plain text; empty when it is absent in the sample.
    pub becomes: String,
}

/// What a template can be written from.
#[derive(Debug)]
pub struct Glossary {
    /// Every name that the kind knows. A time is written for people.
    pub names: Vec<Entry>,
    /// The texts that the templates at hand call, in their language.
    pub sentences: Vec<Entry>,
}

impl Renderer {
    /// What templates of a kind can be written from in a language, and what
    /// the calls in `sources` say. `given` replaces values of the sample.
    ///
    /// # Errors
    /// `UnknownData` when the sample has no such value.
    pub fn glossary(
        &self,
        kind: TemplateKind,
        locale: &LanguageTag,
        given: &Value,
        sources: &[&str],
    ) -> Result<Glossary, RenderError> {
        let sample = kind.sample();
        let mut data = Data::new(&MailContext::sample(sample))?;
        data.replace(sample, given)?;
        data.speak(locale);
        if kind == TemplateKind::Layout {
            for name in ["subject", "preheader", "body"] {
                data.insert(name, format!("the {name} of the mail"));
            }
        }
        let said = |tag: &str| {
            // A preheader is the part that has to show nothing.
            let compiled = language::compile(kind, Part::Preheader, tag, &|key| self.has_text(key)).ok()?;
            let text = run::run(&self.plain, &compiled, Part::Preheader, &data).ok()?;
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let name = |name: &str| {
            let plain =
                Entry { tag: format!("{{{{{name}}}}}"), becomes: said(&format!("{{{{{name}}}}}")).unwrap_or_default() };
            if Timestamp::parse(&plain.becomes).is_none() {
                return plain;
            }
            let tag = format!("{{{{moment {name}}}}}");
            let becomes = said(&tag).unwrap_or_default();
            Entry { tag, becomes }
        };
        let names = Variables::of(kind).names().map(name).collect();
        let sentences = calls(sources).into_iter();
        let sentences = sentences.filter_map(|tag| Some(Entry { becomes: said(tag)?, tag: tag.to_owned() })).collect();
        Ok(Glossary { names, sentences })
    }
}

/// The tags that call a text, each once, in the order of the templates.
fn calls<'a>(sources: &[&'a str]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let tags = |source: &'a str| {
        let tags = lex(source).unwrap_or_default().into_iter();
        tags.filter(|tag| {
            tag.kind == TagKind::Value && tag.inner.trim_start_matches('~').trim_start().starts_with("t ")
        })
        .filter_map(|tag| source.get(tag.start..tag.end))
        .collect::<Vec<_>>()
    };
    sources.iter().flat_map(|source| tags(source)).filter(|tag| seen.insert(*tag)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::mail::MailKind;
    use crate::mail::render::built_in;

    fn becomes(entries: &[Entry], tag: &str) -> Option<String> {
        entries.iter().find(|entry| entry.tag == tag).map(|entry| entry.becomes.clone())
    }

    #[test]
    fn names_and_sentences_say_what_they_become_in_the_language() {
        let kind = TemplateKind::Mail(MailKind::PasswordResetLink);
        let renderer = built_in();
        let sources = Part::ALL.map(|part| renderer.source(kind, part).unwrap_or_default());
        let given = json!({ "application": { "displayName": "Acme" } });
        let german = LanguageTag::parse("de").unwrap();
        let glossary = renderer.glossary(kind, &german, &given, &sources).unwrap();
        assert_eq!(becomes(&glossary.names, "{{application.displayName}}").unwrap(), "Acme");
        assert!(becomes(&glossary.names, "{{actionUrl}}").unwrap().starts_with("https://"));
        assert!(becomes(&glossary.names, "{{moment expiresAt}}").unwrap().contains("UTC"));
        assert_eq!(becomes(&glossary.names, "{{expiresAt}}"), None, "nobody reads that");
        let title = becomes(&glossary.sentences, "{{t \"reset-link-title\"}}").unwrap();
        assert_eq!(title, "Neues Passwort wählen");
        let lasts = "{{t \"reset-link-lasts\" minutes=expiresInMinutes until=(moment expiresAt)}}";
        assert!(becomes(&glossary.sentences, lasts).unwrap().contains("UTC"));
        let mut once: Vec<_> = glossary.sentences.iter().map(|entry| &entry.tag).collect();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), glossary.sentences.len());
    }

    #[test]
    fn a_layout_knows_the_mail_that_it_is_around_and_no_link() {
        let english = LanguageTag::english();
        let sources = ["{{t \"mail-automatic\"}}{{{body}}}{{t \"nonsense\"}}{{#if"];
        let glossary = built_in().glossary(TemplateKind::Layout, &english, &json!({}), &sources).unwrap();
        assert_eq!(becomes(&glossary.names, "{{body}}").unwrap(), "the body of the mail");
        assert_eq!(becomes(&glossary.names, "{{actionUrl}}"), None);
        assert!(glossary.sentences.is_empty(), "what cannot be read says nothing");
    }
}
