//! The audit logs: of one application, and of what is above all of them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::access::Scope;
use crate::domain::audit::{Chain, Linked};
use crate::domain::clock::Timestamp;
use crate::http::extract::Query;
use crate::store::audit;
use crate::workflows::{Engine, Failure};

use super::desk::Desk;
use super::menu::Screen;
use super::names;
use super::room::Room;
use super::stop::Stop;
use super::words::{act, moment};

/// How many entries a page shows.
const PAGE: i64 = 50;

/// Which part of the log.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    before: Option<i64>,
}

/// `GET …/audit`.
pub(super) async fn show(room: Room, Query(part): Query<Part>) -> Result<HttpResponse, Stop> {
    let chain = Chain::Application(room.application.id);
    let found = read(room.engine(), chain, part.before).await?;
    let view = view(room.engine(), Some(&room.scope), found, room.now, &room.path("audit")).await?;
    room.page("audit", Screen::Audit, view)
}

/// `GET /console/audit`: who signed in, who was invited, what was done above
/// all applications.
pub(super) async fn above(desk: Desk, Query(part): Query<Part>) -> Result<HttpResponse, Stop> {
    let found = read(desk.engine(), Chain::Operators, part.before).await?;
    let view = view(desk.engine(), None, found, desk.now, "/console/audit").await?;
    desk.page(StatusCode::OK, "audit", view)
}

/// The entries before a position, newest first.
async fn read(engine: &Engine, chain: Chain, before: Option<i64>) -> Result<Vec<Linked>, Failure> {
    let reader = engine.database.read();
    let Some(ends) = audit::ends(reader, chain).await? else { return Ok(Vec::new()) };
    let last = before.map_or(ends.last.position, |before| before.saturating_sub(1)).min(ends.last.position);
    let mut found = audit::following(reader, chain, last.saturating_sub(PAGE), last).await?;
    found.reverse();
    Ok(found)
}

async fn view(
    engine: &Engine,
    scope: Option<&Scope>,
    found: Vec<Linked>,
    now: Timestamp,
    path: &str,
) -> Result<Value, Stop> {
    let names = names::of_actors(engine, scope, &found).await?;
    let earlier = found.last().map(|linked| linked.entry.position).filter(|position| *position > 1);
    let entries: Vec<Value> = found
        .iter()
        .map(|linked| {
            let entry = &linked.entry;
            let details = if entry.details == "{}" { None } else { Some(&entry.details) };
            json!({
                "when": moment(entry.created_at, now),
                "who": names::said(&names, linked),
                "what": act(&entry.action),
                "target": entry.target_id,
                "details": details,
                "network": entry.network,
                "position": entry.position,
            })
        })
        .collect();
    Ok(json!({
        "title": "Audit log",
        "entries": entries,
        "above": scope.is_none(),
        "earlier": earlier.map(|position| format!("{path}?before={position}")),
    }))
}
