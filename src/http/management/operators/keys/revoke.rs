//! `DELETE /api/v1/operators/{id}/api-keys/{keyId}`

use actix_web::{HttpResponse, web};

use crate::http::extract::RequireOperator;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Failure, Noun};

/// Revokes it: it stops at once, also the one that this call is made with.
pub async fn handle(
    operator: RequireOperator,
    path: web::Path<(String, String)>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (owner_name, key_name) = path.into_inner();
    let owner = id(&owner_name, Noun::Operator)?;
    let key = id(&key_name, Noun::ApiKey)?;
    engine.revoke_operator_key(&operator.origin, owner, key).await.map_err(|failure| {
        let about = if matches!(failure, Failure::NotFound(Noun::ApiKey)) { &key_name } else { &owner_name };
        problem(failure, about)
    })?;
    Ok(HttpResponse::NoContent().finish())
}
