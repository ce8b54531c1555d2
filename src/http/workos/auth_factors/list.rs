//! `GET /user_management/users/{id}/auth_factors`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::domain::ids::AuthFactorId;
use crate::domain::second_factor::AuthFactor;
use crate::http::extract::{Query, Require};
use crate::http::problem::{Missing, Problem};
use crate::http::workos::checks::Checks;
use crate::http::workos::paging::{PageQuery, Paging};
use crate::http::workos::{error, id};
use crate::workflows::Engine;

pub(in crate::http::workos) async fn handle(
    call: Require<may::UserRead>,
    path: web::Path<String>,
    Query(query): Query<PageQuery>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut checks = Checks::default();
    let paging = Paging::<AuthFactorId>::read(&query, &mut checks);
    checks.finish(Some(()))?;
    let user = id(&path, Missing::User)?;
    let factors = engine.list_factors(&call.scope, user).await.map_err(|failure| error::problem(failure, &path))?;
    let page = paging.page(paging.select(factors, |factor| factor.id), |factor| factor.id);
    Ok(HttpResponse::Ok().json(page.to_object(AuthFactor::to_object)))
}
