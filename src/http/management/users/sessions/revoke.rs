//! `DELETE /api/v1/users/{id}/sessions/{session}`

use actix_web::{HttpResponse, web};

use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Ends it; one that has ended stays ended.
pub async fn handle(
    call: Require<may::SessionWrite>,
    path: web::Path<(String, String)>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let (user, session) = path.into_inner();
    let (of, named) = (id(&user, Noun::User)?, id(&session, Noun::Session)?);
    let ended = engine.revoke_session_by(&call.authority(), Some(of), named).await;
    ended.map_err(|failure| problem(failure, &session))?;
    Ok(HttpResponse::NoContent().finish())
}
