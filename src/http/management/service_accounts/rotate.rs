//! `POST /api/v1/service-accounts/{id}/rotate-secret`, and
//! `DELETE …/{id}/previous-secret`, which ends the rotation.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::ids::ServiceAccountId;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::service_accounts::Manager;
use crate::workflows::{Engine, Noun};

/// A new secret. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotatedSecret {
    /// Whose.
    #[schema(value_type = String)]
    id: ServiceAccountId,
    /// Their name at the token endpoint.
    client_id: String,
    /// The secret. The one before it holds until the rotation is ended.
    client_secret: String,
}

/// Makes it.
pub async fn handle(
    call: RequireApplication<may::ServiceAccountWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<RotatedSecret>, Problem> {
    let account = id(&path, Noun::ServiceAccount)?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let rotated = engine.rotate_account_secret(&call.authority(), manager, account).await;
    let (account, secret) = rotated.map_err(|failure| problem(failure, &path))?;
    let client_secret = secret.expose().to_owned();
    Ok(web::Json(RotatedSecret { id: account.id, client_id: account.client_id, client_secret }))
}

/// Ends the one before it.
pub async fn end(
    call: RequireApplication<may::ServiceAccountWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let account = id(&path, Noun::ServiceAccount)?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let ended = engine.end_account_rotation(&call.authority(), manager, account).await;
    ended.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
