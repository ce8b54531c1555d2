//! `GET /user_management/email_verification/{id}`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::problem::{Missing, Problem};
use crate::http::workos::{error, id};
use crate::workflows::Engine;

pub(in crate::http::workos) async fn handle(
    call: Require<may::UserWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let missing = |id| Missing::Entity { kind: "email_verification", id };
    let verification = id(&path, missing)?;
    let found = engine.read_email_verification(&call.scope, verification).await;
    let (verification, code) = found.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::Ok().json(verification.to_object(&code)))
}
