//! `GET /api/v1/users/{id}`

use actix_web::web;

use super::UserResource;
use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows them.
pub async fn handle(
    call: Require<may::UserRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<UserResource>, Problem> {
    let user = engine.get_user(&call.scope, id(&path, Noun::User)?).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(UserResource::from(&user)))
}
