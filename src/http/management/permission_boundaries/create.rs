//! `POST /api/v1/permission-boundaries`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{BoundaryResource, read_boundary};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireApplication};
use crate::http::management::failure::problem;
use crate::http::management::fields::{check_name, required};
use crate::http::management::grants::BoundaryBody;
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;

/// A new boundary.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBoundary {
    /// Its name, unique in the application; at most 200 characters.
    #[schema(value_type = String)]
    name: Option<String>,
    /// The boundary; `TENANT` cannot stand here.
    #[schema(value_type = BoundaryBody)]
    boundary: Option<BoundaryBody>,
}

/// Makes it.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<RequireApplication<may::ServiceAccountWrite>, Json<CreateBoundary>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut violations = Violations::new();
    let name = required(&mut violations, "name", body.name);
    check_name(&mut violations, "name", name.as_ref());
    let boundary = required(&mut violations, "boundary", body.boundary);
    let boundary = boundary.and_then(|boundary| read_boundary(boundary, &mut violations));
    violations.into_result()?;
    let (Some(name), Some(boundary)) = (name, boundary) else {
        return Err(Problem::invalid_request("The boundary could not be read."));
    };
    let made = engine.create_boundary(&call.authority(), name, boundary).await;
    let made = made.map_err(|failure| problem(failure, ""))?;
    Ok(HttpResponse::Created().json(BoundaryResource::from(made)))
}
