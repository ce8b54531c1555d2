//! `GET /user_management/users/{id}/sessions`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::domain::ids::SessionId;
use crate::domain::user::Session;
use crate::http::extract::{Query, Require};
use crate::http::problem::{Missing, Problem};
use crate::http::workos::checks::Checks;
use crate::http::workos::paging::{PageQuery, Paging};
use crate::http::workos::{error, id};
use crate::workflows::Engine;

pub(in crate::http::workos) async fn handle(
    call: Require<may::SessionRead>,
    path: web::Path<String>,
    Query(query): Query<PageQuery>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut checks = Checks::default();
    let paging = Paging::<SessionId>::read(&query, &mut checks);
    checks.finish(Some(()))?;
    let user = id(&path, Missing::User)?;
    let active = engine.list_sessions(&call.scope, user).await.map_err(|failure| error::problem(failure, &path))?;
    let page = paging.page(paging.select(active, |session| session.id), |session| session.id);
    Ok(HttpResponse::Ok().json(page.to_object(Session::to_object)))
}
