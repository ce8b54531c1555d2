//! `POST /api/v1/email-templates/publish`

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::objects::TemplateVersion;
use super::read::TemplateMetadata;
use super::{PlaceText, note, place, problem};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::email_templates::NewVersion;

/// Which draft to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishBody {
    /// The kind of mail, or `LAYOUT`.
    #[schema(value_type = String)]
    kind: Option<String>,
    /// The language; `*` when absent.
    locale: Option<String>,
    /// The tenant; the application when absent.
    tenant_id: Option<String>,
    /// What there is to say about the change.
    note: Option<String>,
}

/// What mails are written from now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublishedTemplate {
    /// The new version.
    version: TemplateVersion,
    /// About the template.
    metadata: TemplateMetadata,
}

impl PublishedTemplate {
    /// A version that was made just now.
    pub fn new(version: TemplateVersion, metadata: TemplateMetadata) -> Self {
        Self { version, metadata }
    }
}

/// Publishes it.
pub async fn handle(
    request: HttpRequest,
    InOrder(held, Json(body)): InOrder<RequireHeld<may::EmailTemplateWrite>, Json<PublishBody>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<PublishedTemplate>, Problem> {
    let mut violations = Violations::new();
    let note = note(body.note, &mut violations);
    let (kind, locale, tenant) = (body.kind.as_deref(), body.locale.as_deref(), body.tenant_id.as_deref());
    let (scope, slot) = place(&held, PlaceText { kind, locale, tenant }, violations)?;
    let new = NewVersion { note, seen: if_match::seen(&request)? };
    let published = engine.publish(&held.authority(scope), &slot, new).await;
    let (template, version) = published.map_err(|error| problem(error, &slot))?;
    Ok(web::Json(PublishedTemplate::new(version.into(), TemplateMetadata::of(Some(&template)))))
}
