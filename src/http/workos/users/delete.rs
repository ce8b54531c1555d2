//! `DELETE /user_management/users/{id}`

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
    let user = id(&path, Missing::User)?;
    engine.delete_user(&call.authority(), user, None).await.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::NoContent().finish())
}
