//! What the lint has to say about a template.

use serde::Serialize;

use super::Part;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// Worth a look.
    Warning,
    /// Is not published.
    Error,
}

/// One remark, with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// The part it is about.
    pub part: Part,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// For example `unknown_variable`.
    pub code: &'static str,
    /// One sentence for a person.
    pub message: String,
}

impl Mark {
    /// Whether it keeps a template from being published.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
