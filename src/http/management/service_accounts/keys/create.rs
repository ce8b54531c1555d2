//! `POST /api/v1/service-accounts/{id}/api-keys`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ApiKeyResource;
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireApplication};
use crate::http::management::failure::{id, problem};
use crate::http::management::fields::{check_name, required};
use crate::http::problem::{Problem, Violations};
use crate::workflows::service_accounts::Manager;
use crate::workflows::{Engine, Noun};

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// Its name; at most 200 characters.
    #[schema(value_type = String)]
    name: Option<String>,
}

/// Makes it; it is shown this once.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<RequireApplication<may::ServiceAccountWrite>, Json<CreateApiKey>>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut violations = Violations::new();
    let name = required(&mut violations, "name", body.name);
    check_name(&mut violations, "name", name.as_ref());
    violations.into_result()?;
    let account = id(&path, Noun::ServiceAccount)?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let made = engine.add_account_key(&call.authority(), manager, account, name.unwrap_or_default()).await;
    let (key, secret) = made.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::Created().json(ApiKeyResource::new(key, Some(&secret))))
}
