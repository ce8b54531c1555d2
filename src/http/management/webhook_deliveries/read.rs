//! `GET /api/v1/webhook-deliveries/{id}`

use actix_web::web;

use super::DeliveryResource;
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Shows it.
pub async fn handle(
    call: RequireApplication<may::WebhookEndpointRead>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<web::Json<DeliveryResource>, Problem> {
    let delivery = id(&path, Noun::WebhookDelivery)?;
    let found = engine.get_delivery(&call.scope, delivery).await.map_err(|failure| problem(failure, &path))?;
    Ok(web::Json(DeliveryResource::from(&found)))
}
