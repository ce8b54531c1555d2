//! What the calls about email templates take and answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::locale::Because;
use crate::domain::template::{Author, Draft, Found, Level, Mark, Part, Severity, TemplateParts, Version};
use crate::http::problem::Violations;

/// Templates, as their author wrote them. What is absent comes from the level
/// below.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TemplateTexts {
    /// The subject, one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What an inbox shows beside the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// The plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The HTML: what stands in the layout, or a whole document, which has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// In place of `html`: MJML, which is compiled to it when it is saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mjml: Option<String>,
    /// Of the kind `LAYOUT`: the HTML document around the bodies of all kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
}

impl TemplateTexts {
    /// The parts.
    pub fn into_parts(self, violations: &mut Violations) -> TemplateParts {
        if self.html.is_some() && self.mjml.is_some() {
            violations.add("parts.html", "must_be_null");
        }
        let Self { subject, preheader, text, html, mjml, layout } = self;
        TemplateParts { subject, preheader, text, html, mjml, layout }
    }
}

impl From<&TemplateParts> for TemplateTexts {
    fn from(parts: &TemplateParts) -> Self {
        let TemplateParts { subject, preheader, text, html, mjml, layout } = parts.clone();
        // What MJML was compiled to is nobody's text.
        let html = html.filter(|_| mjml.is_none());
        Self { subject, preheader, text, html, mjml, layout }
    }
}

/// One remark about a template, with its place.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LintMark {
    /// The part: `subject`, `preheader`, `text`, `html` or `layout`.
    #[schema(value_type = String)]
    part: Part,
    /// The line, from 1.
    line: usize,
    /// The column in characters, from 1.
    column: usize,
    /// `ERROR`: it is not published. `WARNING`: worth a look.
    #[schema(value_type = String)]
    severity: Severity,
    /// For example `unknown_variable`, `missing_variable`, `foreign_link`.
    code: &'static str,
    /// One sentence for a person.
    message: String,
}

/// What there is to say.
pub fn mark_objects(marks: &[Mark]) -> Vec<LintMark> {
    let object = |mark: &Mark| LintMark {
        part: mark.part,
        line: mark.line,
        column: mark.column,
        severity: mark.severity,
        code: mark.code,
        message: mark.message.clone(),
    };
    marks.iter().map(object).collect()
}

/// Where a template comes from, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateOrigin {
    /// `BUILT_IN`, `APPLICATION` or `TENANT`.
    #[schema(value_type = String)]
    level: Level,
    /// The language it is for, or `*`.
    locale: String,
    /// Who asked for that language: `REQUEST`, `USER`, `TENANT`,
    /// `APPLICATION`, or `DEFAULT` when nobody did.
    #[schema(value_type = String)]
    because: Because,
    /// The version; none of built-in ones, and of one that is not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

impl From<&Found> for TemplateOrigin {
    fn from(found: &Found) -> Self {
        Self {
            level: found.level,
            locale: found.reach.as_str().to_owned(),
            because: found.because,
            version: Some(found.version).filter(|version| *version > 0),
        }
    }
}

/// Who did something, as they were called then.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateAuthor {
    /// For example `SERVICE_ACCOUNT`.
    #[serde(rename = "type")]
    kind: String,
    /// Their id; the command line has none.
    id: Option<String>,
    /// Their name.
    name: Option<String>,
}

impl From<Author> for TemplateAuthor {
    fn from(author: Author) -> Self {
        let Author { kind, id, name } = author;
        Self { kind, id, name }
    }
}

/// What is being written and not yet published.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateDraft {
    /// The texts.
    parts: TemplateTexts,
    /// Who saved it last.
    author: TemplateAuthor,
    /// When.
    #[schema(value_type = String)]
    saved_time: Timestamp,
}

impl From<Draft> for TemplateDraft {
    fn from(draft: Draft) -> Self {
        Self { parts: (&draft.parts).into(), author: draft.author.into(), saved_time: draft.saved_at }
    }
}

/// A version: what was published once, and by whom.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateVersion {
    /// Its number, from 1.
    number: i64,
    /// Who published it.
    author: TemplateAuthor,
    /// When.
    #[schema(value_type = String)]
    published_time: Timestamp,
    /// What its author had to say.
    note: Option<String>,
    /// The number of the version that it brought back, if it did.
    restores: Option<i64>,
    /// What changed since the version before it, as `diff -u` writes it.
    diff: String,
}

impl From<Version> for TemplateVersion {
    fn from(version: Version) -> Self {
        let Version { number, diff, note, restores, author, created_at, .. } = version;
        Self { number, author: author.into(), published_time: created_at, note, restores, diff }
    }
}
