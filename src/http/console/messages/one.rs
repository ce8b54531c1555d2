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
