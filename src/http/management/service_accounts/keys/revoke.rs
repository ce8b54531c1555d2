//! `DELETE /api/v1/service-accounts/{id}/api-keys/{key_id}`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::service_accounts::Manager;
use crate::workflows::{Engine, Noun};

/// Revokes it: it stops at once.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountWrite>,
    path: web::Path<(String, String)>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (account_name, key_name) = path.into_inner();
    let account = id(&account_name, Noun::ServiceAccount)?;
    let key = id(&key_name, Noun::ApiKey)?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let revoked = engine.revoke_account_key(&call.authority(), manager, account, key).await;
    revoked.map_err(|failure| problem(failure, &account_name))?;
    Ok(HttpResponse::NoContent().finish())
}
