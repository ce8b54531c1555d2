//! `POST /api/v1/tenants`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::TenantResource;
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireApplication};
use crate::http::management::failure::problem;
use crate::http::management::fields::{check_locale, check_name, required};
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::tenants::NewTenant;

/// A new tenant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTenant {
    /// Its name, unique in the application; at most 200 characters. It may
    /// stand in URLs, in place of `{tenant_name}`.
    #[schema(value_type = String)]
    name: Option<String>,
    /// Its name for people; the name when absent.
    display_name: Option<String>,
    /// Its language, for example `de`.
    locale: Option<String>,
}

/// Makes it. Whoever makes tenants needs the permission for the whole
/// application: a new one is in nobody's list of tenants.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<RequireApplication<may::TenantWrite>, Json<CreateTenant>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut violations = Violations::new();
    let name = required(&mut violations, "name", body.name);
    check_name(&mut violations, "name", name.as_ref());
    check_name(&mut violations, "displayName", body.display_name.as_ref());
    check_locale(&mut violations, "locale", body.locale.as_ref());
    violations.into_result()?;
    let new = NewTenant { name: name.unwrap_or_default(), display_name: body.display_name, locale: body.locale };
    let made = engine.create_tenant(&call.authority(), new).await.map_err(|failure| problem(failure, ""))?;
    Ok(HttpResponse::Created().json(TenantResource::from(made)))
}
