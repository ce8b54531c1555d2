//! `POST /api/v1/email-templates/preview`

use std::collections::BTreeMap;

use actix_web::web;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::objects::{LintMark, TemplateOrigin, TemplateTexts, mark_objects};
use super::{BODY, PlaceText, place, problem, texts};
use crate::domain::access::may;
use crate::domain::mail::MailKind;
use crate::domain::template::{LanguageTag, Part};
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::email_templates::{Previewed, Wanted};

/// Unsaved templates, to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewBody {
    /// The kind of mail, or `LAYOUT`.
    #[schema(value_type = String)]
    kind: Option<String>,
    /// The language that the templates are for; `*` when absent.
    locale: Option<String>,
    /// The tenant; the application when absent.
    tenant_id: Option<String>,
    /// The unsaved texts; what is absent is as it is in effect.
    parts: Option<TemplateTexts>,
    /// Values in place of the sample's, for example
    /// `{"user": {"givenName": "Ada"}}`. Links and codes are always samples.
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
    /// The language to look at it in; every one there is when absent.
    preview_locale: Option<String>,
    /// Of a layout: the kind of mail to look at it with; `PASSWORD_RESET_LINK`
    /// when absent.
    preview_kind: Option<String>,
}

/// A mail in one language.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewedMail {
    /// The language.
    #[schema(value_type = String)]
    locale: LanguageTag,
    /// The subject.
    subject: String,
    /// What an inbox shows beside it.
    preheader: String,
    /// The plain text.
    text: String,
    /// The HTML document.
    html: String,
    /// Where each part comes from.
    origins: BTreeMap<&'static str, TemplateOrigin>,
}

/// What the mails would look like.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// A mail in each language.
    mails: Vec<PreviewedMail>,
    /// What there is to say about the texts.
    lint: Vec<LintMark>,
}

impl PreviewedMail {
    fn new(previewed: &Previewed) -> Self {
        let Previewed { choice, mail } = previewed;
        let origin = |part: Part| Some((part.as_str(), TemplateOrigin::from(choice.chosen.of(part)?)));
        Self {
            locale: choice.set.locale.clone(),
            subject: mail.subject.clone(),
            preheader: mail.preheader.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
            origins: Part::ALL.into_iter().filter_map(origin).collect(),
        }
    }
}

/// A language that is named, or none.
pub(super) fn language(field: &str, text: Option<&str>, violations: &mut Violations) -> Option<LanguageTag> {
    let read = text.map(LanguageTag::parse);
    if read == Some(None) {
        violations.add(field, "invalid_locale");
    }
    read.flatten()
}

/// Renders them.
pub async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::EmailTemplateRead>, Json<PreviewBody, BODY>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Preview>, Problem> {
    let mut violations = Violations::new();
    let (kind, locale, tenant) = (body.kind.as_deref(), body.locale.as_deref(), body.tenant_id.as_deref());
    let parts = texts(kind, body.parts.unwrap_or_default(), &mut violations);
    let preview_locale = language("previewLocale", body.preview_locale.as_deref(), &mut violations);
    let preview_kind = body.preview_kind.as_deref().map(MailKind::parse);
    if preview_kind == Some(None) {
        violations.add("previewKind", "invalid_value");
    }
    let (scope, slot) = place(&held, PlaceText { kind, locale, tenant }, violations)?;
    let data = body.data.unwrap_or_else(|| json!({}));
    let wanted = Wanted { parts, data, locale: preview_locale, kind: preview_kind.flatten() };
    let (mails, marks) = engine.preview(&scope, &slot, wanted).await.map_err(|error| problem(error, &slot))?;
    Ok(web::Json(Preview { mails: mails.iter().map(PreviewedMail::new).collect(), lint: mark_objects(&marks) }))
}
