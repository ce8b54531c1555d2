//! `PUT /api/v1/workflow-policies`

use actix_web::{HttpRequest, web};

use crate::domain::access::may;
use crate::domain::policy::WorkflowOverrides;
use crate::http::extract::{InOrder, Json, Query, RequireHeld, UserJson};
use crate::http::management::policies::{PolicyQuery, PolicyResource, put};
use crate::http::problem::Problem;
use crate::workflows::Engine;
use crate::workflows::policies::PolicyBody;

/// Sets what one level says, in place of what it said.
pub async fn handle(
    InOrder(held, Json(body)): InOrder<RequireHeld<may::WorkflowPolicyWrite>, UserJson<WorkflowOverrides>>,
    Query(query): Query<PolicyQuery>,
    request: HttpRequest,
    engine: web::Data<Engine>,
) -> Result<web::Json<PolicyResource>, Problem> {
    put(&held, query, &PolicyBody::Workflow(Box::new(body)), &request, &engine).await
}
