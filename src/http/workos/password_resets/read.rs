//! `GET /user_management/password_reset/{id}`

use actix_web::{HttpResponse, web};

use super::{Held, authority};
use crate::domain::reset::Mode;
use crate::http::problem::{Missing, Problem};
use crate::http::workos::objects::PasswordResetObject;
use crate::http::workos::{error, id};
use crate::workflows::Engine;

pub(in crate::http::workos) async fn handle(
    held: Held,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let authority = authority(&held, Mode::EmailLink, None)?;
    let reset = id(&path, Missing::PasswordReset)?;
    let shown = engine.read_workos_reset(&authority, reset).await.map_err(|failure| error::problem(failure, &path))?;
    Ok(HttpResponse::Ok().json(PasswordResetObject::from(&shown)))
}
