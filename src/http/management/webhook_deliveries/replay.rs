//! `POST /api/v1/webhook-deliveries/{id}/replay`

use actix_web::{HttpResponse, web};

use super::DeliveryResource;
use crate::domain::access::may;
use crate::http::extract::RequireApplication;
use crate::http::management::failure::{id, problem};
use crate::http::problem::Problem;
use crate::workflows::{Engine, Noun};

/// Makes it once more.
pub async fn handle(
    call: RequireApplication<may::WebhookEndpointWrite>,
    path: web::Path<String>,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let delivery = id(&path, Noun::WebhookDelivery)?;
    let queued =
        engine.replay_delivery(&call.authority(), delivery).await.map_err(|failure| problem(failure, &path))?;
    Ok(HttpResponse::Accepted().json(DeliveryResource::from(&queued)))
}
