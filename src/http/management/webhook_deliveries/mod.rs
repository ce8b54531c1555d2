//! `/api/v1/webhook-deliveries`

pub mod list;
pub mod read;
pub mod replay;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::page_schema;
use super::metadata::ResourceMetadata;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{EventId, WebhookDeliveryId, WebhookEndpointId};
use crate::domain::webhook::{Delivery, DeliveryState};

page_schema! {
    /// Webhook deliveries.
    DeliveryPage of DeliveryResource
}

/// One event on its way to one endpoint. Never what is sent: that is the event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryResource {
    /// Its id.
    #[schema(value_type = String)]
    id: WebhookDeliveryId,
    /// Where it goes.
    #[schema(value_type = String)]
    endpoint_id: WebhookEndpointId,
    /// What it tells of.
    #[schema(value_type = String)]
    event_id: EventId,
    /// What kind of event that is.
    event: &'static str,
    /// Whether that event never happened.
    test: bool,
    /// `PENDING`, `DELIVERED` or `DEAD`.
    state: &'static str,
    /// Tries so far.
    attempts: u32,
    /// When it is tried next; only while it is pending.
    #[schema(value_type = Option<String>)]
    next_attempt_time: Option<Timestamp>,
    /// The status of the latest answer, if there was one.
    response_status: Option<u16>,
    /// How the latest try went.
    outcome: Option<String>,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    finished_time: Option<Timestamp>,
    /// When it was queued and last changed.
    metadata: ResourceMetadata,
}

impl From<&Delivery> for DeliveryResource {
    fn from(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id,
            endpoint_id: delivery.endpoint,
            event_id: delivery.event,
            event: delivery.kind.as_str(),
            test: delivery.sample.is_some(),
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            next_attempt_time: (delivery.state == DeliveryState::Pending).then_some(delivery.next_attempt()),
            response_status: delivery.answer_status,
            outcome: delivery.answer.clone(),
            finished_time: delivery.finished_at,
            metadata: ResourceMetadata::new(delivery.created_at, delivery.updated_at, i64::from(delivery.attempts)),
        }
    }
}
