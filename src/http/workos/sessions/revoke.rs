//! `POST /user_management/sessions/revoke`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::access::may;
use crate::http::extract::{InOrder, Json, Require};
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::{error, id};
use crate::workflows::Engine;

/// Which session.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::http::workos) struct RevokeSession {
    /// Its id; `sid` in the access token.
    #[serde(default)]
    #[schema(required = true, value_type = String)]
    session_id: Given<String>,
}

pub(in crate::http::workos) async fn handle(
    InOrder(call, Json(body)): InOrder<Require<may::SessionWrite>, Json<RevokeSession>>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let mut checks = Checks::default();
    let named = checks.required("session_id", body.session_id);
    let named = checks.finish(named)?;
    let session = id(&named, error::session)?;
    let ended = engine
        .revoke_session_by(&call.authority(), None, session)
        .await
        .map_err(|failure| error::problem(failure, &named))?;
    Ok(HttpResponse::Ok().json(ended.to_object()))
}
