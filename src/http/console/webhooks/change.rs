//! Trying an endpoint out, repeating a delivery, switching it off, removing it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::Value;

use crate::domain::event::EventKind;
use crate::domain::ids::WebhookDeliveryId;
use crate::http::console::act::{Act, Nothing};
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::Failure;
use crate::workflows::webhooks::endpoints::EndpointChange;

use super::{named, one};

/// What to try it out with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Trial {
    kind: String,
}

/// `POST …/webhooks/{endpoint}/test`.
pub(in crate::http::console) async fn test(act: Act<Trial>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, id) = (Room::at(desk).await?, named(&request)?);
    let kind = EventKind::parse_published(&form.kind).ok_or_else(Stop::nothing)?;
    match room.engine().test_fire(&room.authority(), id, kind).await {
        Ok(_) => room.go_saying(&format!("webhooks/{id}"), Flash::TestFired),
        Err(refused @ Failure::Webhook(_)) => {
            one::page(&room, id, StatusCode::CONFLICT, Value::Null, failure::words(&refused)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST …/webhooks/{endpoint}/deliveries/{delivery}/replay`.
pub(in crate::http::console) async fn replay(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, id) = (Room::at(act.into_desk()).await?, named(&request)?);
    let delivery = request.match_info().get("delivery").and_then(|id| id.parse::<WebhookDeliveryId>().ok());
    match room.engine().replay_delivery(&room.authority(), delivery.ok_or_else(Stop::nothing)?).await {
        Ok(_) => room.go_saying(&format!("webhooks/{id}"), Flash::Replayed),
        Err(refused @ Failure::Webhook(_)) => {
            one::page(&room, id, StatusCode::CONFLICT, Value::Null, failure::words(&refused)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Whether it is told at all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Switch {
    on: String,
}

/// `POST …/webhooks/{endpoint}/switch`.
pub(in crate::http::console) async fn switch(act: Act<Switch>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, id) = (Room::at(desk).await?, named(&request)?);
    let on = form.on == "true";
    let change = EndpointChange { url: None, events: None, enabled: Some(on), version: None };
    room.engine().update_endpoint(&room.authority(), id, change).await?;
    room.go_saying(&format!("webhooks/{id}"), if on { Flash::SwitchedOn } else { Flash::SwitchedOff })
}

/// `POST …/webhooks/{endpoint}/delete`.
pub(in crate::http::console) async fn delete(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, id) = (Room::at(act.into_desk()).await?, named(&request)?);
    room.confirmed(&room.path(&format!("webhooks/{id}")))?;
    room.engine().delete_endpoint(&room.authority(), id, None).await?;
    room.go_saying("webhooks", Flash::Deleted)
}
