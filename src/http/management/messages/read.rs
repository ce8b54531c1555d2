//! `GET /api/v1/messages/{id}`

use actix_web::web;

use super::MessageResource;
use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it, with every attempt.
pub async fn handle(
    call: Require<may::MessageRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<MessageResource>, Problem> {
    let message = id(&path, Noun::Message)?;
    let found = engine.get_message(&call.scope, message).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(MessageResource::new(&found.0, Some(&found.1))))
}
