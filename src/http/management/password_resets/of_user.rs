//! `GET /api/v1/users/{id}/password-resets`

use actix_web::web;

use super::{ATTRIBUTES, ResetResource};
use crate::domain::access::may;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::{id, problem};
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::resets::{ResetAttribute, ResetFilter};
use crate::workflows::{Engine, Noun};

/// Lists them.
pub async fn handle(
    call: Require<may::PasswordResetRead>,
    path: web::Path<String>,
    Query(query): Query<ListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<ResetResource>>, Problem> {
    let mut violations = Violations::new();
    let part = query.read(&ATTRIBUTES, ResetAttribute::Created, &mut violations);
    violations.into_result()?;
    let refuse = |failure| problem(failure, &path);
    let user = engine.get_user(&call.scope, id(&path, Noun::User)?).await.map_err(refuse)?;
    let which = ResetFilter { user: Some(user.id), ..ResetFilter::default() };
    let found = engine.page_resets(&call.scope, (&which, call.now), &part.terms, part.by, part.slice).await;
    let (total, records) = found.map_err(refuse)?;
    Ok(web::Json(part.page(total, records.iter().map(|record| ResetResource::new(record, call.now)).collect())))
}
