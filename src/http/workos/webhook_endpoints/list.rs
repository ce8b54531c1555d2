//! `GET /webhook_endpoints`

use actix_web::{HttpResponse, web};

use super::object;
use crate::domain::access::{Ask, Permission, may};
use crate::domain::ids::WebhookEndpointId;
use crate::http::extract::{Query, RequireApplication};
use crate::http::problem::Problem;
use crate::http::workos::checks::Checks;
use crate::http::workos::error;
use crate::http::workos::paging::{PageQuery, Paging};
use crate::workflows::Engine;

pub(in crate::http::workos) async fn handle(
    call: RequireApplication<may::WebhookEndpointRead>,
    Query(query): Query<PageQuery>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut checks = Checks::default();
    let paging = Paging::<WebhookEndpointId>::read(&query, &mut checks);
    checks.finish(Some(()))?;
    let ask = Ask::plain(call.now, call.source_ip);
    let writer = call.caller.application_scope(Permission::WebhookEndpointWrite, &ask).is_some();
    let all = engine.list_endpoints(&call.scope).await.map_err(|failure| error::problem(failure, ""))?;
    let page = paging.page(paging.select(all, |endpoint| endpoint.id), |endpoint| endpoint.id);
    Ok(HttpResponse::Ok().json(page.to_object(|endpoint| object(&engine, endpoint, writer))))
}
