//! `PATCH /api/v1/tenants/{id}`

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::TenantResource;
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, Require};
use crate::http::management::failure::{id, problem};
use crate::http::management::fields::{Named, check_locale, check_name, given, named};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::tenants::TenantChange;
use crate::workflows::{Engine, Noun};

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantPatch {
    /// Its name.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    name: Named<String>,
    /// Its name for people.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    display_name: Named<String>,
    /// Its language; null for none of its own.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    locale: Named<String>,
}

impl TenantPatch {
    fn read(self, version: Option<i64>) -> Result<TenantChange, Problem> {
        let mut violations = Violations::new();
        let name = given(&mut violations, "name", self.name);
        let display_name = given(&mut violations, "displayName", self.display_name);
        check_name(&mut violations, "name", name.as_ref());
        check_name(&mut violations, "displayName", display_name.as_ref());
        check_locale(&mut violations, "locale", self.locale.as_ref().and_then(Option::as_ref));
        violations.into_result()?;
        Ok(TenantChange { name, display_name, locale: self.locale, version })
    }
}

/// Changes it.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::TenantWrite>, Json<TenantPatch>>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<TenantResource>, Problem> {
    let change = body.read(if_match::seen(&request)?)?;
    let tenant = id(&path, Noun::Tenant)?;
    let changed = engine.update_tenant(&call.authority(), tenant, change).await;
    Ok(web::Json(changed.map_err(|failure| problem(failure, &path))?.into()))
}
