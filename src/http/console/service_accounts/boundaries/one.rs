//! One of them: what it says, and its end.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::domain::ids::BoundaryId;
use crate::http::console::act::Act;
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::service_accounts::Seen;
use crate::http::console::service_accounts::places::names;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::workflows::Failure;
use crate::workflows::permission_boundaries::BoundaryChange;
use crate::workflows::service_accounts::Manager;

use super::{Described, PAGE, Wrong, fields};

fn named(request: &HttpRequest) -> Result<BoundaryId, Stop> {
    request.match_info().get("boundary").and_then(|id| id.parse().ok()).ok_or_else(Stop::nothing)
}

fn here(id: BoundaryId) -> String {
    format!("{PAGE}/{id}")
}

/// `GET …/permission-boundaries/{boundary}`.
pub(in crate::http::console) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    page(&room, named(&request)?, StatusCode::OK, None, &Wrong::new(), None).await
}

/// `POST …/permission-boundaries/{boundary}`: every grant that refers to it
/// changes with it, so it asks who it is.
pub(in crate::http::console) async fn change(act: Act<Described>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, typed) = act.into_parts();
    let (room, id) = (Room::at(desk).await?, named(&request)?);
    room.confirmed(&room.path(&here(id)))?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let (name, boundary) = match typed.read(&room).await? {
        Ok(read) => read,
        Err(wrong) => return page(&room, id, refused, Some(&typed), &wrong, None).await,
    };
    let version = typed.version.parse().ok();
    let change = BoundaryChange { name: Some(name), boundary: Some(boundary), version };
    match room.engine().update_boundary(&room.authority(), Manager::Operator, id, change).await {
        Ok(_) => room.go_saying(&here(id), Flash::GrantsChanged),
        Err(stale @ Failure::Stale(_)) => {
            page(&room, id, StatusCode::CONFLICT, None, &Wrong::new(), failure::words(&stale)).await
        }
        Err(other) => match failure::words(&other) {
            Some(said) => page(&room, id, refused, Some(&typed), &Wrong::new(), Some(said)).await,
            None => Err(other.into()),
        },
    }
}

/// `POST …/permission-boundaries/{boundary}/delete`.
pub(in crate::http::console) async fn delete(act: Act<Seen>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, seen) = act.into_parts();
    let (room, id) = (Room::at(desk).await?, named(&request)?);
    match room.engine().delete_boundary(&room.authority(), id, seen.version.parse().ok()).await {
        Ok(()) => room.go_saying(PAGE, Flash::Deleted),
        Err(other) => match failure::words(&other) {
            Some(said) => page(&room, id, StatusCode::CONFLICT, None, &Wrong::new(), Some(said)).await,
            None => Err(other.into()),
        },
    }
}

async fn page(
    room: &Room,
    id: BoundaryId,
    status: StatusCode,
    typed: Option<&Described>,
    wrong: &Wrong,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let found = room.engine().get_boundary(&room.scope, id).await?;
    let known = Described::of(&found.it.name, &found.it.boundary, &names(room).await?);
    let view = json!({
        "title": found.it.name, "back": room.path(PAGE), "path": room.path(&here(id)), "version": found.version,
        "made": moment(found.created_at, room.now), "changed": moment(found.updated_at, room.now),
        "form": fields(room, typed.unwrap_or(&known), wrong).await?, "any": !wrong.is_empty(), "error": error,
    });
    room.page_as(status, "boundary", Screen::ServiceAccounts, view)
}
