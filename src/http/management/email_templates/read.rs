//! `GET /api/v1/email-templates`

use std::collections::BTreeMap;

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::objects::{TemplateDraft, TemplateOrigin};
use super::{PlaceText, place, problem};
use crate::domain::access::may;
use crate::domain::clock::Timestamp;
use crate::domain::template::{LanguageTag, Slot, Template};
use crate::http::extract::{Query, RequireHeld};
use crate::http::problem::{Problem, Violations};
use crate::mail::language::Variables;
use crate::workflows::Engine;
use crate::workflows::email_templates::{Effective, EffectivePart};

/// Which templates.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct TemplateQuery {
    /// The kind of mail, for example `PASSWORD_RESET_LINK`, or `LAYOUT`.
    #[param(value_type = String, required = true)]
    kind: Option<String>,
    /// A language tag; `*`, the template for every language that has none of
    /// its own, when absent.
    locale: Option<String>,
    /// The tenant; the application's own templates when absent.
    #[serde(rename = "tenantId")]
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
}

/// A part in effect.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EffectiveTemplatePart {
    /// Its template, as its author wrote it.
    source: String,
    /// `HANDLEBARS`, or `MJML` with Handlebars in it.
    format: &'static str,
    /// Where it comes from, and why.
    origin: TemplateOrigin,
}

/// The templates in effect, and what the level itself has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailTemplate {
    /// The kind of mail, or `LAYOUT`.
    kind: &'static str,
    /// The language that the level's own template is for, or `*`.
    locale: String,
    /// The tenant, or none for the application.
    tenant_id: Option<String>,
    /// The language that a mail of this kind is written in.
    #[schema(value_type = String)]
    mail_locale: LanguageTag,
    /// Every part of a mail, by its name.
    parts: BTreeMap<&'static str, EffectiveTemplatePart>,
    /// What is being written at this level.
    draft: Option<TemplateDraft>,
    /// The number of the version that this level has published.
    published_version: Option<i64>,
    /// The variables that templates of this kind may write.
    variables: Vec<String>,
    /// About the level's own template.
    metadata: TemplateMetadata,
}

/// When a template was written and changed, and how often.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateMetadata {
    /// When there first was one.
    #[schema(value_type = Option<String>, format = DateTime)]
    creation_time: Option<Timestamp>,
    /// When it last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_modified_time: Option<Timestamp>,
    /// For `If-Match`, in quotes; 0 before there is one.
    version: i64,
}

impl TemplateMetadata {
    /// Of a template, if there is one.
    pub fn of(template: Option<&Template>) -> Self {
        Self {
            creation_time: template.map(|template| template.created_at),
            last_modified_time: template.map(|template| template.updated_at),
            version: template.map_or(0, |template| template.version),
        }
    }
}

impl EmailTemplate {
    fn new(slot: &Slot, effective: Effective) -> Self {
        let metadata = TemplateMetadata::of(effective.own.as_ref());
        let published_version = effective.own.as_ref().and_then(|own| own.published);
        let part = |part: EffectivePart| {
            let format = if part.is_mjml { "MJML" } else { "HANDLEBARS" };
            let origin = TemplateOrigin::from(&part.found);
            (part.part.as_str(), EffectiveTemplatePart { source: part.source, format, origin })
        };
        Self {
            kind: slot.kind.as_str(),
            locale: slot.reach.as_str().to_owned(),
            tenant_id: slot.tenant.map(|tenant| tenant.to_string()),
            mail_locale: effective.locale,
            parts: effective.parts.into_iter().map(part).collect(),
            draft: effective.own.and_then(|own| own.draft).map(TemplateDraft::from),
            published_version,
            variables: Variables::of(slot.kind).names().map(str::to_owned).collect(),
            metadata,
        }
    }
}

/// Shows them.
pub async fn handle(
    held: RequireHeld<may::EmailTemplateRead>,
    Query(query): Query<TemplateQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<EmailTemplate>, Problem> {
    let (kind, locale, tenant) = (query.kind.as_deref(), query.locale.as_deref(), query.tenant_id.as_deref());
    let (scope, slot) = place(&held, PlaceText { kind, locale, tenant }, Violations::new())?;
    let effective = engine.effective(&scope, &slot).await.map_err(|error| problem(error, &slot))?;
    Ok(web::Json(EmailTemplate::new(&slot, effective)))
}
