//! `GET /api/v1/password-policies`

use actix_web::web;

use crate::domain::access::may;
use crate::http::extract::{Query, RequireHeld};
use crate::http::management::policies::{PolicyQuery, PolicyResource, show};
use crate::http::problem::Problem;
use crate::store::policies::PolicyKind;
use crate::workflows::Engine;

/// Shows it.
pub async fn handle(
    held: RequireHeld<may::PasswordPolicyRead>,
    Query(query): Query<PolicyQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<PolicyResource>, Problem> {
    show(&held, query, PolicyKind::Password, &engine).await
}
