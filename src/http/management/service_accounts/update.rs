//! `PATCH /api/v1/service-accounts/{id}`

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ServiceAccountResource;
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireApplication};
use crate::http::management::failure::{id, problem};
use crate::http::management::fields::{Named, check_name, given, named};
use crate::http::management::grants::{GrantBody, read_grants};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::service_accounts::Manager;
use crate::workflows::service_accounts::managed::AccountChange;
use crate::workflows::{Engine, Noun};

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccountPatch {
    /// Its name.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    name: Named<String>,
    /// Whether it may do nothing. Its keys, secrets and tokens stop at once.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<bool>)]
    disabled: Named<bool>,
    /// Everything that it may do, in place of what it may do now.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Vec<GrantBody>>)]
    grants: Named<Vec<GrantBody>>,
}

impl ServiceAccountPatch {
    fn read(self, version: Option<i64>) -> Result<AccountChange, Problem> {
        let mut violations = Violations::new();
        let name = given(&mut violations, "name", self.name);
        check_name(&mut violations, "name", name.as_ref());
        let disabled = given(&mut violations, "disabled", self.disabled);
        let grants = given(&mut violations, "grants", self.grants);
        let grants = grants.map(|grants| read_grants(grants, &mut violations));
        violations.into_result()?;
        Ok(AccountChange { name, disabled, grants, version })
    }
}

/// Changes it.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<RequireApplication<may::ServiceAccountWrite>, Json<ServiceAccountPatch>>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ServiceAccountResource>, Problem> {
    let change = body.read(if_match::seen(&request)?)?;
    let account = id(&path, Noun::ServiceAccount)?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let changed = engine.update_account(&call.authority(), manager, account, change).await;
    let changed = changed.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(ServiceAccountResource::new(changed, None)))
}
