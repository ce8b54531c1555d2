//! `DELETE /api/v1/workflow-policies`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::{Query, RequireHeld};
use crate::http::management::policies::{PolicyQuery, remove};
use crate::http::problem::Problem;
use crate::store::policies::PolicyKind;
use crate::workflows::Engine;

/// Removes what one level says; it inherits everything then.
pub async fn handle(
    held: RequireHeld<may::WorkflowPolicyWrite>,
    Query(query): Query<PolicyQuery>,
    request: HttpRequest,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    remove(&held, query, PolicyKind::Workflow, &request, &engine).await
}
