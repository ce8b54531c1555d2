//! `GET /api/v1/service-accounts/{id}/api-keys`

use actix_web::web;

use super::{ApiKeyResource, ApiKeys};
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Lists them.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ApiKeys>, Problem> {
    let account = id(&path, Noun::ServiceAccount)?;
    let keys = engine.list_account_keys(&call.scope, account).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(ApiKeys { items: keys.into_iter().map(|key| ApiKeyResource::new(key, None)).collect() }))
}
