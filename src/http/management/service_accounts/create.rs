//! `POST /api/v1/service-accounts`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ServiceAccountResource;
use crate::domain::access::may;
use crate::domain::ids::TenantId;
use crate::http::extract::{InOrder, Json, RequireApplication};
use crate::http::management::failure::problem;
use crate::http::management::fields::{check_name, required};
use crate::http::management::grants::{GrantBody, read_grants};
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::service_accounts::Manager;

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateServiceAccount {
    /// Its name; at most 200 characters.
    #[schema(value_type = String)]
    name: Option<String>,
    /// The tenant it belongs to; none when absent.
    tenant_id: Option<String>,
    /// What it may do; nothing when absent. Never more than the caller may.
    grants: Option<Vec<GrantBody>>,
}

/// Makes it; its secret is shown this once.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<RequireApplication<may::ServiceAccountWrite>, Json<CreateServiceAccount>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut violations = Violations::new();
    let name = required(&mut violations, "name", body.name);
    check_name(&mut violations, "name", name.as_ref());
    let home: Option<Result<TenantId, _>> = body.tenant_id.map(|text| text.parse());
    if matches!(home, Some(Err(_))) {
        violations.add("tenantId", "unknown_tenant");
    }
    let home = home.and_then(Result::ok);
    let grants = read_grants(body.grants.unwrap_or_default(), &mut violations);
    violations.into_result()?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let made = engine.create_account(&call.authority(), manager, name.unwrap_or_default(), home, grants).await;
    let (account, secret) = made.map_err(|failure| problem(failure, ""))?;
    Ok(HttpResponse::Created().json(ServiceAccountResource::new(account, Some(&secret))))
}
