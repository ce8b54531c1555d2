//! `PUT /api/v1/email-templates/draft`

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::objects::{LintMark, TemplateDraft, TemplateTexts, mark_objects};
use super::read::TemplateMetadata;
use super::{BODY, PlaceText, place, problem, texts};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;

/// A draft; it replaces the one there was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutDraft {
    /// The kind of mail, or `LAYOUT`.
    #[schema(value_type = String)]
    kind: Option<String>,
    /// A language tag; `*`, every language that has none of its own, when
    /// absent.
    locale: Option<String>,
    /// The tenant; the application when absent.
    tenant_id: Option<String>,
    /// The texts.
    #[schema(value_type = TemplateTexts)]
    parts: Option<TemplateTexts>,
}

/// A draft as it was saved, with what there is to say about it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedDraft {
    /// The draft.
    draft: Option<TemplateDraft>,
    /// What there is to say about it. It is kept whatever that is.
    lint: Vec<LintMark>,
    /// About the template.
    metadata: TemplateMetadata,
}

/// Saves it.
pub async fn handle(
    request: HttpRequest,
    InOrder(held, Json(body)): InOrder<RequireHeld<may::EmailTemplateWrite>, Json<PutDraft, BODY>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<SavedDraft>, Problem> {
    let mut violations = Violations::new();
    let (kind, locale, tenant) = (body.kind.as_deref(), body.locale.as_deref(), body.tenant_id.as_deref());
    if body.parts.is_none() {
        violations.add("parts", "required");
    }
    let parts = texts(kind, body.parts.unwrap_or_default(), &mut violations);
    let (scope, slot) = place(&held, PlaceText { kind, locale, tenant }, violations)?;
    let seen = if_match::seen(&request)?;
    let saved = engine.save_draft(&held.authority(scope), &slot, parts, seen).await;
    let (template, marks) = saved.map_err(|error| problem(error, &slot))?;
    let metadata = TemplateMetadata::of(Some(&template));
    Ok(web::Json(SavedDraft { draft: template.draft.map(TemplateDraft::from), lint: mark_objects(&marks), metadata }))
}
