//! All of them, and a new one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use crate::http::console::act::Act;
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::service_accounts::words::holds;
use crate::http::console::service_accounts::{Tab, list, tabs};
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::store::permission_boundaries::BoundaryAttribute;
use crate::store::slice::Slice;

use super::{Described, PAGE, Wrong, fields};

/// How many are listed, and how much of what each says, in characters.
const MOST: u64 = 200;
const SAID: usize = 120;

/// `GET …/permission-boundaries`.
pub(in crate::http::console) async fn show(room: Room) -> Result<HttpResponse, Stop> {
    let blank = Described { place: "only".to_owned(), ..Described::default() };
    page(&room, StatusCode::OK, &blank, &Wrong::new(), None).await
}

/// `POST …/permission-boundaries`: gives nobody anything until a grant refers
/// to it.
pub(in crate::http::console) async fn create(act: Act<Described>) -> Result<HttpResponse, Stop> {
    let (desk, typed) = act.into_parts();
    let room = Room::at(desk).await?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let (name, boundary) = match typed.read(&room).await? {
        Ok(read) => read,
        Err(wrong) => return page(&room, refused, &typed, &wrong, None).await,
    };
    match room.engine().create_boundary(&room.authority(), name, boundary).await {
        Ok(_) => room.go_saying(PAGE, Flash::Created),
        Err(other) => match failure::words(&other) {
            Some(said) => page(&room, refused, &typed, &Wrong::new(), Some(said)).await,
            None => Err(other.into()),
        },
    }
}

async fn page(
    room: &Room,
    status: StatusCode,
    typed: &Described,
    wrong: &Wrong,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let slice = Slice { skip: 0, count: MOST, descending: false };
    let (total, found) = room.engine().page_boundaries(&room.scope, &[], BoundaryAttribute::Name, slice).await?;
    let names = list::tenants(room).await?;
    let boundaries: Vec<_> = found
        .iter()
        .map(|found| {
            let whole = holds(&found.it.boundary, &names);
            let more = if whole.chars().count() > SAID { "…" } else { "" };
            json!({
                "href": room.path(&format!("{PAGE}/{}", found.it.id)), "name": found.it.name,
                "holds": whole.chars().take(SAID).collect::<String>() + more,
                "changed": moment(found.updated_at, room.now),
            })
        })
        .collect();
    let view = json!({
        "title": "Service accounts", "which": "Accounts and boundaries", "tabs": tabs(room, Tab::Boundaries),
        "boundaries": boundaries, "total": total, "most": MOST, "full": total > MOST, "path": room.path(PAGE),
        "form": fields(room, typed, wrong).await?, "any": !wrong.is_empty(), "error": error,
    });
    room.page_as(status, "boundaries", Screen::ServiceAccounts, view)
}
