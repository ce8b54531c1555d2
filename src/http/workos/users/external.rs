//! `GET /user_management/users/external_id/{external_id}`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::problem::Problem;
use crate::http::workos::error;
use crate::workflows::Engine;

pub(in crate::http::workos) async fn handle(
    call: Require<may::UserRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let found = engine.get_user_by_external_id(&call.scope, &path).await;
    let user = found.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::Ok().json(user.to_object()))
}
