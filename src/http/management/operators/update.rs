//! `PATCH /api/v1/operators/{id}`

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::OperatorResource;
use crate::http::extract::{InOrder, Json, RequireOperator};
use crate::http::management::failure::{id, problem};
use crate::http::management::fields::{Named, given, named};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::operators::managed::OperatorChange;
use crate::workflows::{Engine, Noun};

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorPatch {
    /// Whether they may do nothing. Their sessions end and their keys stop at
    /// once. Nobody can do this to themselves, nor to the last one left.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<bool>)]
    disabled: Named<bool>,
}

impl OperatorPatch {
    fn read(self, version: Option<i64>) -> Result<OperatorChange, Problem> {
        let mut violations = Violations::new();
        let disabled = given(&mut violations, "disabled", self.disabled);
        violations.into_result()?;
        Ok(OperatorChange { disabled, version })
    }
}

/// Shuts them out, or lets them in again.
pub async fn handle(
    InOrder(operator, Json(body)): InOrder<RequireOperator, Json<OperatorPatch>>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<OperatorResource>, Problem> {
    let change = body.read(if_match::seen(&request)?)?;
    let changed = id(&path, Noun::Operator)?;
    let changed = engine.change_operator(&operator.origin, changed, change).await;
    Ok(web::Json(changed.map_err(|failure| problem(failure, &path))?.into()))
}
