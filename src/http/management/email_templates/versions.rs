//! `GET /api/v1/email-templates/versions`

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::objects::TemplateVersion;
use super::{PlaceText, place, problem};
use crate::domain::access::may;
use crate::http::extract::{Query, RequireHeld};
use crate::http::management::list::{ListQuery, Page, page_schema};
use crate::http::management::query::read_if_there;
use crate::http::problem::{Problem, Violations};
use crate::store::email_templates::VersionAttribute;
use crate::workflows::Engine;

page_schema! {
    /// Versions of a template.
    TemplateVersionPage of TemplateVersion
}

/// What they can be found by; they are sorted by their number.
const ATTRIBUTES: [(&str, VersionAttribute); 2] =
    [("creationTime", VersionAttribute::Created), ("note", VersionAttribute::Note)];

/// Which versions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct VersionQuery {
    /// The kind of mail, or `LAYOUT`.
    #[param(value_type = String, required = true)]
    kind: Option<String>,
    /// The language; `*` when absent.
    locale: Option<String>,
    /// The tenant; the application when absent.
    #[serde(rename = "tenantId")]
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
    /// The number of the first one in the list, from 1.
    #[param(value_type = Option<u64>)]
    start_index: Option<String>,
    /// How many at most, 0 – 100; 20 when absent.
    #[param(value_type = Option<u64>)]
    count: Option<String>,
    /// `number`, with `:asc` or `:desc`; the newest first when absent.
    sort_by: Option<String>,
    /// Only those for which this holds, for example
    /// `note co "greeting"`; a wrong attribute is answered with those there are.
    query: Option<String>,
}

/// Lists them.
pub async fn handle(
    held: RequireHeld<may::EmailTemplateRead>,
    Query(query): Query<VersionQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<TemplateVersion>>, Problem> {
    let (kind, locale, tenant) = (query.kind.as_deref(), query.locale.as_deref(), query.tenant_id.as_deref());
    let mut violations = Violations::new();
    let asked = ListQuery {
        start_index: query.start_index.clone(),
        count: query.count.clone(),
        sort_by: query.sort_by.clone(),
        query: None,
    };
    let part = asked.read(&[("number", ())], (), &mut violations);
    let terms = read_if_there(query.query.as_deref(), &ATTRIBUTES, &mut violations);
    let (scope, slot) = place(&held, PlaceText { kind, locale, tenant }, violations)?;
    // A tenant outside the scope is not there.
    engine.tenancy(&scope, slot.tenant).await.map_err(|failure| problem(failure.into(), &slot))?;
    let (total, versions) = engine.versions(&slot, &terms, part.slice).await.map_err(|error| problem(error, &slot))?;
    Ok(web::Json(part.page(total, versions.into_iter().map(TemplateVersion::from).collect())))
}
