//! All endpoints, and a new one.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use crate::domain::event::EventKind;
use crate::http::console::act::Act;
use crate::http::console::failure;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::{count, event, moment};
use crate::workflows::Failure;

use super::{one, published};

/// `GET …/webhooks`.
pub(in crate::http::console) async fn show(room: Room) -> Result<HttpResponse, Stop> {
    page(&room, StatusCode::OK, "", None).await
}

/// What a ticked box is called, before the name of its kind.
const BOX: &str = "event ";

/// `POST …/webhooks`: the signing secret is shown once, on the endpoint's page.
pub(in crate::http::console) async fn create(act: Act<BTreeMap<String, String>>) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    room.confirmed(&room.path("webhooks"))?;
    let url = form.get("url").map(|url| url.trim().to_owned()).unwrap_or_default();
    let kinds: Vec<EventKind> =
        published().filter(|kind| form.contains_key(&format!("{BOX}{}", kind.as_str()))).collect();
    if kinds.is_empty() {
        let said = "Tick at least one thing that it is to be told of.";
        return page(&room, StatusCode::UNPROCESSABLE_ENTITY, &url, Some(said)).await;
    }
    match room.engine().create_endpoint(&room.authority(), &url, kinds).await {
        Ok((endpoint, secret)) => {
            let made = json!({"secret": secret.expose()});
            one::page(&room, endpoint.id, StatusCode::OK, made, None).await
        }
        Err(refused @ (Failure::Webhook(_) | Failure::Busy { .. })) => {
            let said = failure::words(&refused);
            page(&room, StatusCode::UNPROCESSABLE_ENTITY, &url, said.as_deref()).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(room: &Room, status: StatusCode, typed: &str, error: Option<&str>) -> Result<HttpResponse, Stop> {
    let found = room.engine().list_endpoints(&room.scope).await?;
    let endpoints: Vec<_> = found
        .iter()
        .map(|endpoint| {
            json!({
                "href": room.path(&format!("webhooks/{}", endpoint.id)),
                "url": endpoint.url,
                "enabled": endpoint.enabled,
                "events": count(endpoint.events.len() as u64, "kind"),
                "made": moment(endpoint.created_at, room.now),
            })
        })
        .collect();
    let view = json!({
        "title": "Webhooks",
        "endpoints": endpoints,
        "path": room.path("webhooks"),
        "kinds": published().map(|kind| json!({"name": kind.as_str(), "text": event(kind)})).collect::<Vec<_>>(),
        "typed": typed.chars().take(2000).collect::<String>(),
        "error": error,
    });
    room.page_as(status, "webhooks", Screen::Webhooks, view)
}
