//! `POST /api/v1/applications`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ApplicationResource, check_email};
use crate::http::extract::{InOrder, Json, RequireOperator};
use crate::http::management::failure::problem;
use crate::http::management::fields::{check_name, required};
use crate::http::problem::{Problem, Violations};
use crate::workflows::Engine;
use crate::workflows::applications::NewApplication;

/// A new application with its default tenant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApplication {
    /// Its name, unique in the installation; at most 200 characters.
    #[schema(value_type = String)]
    name: Option<String>,
    /// Its name for people; the name when absent.
    display_name: Option<String>,
    /// Where people can ask for help.
    support_email: Option<String>,
    /// The name of its default tenant; that of the application when absent.
    tenant_name: Option<String>,
}

impl CreateApplication {
    fn read(self) -> Result<NewApplication, Problem> {
        let mut violations = Violations::new();
        let name = required(&mut violations, "name", self.name);
        check_name(&mut violations, "name", name.as_ref());
        check_name(&mut violations, "displayName", self.display_name.as_ref());
        check_name(&mut violations, "tenantName", self.tenant_name.as_ref());
        check_email(&mut violations, "supportEmail", self.support_email.as_ref());
        violations.into_result()?;
        Ok(NewApplication {
            name: name.unwrap_or_default(),
            display_name: self.display_name,
            support_email: self.support_email,
            tenant_name: self.tenant_name,
        })
    }
}

/// Makes it.
pub async fn handle(
    InOrder(operator, Json(body)): InOrder<RequireOperator, Json<CreateApplication>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let made = engine.create_application(&operator.origin, body.read()?).await;
    let made = made.map_err(|failure| problem(failure, ""))?;
    Ok(HttpResponse::Created().json(ApplicationResource::from(made)))
}
