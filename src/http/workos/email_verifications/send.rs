//! `POST /user_management/users/{id}/email_verification/send`

use actix_web::{HttpResponse, web};
use serde_json::json;

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
    let user = id(&path, Missing::User)?;
    let sent = engine.send_email_verification(&call.scope, user).await;
    let user = sent.map_err(|failure| error::of_sending(failure, &path))?;
    Ok(HttpResponse::Ok().json(json!({ "user": user.to_object() })))
}
