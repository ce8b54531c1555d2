//! One endpoint: what it is told of, and how the deliveries went.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::ids::WebhookEndpointId;
use crate::domain::webhook::{Delivery, DeliveryState};
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::{count, event, moment};
use crate::store::slice::Slice;

use super::{named, published};

/// How many deliveries are shown.
const LATEST: u64 = 50;

/// `GET …/webhooks/{endpoint}`.
pub(in crate::http::console) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    page(&room, named(&request)?, StatusCode::OK, Value::Null, None).await
}

/// The page, with a secret that was just made.
pub(super) async fn page(
    room: &Room,
    id: WebhookEndpointId,
    status: StatusCode,
    made: Value,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let endpoint = room.engine().get_endpoint(&room.scope, id).await?;
    let slice = Slice { skip: 0, count: LATEST, descending: true };
    let (total, deliveries) = room.engine().page_deliveries(&room.scope, Some(id), None, &[], slice).await?;
    let path = room.path(&format!("webhooks/{id}"));
    let view = json!({
        "title": endpoint.url,
        "enabled": endpoint.enabled,
        "made": made,
        "error": error,
        "path": path,
        "back": room.path("webhooks"),
        "told": endpoint.events.iter().map(|kind| event(*kind)).collect::<Vec<_>>(),
        "kinds": published().map(|kind| json!({"name": kind.as_str(), "text": event(kind)})).collect::<Vec<_>>(),
        "deliveries": deliveries.iter().map(|delivery| line(room, delivery)).collect::<Vec<_>>(),
        "total": total,
        "full": total > LATEST,
        "most": LATEST,
        "since": moment(endpoint.created_at, room.now),
    });
    room.page_as(status, "webhook", Screen::Webhooks, view)
}

fn line(room: &Room, delivery: &Delivery) -> Value {
    let (state, tone) = match delivery.state {
        DeliveryState::Pending => ("waiting", ""),
        DeliveryState::Delivered => ("delivered", "good"),
        DeliveryState::Dead => ("given up", "bad"),
    };
    let answer = match (delivery.answer_status, &delivery.answer) {
        (Some(status), Some(words)) => Some(format!("{status}: {words}")),
        (Some(status), None) => Some(status.to_string()),
        (None, words) => words.clone(),
    };
    json!({
        "id": delivery.id,
        "what": event(delivery.kind),
        "trial": delivery.sample.is_some(),
        "state": state,
        "tone": tone,
        "tries": count(delivery.attempts.into(), "time"),
        "answer": answer,
        "when": moment(delivery.created_at, room.now),
    })
}
