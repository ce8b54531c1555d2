//! The texts that one level sets for one kind and language.

use serde::{Deserialize, Serialize};

use super::Part;

/// What is set; what is absent comes from the level below.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TemplateParts {
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The preheader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// The plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The HTML; of a part that is written in MJML what it was compiled to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The MJML that `html` was compiled from, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mjml: Option<String>,
    /// The shared layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
}

impl TemplateParts {
    /// The template of a part, as it is rendered.
    #[must_use]
    pub fn get(&self, part: Part) -> Option<&str> {
        match part {
            Part::Subject => self.subject.as_deref(),
            Part::Preheader => self.preheader.as_deref(),
            Part::Text => self.text.as_deref(),
            Part::Html => self.html.as_deref(),
            Part::Layout => self.layout.as_deref(),
        }
    }

    /// The template of a part, as its author wrote it.
    #[must_use]
    pub fn source(&self, part: Part) -> Option<&str> {
        match part {
            Part::Html => self.mjml.as_deref().or(self.html.as_deref()),
            _ => self.get(part),
        }
    }

    /// Sets the template of a part.
    pub fn set(&mut self, part: Part, text: String) {
        let place = match part {
            Part::Subject => &mut self.subject,
            Part::Preheader => &mut self.preheader,
            Part::Text => &mut self.text,
            Part::Html => &mut self.html,
            Part::Layout => &mut self.layout,
        };
        *place = Some(text);
    }

    /// Every part that is set, as its author wrote it.
    pub fn sources(&self) -> impl Iterator<Item = (Part, &str)> {
        Part::ALL.into_iter().filter_map(|part| Some((part, self.source(part)?)))
    }
}
