//! `POST /user_management/users/{id}/email_verification/confirm`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::domain::secret::Secret;
use crate::http::extract::{InOrder, Json, Require};
use crate::http::problem::{Missing, Problem};
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::{error, id};
use crate::workflows::Engine;

/// What the user typed in.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct ConfirmEmailVerification {
    /// The six digits from the mail.
    #[serde(default)]
    #[schema(required = true, value_type = String, example = "123456")]
    code: Given<Secret>,
}

pub(in crate::http::workos) async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::UserWrite>, Json<ConfirmEmailVerification>>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut checks = Checks::default();
    let code = checks.required("code", body.code);
    let code = checks.finish(code)?;
    let user = id(&path, Missing::User)?;
    let confirmed = engine.confirm_email_verification(&call.scope, user, &code).await;
    let user = confirmed.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::Ok().json(json!({ "user": user.to_object() })))
}
