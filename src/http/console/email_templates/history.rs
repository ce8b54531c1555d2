//! The versions of a template: what changed, by whom, and back to one of them.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::console::act::Act;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::http::extract::Query;
use crate::store::slice::Slice;
use crate::workflows::email_templates::NewVersion;

use super::list::Whose;
use super::{language, path, purpose, slot, stop};

/// How many versions are shown.
const MOST: u64 = 30;

/// `GET …/email-templates/{kind}/{locale}/history`.
pub(in crate::http::console) async fn show(
    room: Room,
    request: HttpRequest,
    Query(whose): Query<Whose>,
) -> Result<HttpResponse, Stop> {
    let slot = slot(&room, &request, whose.tenant())?;
    room.engine().tenancy(&room.scope, slot.tenant).await?;
    let template = room.engine().template(&room.scope, &slot).await.map_err(stop)?;
    let current = template.as_ref().and_then(|template| template.published);
    let slice = Slice { skip: 0, count: MOST, descending: true };
    let (total, versions) = room.engine().versions(&slot, &[], slice).await.map_err(stop)?;
    let versions: Vec<_> = versions
        .iter()
        .map(|version| {
            json!({
                "number": version.number,
                "current": current == Some(version.number),
                "who": version.author.name.as_deref().unwrap_or("Somebody"),
                "when": moment(version.created_at, room.now),
                "note": version.note,
                "restores": version.restores,
                "lines": lines(&version.diff),
            })
        })
        .collect();
    let view = json!({
        "title": format!("History of “{}”", purpose(slot.kind).0),
        "language": language(&slot.reach),
        "versions": versions,
        "full": total > MOST,
        "most": MOST,
        "tenant": slot.tenant,
        "back": room.path(&path(&slot, "")),
        "path": room.path(&path(&slot, "/history")),
    });
    room.page("email-template-history", Screen::EmailTemplates, view)
}

/// A diff line by line, with what became of each.
fn lines(diff: &str) -> Vec<Value> {
    // Whether a part ends with a line break is of no interest here.
    diff.lines()
        .filter(|line| !line.starts_with('\\'))
        .map(|line| {
            let what = match line.as_bytes().first() {
                // The names of the part, before and after.
                _ if line.starts_with("--- ") || line.starts_with("+++ ") => "place",
                Some(b'+') => "new",
                Some(b'-') => "gone",
                Some(b'@') => "place",
                _ => "same",
            };
            json!({"what": what, "text": line})
        })
        .collect()
}

/// Back to which one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Back {
    number: String,
    tenant: String,
}

/// `POST …/email-templates/{kind}/{locale}/history`: publishes an earlier
/// version once more.
pub(in crate::http::console) async fn roll_back(act: Act<Back>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let slot = slot(&room, &request, Some(&form.tenant))?;
    room.confirmed(&room.path(&path(&slot, "/history")))?;
    let number = form.number.parse().map_err(|_| Stop::nothing())?;
    let new = NewVersion { note: None, seen: None };
    room.engine().roll_back(&room.authority(), &slot, number, new).await.map_err(stop)?;
    room.go_saying(&path(&slot, ""), Flash::RolledBack)
}
