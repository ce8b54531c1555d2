//! `POST /api/v1/messages/{id}/replay`

use actix_web::{HttpResponse, web};

use super::MessageResource;
use crate::domain::access::may;
use crate::http::extract::Require;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Sends it once more.
pub async fn handle(
    call: Require<may::MessageWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let message = id(&path, Noun::Message)?;
    let queued = engine.replay_message(&call.authority(), message).await.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::Accepted().json(MessageResource::new(&queued, None)))
}
