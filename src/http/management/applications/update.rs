//! `PATCH /api/v1/applications/{id}`

use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ApplicationResource, check_email};
use crate::http::extract::{InOrder, Json, RequireOperator};
use crate::http::management::failure::{id, problem};
use crate::http::management::fields::{Named, check_name, given, named};
use crate::http::management::if_match;
use crate::http::problem::{Problem, Violations};
use crate::workflows::applications::ApplicationChange;
use crate::workflows::{Engine, Noun};

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationPatch {
    /// Its name.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    name: Named<String>,
    /// Its name for people.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    display_name: Named<String>,
    /// Where people can ask for help; null for nowhere.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    support_email: Named<String>,
}

impl ApplicationPatch {
    fn read(self, version: Option<i64>) -> Result<ApplicationChange, Problem> {
        let mut violations = Violations::new();
        let name = given(&mut violations, "name", self.name);
        let display_name = given(&mut violations, "displayName", self.display_name);
        check_name(&mut violations, "name", name.as_ref());
        check_name(&mut violations, "displayName", display_name.as_ref());
        check_email(&mut violations, "supportEmail", self.support_email.as_ref().and_then(Option::as_ref));
        violations.into_result()?;
        Ok(ApplicationChange { name, display_name, support_email: self.support_email, version })
    }
}

/// Changes it.
pub async fn handle(
    InOrder(operator, Json(body)): InOrder<RequireOperator, Json<ApplicationPatch>>,
    request: HttpRequest,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<ApplicationResource>, Problem> {
    let change = body.read(if_match::seen(&request)?)?;
    let application = id(&path, Noun::Application)?;
    let changed = engine.update_application(&operator.origin, application, change).await;
    Ok(web::Json(changed.map_err(|failure| problem(failure, &path))?.into()))
}
