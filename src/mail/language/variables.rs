//! The variables that the templates of a kind may use, read off its sample.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::mail::MailContext;
use crate::domain::template::{Part, TemplateKind};

/// What every template knows about its own language.
const OF_THE_LANGUAGE: [&str; 2] = ["locale", "dir"];
/// What only a layout knows: the rest of the mail.
const OF_THE_MAIL: [&str; 3] = ["subject", "preheader", "body"];
/// What every kind knows, and a layout with it.
const SHARED: [&str; 3] = ["user", "tenant", "application"];

/// The variables of a kind.
#[derive(Debug, Clone)]
pub struct Variables {
    /// Each path, and whether it can be written (an object cannot).
    known: BTreeMap<String, bool>,
    /// The one that text and HTML must show.
    required: Option<&'static str>,
}

impl Variables {
    /// Of a kind.
    #[must_use]
    pub fn of(kind: TemplateKind) -> Self {
        let context = MailContext::sample(kind.sample());
        let data = serde_json::to_value(&context).unwrap_or_default();
        let mut known = BTreeMap::new();
        for (name, value) in data.as_object().into_iter().flatten() {
            if matches!(kind, TemplateKind::Mail(_)) || SHARED.contains(&name.as_str()) {
                collect(name.clone(), value, &mut known);
            }
        }
        known.extend(OF_THE_LANGUAGE.map(|name| (name.to_owned(), true)));
        let required = match kind {
            TemplateKind::Mail(kind) => kind.secret_name(),
            TemplateKind::Layout => {
                known.extend(OF_THE_MAIL.map(|name| (name.to_owned(), true)));
                Some("body")
            }
        };
        known.extend(required.map(|name| (name.to_owned(), true)));
        Self { known, required }
    }

    /// The variable that a part must show, if it must show one.
    #[must_use]
    pub fn required_in(&self, part: Part) -> Option<&'static str> {
        self.required.filter(|_| matches!(part, Part::Text | Part::Html | Part::Layout))
    }

    /// Whether there is one of this name.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.known.contains_key(path)
    }

    /// Whether there is one of this name that can be written.
    #[must_use]
    pub fn has_text(&self, path: &str) -> bool {
        self.known.get(path).copied().unwrap_or(false)
    }

    /// Every one that can be written, for an editor.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().filter(|(_, is_text)| **is_text).map(|(name, _)| name.as_str())
    }

    /// The known name that a misspelt one is probably meant to be.
    #[must_use]
    pub fn nearest(&self, path: &str) -> Option<&str> {
        let close = |name: &&str| strsim::jaro_winkler(name, path) > 0.85;
        self.names()
            .filter(close)
            .max_by(|one, two| strsim::jaro_winkler(one, path).total_cmp(&strsim::jaro_winkler(two, path)))
    }
}

fn collect(path: String, value: &Value, known: &mut BTreeMap<String, bool>) {
    if let Value::Object(members) = value {
        for (name, value) in members {
            collect(format!("{path}.{name}"), value, known);
        }
        known.insert(path, false);
    } else {
        known.insert(path, true);
    }
}
