//! `GET /api/v1/users/{id}/sessions`

use actix_web::web;

use super::SessionResource;
use crate::domain::access::may;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::{id, problem};
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::workflows::{Engine, Noun};

/// Lists those that have not ended, the newest first; `sort_by=creationTime`
/// turns them round.
pub async fn handle(
    call: Require<may::SessionRead>,
    path: web::Path<String>,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<SessionResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&[("creationTime", ())], (), &mut violations);
    if query.query.is_some() {
        violations.add("query", "not_available");
    }
    violations.into_result()?;
    let user = id(&path, Noun::User)?;
    let mut sessions = engine.list_sessions(&call.scope, user).await.map_err(|failure| problem(failure, &path))?;
    if !part.slice.descending {
        sessions.reverse();
    }
    let total = u64::try_from(sessions.len()).unwrap_or(u64::MAX);
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let items = sessions.iter().skip(place(part.slice.skip)).take(place(part.slice.count));
    Ok(web::Json(part.page(total, items.map(SessionResource::from).collect())))
}
