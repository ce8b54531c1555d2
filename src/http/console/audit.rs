//! The audit logs: of one application, and of what is above all of them. Each
//! can be taken along whole, and checked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::access::Scope;
use crate::domain::audit::{Break, Chain, Linked};
use crate::domain::clock::Timestamp;
use crate::http::audit_export::stream;
use crate::http::extract::Query;
use crate::store::audit;
use crate::workflows::audit::Verification;
use crate::workflows::{Engine, Failure};

use super::act::{Act, Nothing};
use super::desk::Desk;
use super::menu::Screen;
use super::names;
use super::room::Room;
use super::stop::Stop;
use super::words::{act, count, moment};

/// How many entries a page shows.
const PAGE: i64 = 50;

/// Which part of the log.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    before: Option<i64>,
}

/// `GET …/audit`.
pub(super) async fn show(room: Room, Query(part): Query<Part>) -> Result<HttpResponse, Stop> {
    of_application(&room, part.before, None).await
}

/// `GET /console/audit`: who signed in, who was invited, what was done above
/// all applications.
pub(super) async fn above(desk: Desk, Query(part): Query<Part>) -> Result<HttpResponse, Stop> {
    of_operators(&desk, part.before, None).await
}

/// `POST …/audit/verify`: reads the whole log, so only for a form of ours.
pub(super) async fn verify(act: Act<Nothing>) -> Result<HttpResponse, Stop> {
    let room = Room::at(act.into_desk()).await?;
    let found = room.engine().verify_audit(Chain::Application(room.application.id)).await.map_err(Failure::from)?;
    of_application(&room, None, Some(&found)).await
}

/// `POST /console/audit/verify`.
pub(super) async fn verify_above(act: Act<Nothing>) -> Result<HttpResponse, Stop> {
    let desk = act.into_desk();
    let found = desk.engine().verify_audit(Chain::Operators).await.map_err(Failure::from)?;
    of_operators(&desk, None, Some(&found)).await
}

/// `GET …/audit/export`.
pub(super) async fn export(room: Room) -> Result<HttpResponse, Stop> {
    let name = format!("audit-log-{}.ndjson", room.application.id);
    download(stream(Chain::Application(room.application.id), room.lobby.engine.clone()).await?, &name)
}

/// `GET /console/audit/export`.
pub(super) async fn export_above(desk: Desk) -> Result<HttpResponse, Stop> {
    download(stream(Chain::Operators, desk.lobby.engine.clone()).await?, "audit-log-operators.ndjson")
}

/// Makes an answer a file.
fn download(mut answer: HttpResponse, name: &str) -> Result<HttpResponse, Stop> {
    let value = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(crate::http::problem::Problem::internal)?;
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    Ok(answer)
}

async fn of_application(room: &Room, before: Option<i64>, found: Option<&Verification>) -> Result<HttpResponse, Stop> {
    let entries = read(room.engine(), Chain::Application(room.application.id), before).await?;
    let scope = Some(&room.scope);
    let view = view(room.engine(), scope, entries, room.now, &room.path("audit"), found).await?;
    room.page("audit", Screen::Audit, view)
}

async fn of_operators(desk: &Desk, before: Option<i64>, found: Option<&Verification>) -> Result<HttpResponse, Stop> {
    let entries = read(desk.engine(), Chain::Operators, before).await?;
    let view = view(desk.engine(), None, entries, desk.now, "/console/audit", found).await?;
    desk.page(StatusCode::OK, "audit", view)
}

/// What came of checking a log, in words.
fn outcome(found: &Verification) -> Value {
    let number = count(u64::try_from(found.entries).unwrap_or_default(), "entry").replace("entrys", "entries");
    let text = match found.broken {
        None if found.entries == 0 => "There is nothing to check yet.".to_owned(),
        None => format!("The log is whole: {number}, each as it was written and none taken away between."),
        Some(Break::Missing(at)) => {
            format!("The log was tampered with: entry {at} is missing, or another one was put in its place.")
        }
        Some(Break::Changed(at)) => {
            format!("The log was tampered with: entry {at} is not what was written. What came before it holds.")
        }
        Some(Break::End(at)) => {
            format!("The log was tampered with: it should end with entry {at}, and it does not.")
        }
    };
    json!({
        "good": found.broken.is_none(),
        "text": text,
        "position": found.last.position,
        "hash": (found.entries > 0).then(|| found.last.hash_text()),
    })
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
    verification: Option<&Verification>,
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
        "verify": format!("{path}/verify"),
        "export": format!("{path}/export"),
        "outcome": verification.map(outcome),
        "earlier": earlier.map(|position| format!("{path}?before={position}")),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Link;

    #[test]
    fn what_came_of_a_check_is_said_in_words() {
        let said = |entries, broken| {
            let found = Verification { entries, last: Link { position: entries, ..Link::START }, broken };
            outcome(&found)["text"].as_str().unwrap().to_owned()
        };
        assert!(said(0, None).contains("nothing to check"));
        assert!(said(1, None).contains("whole: 1 entry,"));
        assert!(said(7, None).contains("whole: 7 entries,"));
        assert!(said(7, Some(Break::Changed(3))).contains("entry 3 is not what was written"));
        assert!(said(7, Some(Break::Missing(3))).contains("entry 3 is missing"));
        assert!(said(7, Some(Break::End(9))).contains("should end with entry 9"));
    }
}
