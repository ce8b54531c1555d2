//! `PATCH /api/v1/permission-boundaries/{id}`

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{BoundaryResource, read_boundary};
use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, RequireApplication};
use crate::http::management::failure::{id, problem};
use crate::http::management::fields::{Named, check_name, given, named};
use crate::http::management::grants::BoundaryBody;
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::permission_boundaries::BoundaryChange;
use crate::workflows::service_accounts::Manager;
use crate::workflows::{Engine, Noun};

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoundaryPatch {
    /// Its name.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    name: Named<String>,
    /// The boundary, as a whole.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<BoundaryBody>)]
    boundary: Named<BoundaryBody>,
}

impl BoundaryPatch {
    fn read(self, version: Option<i64>) -> Result<BoundaryChange, Problem> {
        let mut violations = Violations::new();
        let name = given(&mut violations, "name", self.name);
        check_name(&mut violations, "name", name.as_ref());
        let boundary = given(&mut violations, "boundary", self.boundary);
        let boundary = boundary.and_then(|boundary| read_boundary(boundary, &mut violations));
        violations.into_result()?;
        Ok(BoundaryChange { name, boundary, version })
    }
}

/// Changes it, and every grant that refers to it.
pub async fn handle(
    InOrder(call, Json(body)): InOrder<RequireApplication<may::ServiceAccountWrite>, Json<BoundaryPatch>>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<BoundaryResource>, Problem> {
    let change = body.read(if_match::seen(&request)?)?;
    let boundary = id(&path, Noun::PermissionBoundary)?;
    let manager = Manager::Caller(&call.caller, call.source_ip);
    let changed = engine.update_boundary(&call.authority(), manager, boundary, change).await;
    Ok(web::Json(changed.map_err(|failure| problem(failure, &path))?.into()))
}
