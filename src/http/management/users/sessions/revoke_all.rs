//! `DELETE /api/v1/users/{id}/sessions`

use actix_web::web;

use super::Revoked;
use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Ends all of them.
pub async fn handle(
    call: Require<may::SessionWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Revoked>, Problem> {
    let user = id(&path, Noun::User)?;
    let count = engine.revoke_sessions(&call.authority(), user).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(Revoked { count }))
}
