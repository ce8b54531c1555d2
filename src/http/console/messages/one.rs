//! One message: every attempt in the provider's own words, and sending it once
//! more.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::ids::MessageId;
use crate::http::console::act::{Act, Nothing};
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::{mail, moment};
use crate::store::message_attempts::{Attempt, AttemptOutcome};
use crate::store::message_records::MessageRecord;
use crate::store::messages::MessageState;
use crate::workflows::Failure;

use super::badge;

fn named(request: &HttpRequest) -> Result<MessageId, Stop> {
    request.match_info().get("message").and_then(|id| id.parse().ok()).ok_or_else(Stop::nothing)
}

/// `GET …/messages/{message}`.
pub(in crate::http::console) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    page(&room, named(&request)?, StatusCode::OK, None).await
}

/// `POST …/messages/{message}/replay`.
pub(in crate::http::console) async fn replay(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, id) = (Room::at(act.into_desk()).await?, named(&request)?);
    match room.engine().replay_message(&room.authority(), id).await {
        Ok(_) => room.go_saying(&format!("messages/{id}"), Flash::MailReplayed),
        Err(refused @ Failure::Replay(_)) => page(&room, id, StatusCode::CONFLICT, failure::words(&refused)).await,
        Err(other) => Err(other.into()),
    }
}

async fn page(room: &Room, id: MessageId, status: StatusCode, error: Option<String>) -> Result<HttpResponse, Stop> {
    let (record, attempts) = room.engine().get_message(&room.scope, id).await?;
    let message = &record.message;
    let (state, tone) = badge(record.state);
    let waits = record.state == MessageState::Queued;
    let view = json!({
        "title": mail(message.kind.as_str()),
        "id": message.id,
        "state": state,
        "tone": tone,
        "answer": record.answer,
        "to": super::recipient(&record),
        "language": language(&record),
        "parts": parts(&record),
        "user": message.user.map(|user| room.path(&format!("users/{user}"))),
        "queued": moment(message.created_at, room.now),
        "next": if waits { moment(record.run_at, room.now) } else { Value::Null },
        "ended": record.finished_at.map_or(Value::Null, |at| moment(at, room.now)),
        "attempts": attempts.iter().map(|attempt| line(room, attempt)).collect::<Vec<_>>(),
        "again": matches!(record.state, MessageState::Dead | MessageState::Suppressed),
        "path": room.path(&format!("messages/{id}")),
        "back": room.path("messages"),
        "error": error,
    });
    room.page_as(status, "message", Screen::Messages, view)
}

/// The language of a message and who wished it; the one asked for until it is
/// written.
fn language(record: &MessageRecord) -> Option<String> {
    let Some(used) = &record.template else {
        return record.message.locale.as_ref().map(|locale| format!("{locale}, as asked for"));
    };
    Some(format!("{}, {}", used["locale"].as_str()?, because(used["because"].as_str()?)))
}

/// What each part of a message was written from, and why.
fn parts(record: &MessageRecord) -> Vec<Value> {
    let parts = record.template.as_ref().and_then(|used| used["parts"].as_object());
    let part = |(name, part): (&String, &Value)| {
        let level = match part["level"].as_str() {
            Some("TENANT") => "of the tenant",
            Some("APPLICATION") => "of the application",
            _ => "as it comes",
        };
        let version = part["version"].as_i64().map(|number| format!(", version {number}")).unwrap_or_default();
        let locale = part["locale"].as_str().map(|locale| format!(", in {locale}")).unwrap_or_default();
        let why = part["because"].as_str().map(|why| format!(" ({})", because(why))).unwrap_or_default();
        json!({"name": name, "text": format!("{level}{version}{locale}{why}")})
    };
    parts.into_iter().flatten().map(part).collect()
}

/// Why a language was chosen, by its stored name.
fn because(why: &str) -> String {
    match why.to_lowercase().as_str() {
        "request" => "as asked for".to_owned(),
        "user" => "the user's language".to_owned(),
        "tenant" => "the tenant's language".to_owned(),
        "application" => "the application's language".to_owned(),
        "default" => "as nothing else was wished".to_owned(),
        other => other.replace('_', " "),
    }
}

fn line(room: &Room, attempt: &Attempt) -> Value {
    let good = attempt.outcome == AttemptOutcome::Accepted;
    json!({
        "tone": if good { "good" } else { "bad" },
        "transport": attempt.transport,
        "stage": attempt.stage,
        "code": attempt.code,
        "answer": attempt.answer,
        "took": attempt.took,
        "when": moment(attempt.created_at, room.now),
    })
}
