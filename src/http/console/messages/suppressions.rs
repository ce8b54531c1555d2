//! `…/suppressions`: addresses that get no mail for a while, because their
//! mail server said that it takes none.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use crate::domain::ids::SuppressionId;
use crate::http::console::act::{Act, Nothing};
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::http::extract::Query;
use crate::store::slice::Slice;

/// How many are shown.
const MOST: u64 = 100;

/// Whose.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct Wanted {
    find: Option<String>,
}

/// `GET …/suppressions`.
pub(in crate::http::console) async fn show(room: Room, Query(wanted): Query<Wanted>) -> Result<HttpResponse, Stop> {
    let find = wanted.find.unwrap_or_default();
    let asked = Some(find.trim()).filter(|text| !text.is_empty());
    let slice = Slice { skip: 0, count: MOST, descending: true };
    let (total, found) = room.engine().page_suppressions(&room.scope, asked, &[], slice).await?;
    let found: Vec<_> = found
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "address": one.shown,
                "answer": one.answer,
                "since": moment(one.created_at, room.now),
                "ends": moment(one.expires_at, room.now),
                "message": room.path(&format!("messages/{}", one.message)),
            })
        })
        .collect();
    let view = json!({
        "title": "Addresses that get no mail",
        "suppressions": found, "total": total, "full": total > MOST, "most": MOST,
        "find": find.chars().take(254).collect::<String>(), "searched": asked.is_some(),
        "path": room.path("suppressions"), "back": room.path("messages"),
    });
    room.page("suppressions", Screen::Messages, view)
}

/// `POST …/suppressions/{suppression}/remove`.
pub(in crate::http::console) async fn remove(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let room = Room::at(act.into_desk()).await?;
    let named = request.match_info().get("suppression").and_then(|id| id.parse::<SuppressionId>().ok());
    room.engine().remove_suppression(&room.authority(), named.ok_or_else(Stop::nothing)?).await?;
    room.go_saying("suppressions", Flash::SuppressionRemoved)
}
