//! `POST /api/v1/email-templates/rollback`

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::publish::PublishedTemplate;
use super::read::TemplateMetadata;
use super::{PlaceText, note, place, problem};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireHeld};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::email_templates::NewVersion;

/// Which version to bring back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollbackBody {
    /// The kind of mail, or `LAYOUT`.
    #[schema(value_type = String)]
    kind: Option<String>,
    /// The language; `*` when absent.
    locale: Option<String>,
    /// The tenant; the application when absent.
    tenant_id: Option<String>,
    /// The number of the version.
    #[schema(value_type = i64)]
    version: Option<i64>,
    /// What there is to say about it.
    note: Option<String>,
}

/// Brings it back, as a new version.
pub async fn handle(
    request: HttpRequest,
    InOrder(held, Json(body)): InOrder<RequireHeld<may::EmailTemplateWrite>, Json<RollbackBody>>,
    engine: web::Data<Engine>,
) -> Result<web::Json<PublishedTemplate>, Problem> {
    let mut violations = Violations::new();
    let note = note(body.note, &mut violations);
    if body.version.is_none() {
        violations.add("version", "required");
    }
    let (kind, locale, tenant) = (body.kind.as_deref(), body.locale.as_deref(), body.tenant_id.as_deref());
    let (scope, slot) = place(&held, PlaceText { kind, locale, tenant }, violations)?;
    let new = NewVersion { note, seen: if_match::seen(&request)? };
    let restored = engine.roll_back(&held.authority(scope), &slot, body.version.unwrap_or_default(), new).await;
    let (template, version) = restored.map_err(|error| problem(error, &slot))?;
    Ok(web::Json(PublishedTemplate::new(version.into(), TemplateMetadata::of(Some(&template)))))
}
