//! `DELETE /api/v1/service-accounts/{id}`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::management::if_match;
use crate::http::problem::Problem;
use crate::workflows::service_accounts::Manager;
use crate::workflows::{Engine, Noun};

/// Removes it with its keys; everything of it stops at once.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountWrite>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let version = if_match::seen(&request)?;
    let account = id(&path, Noun::ServiceAccount)?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let deleted = engine.delete_account(&call.authority(), manager, account, version).await;
    deleted.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
