//! The outbox.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::{mail, moment};
use crate::http::extract::Query;
use crate::store::message_records::{MessageFilter, MessageRecord};
use crate::store::messages::MessageState;
use crate::store::slice::Slice;

use super::{STATES, badge};

/// How many are shown at once.
const PAGE: u64 = 50;

/// Which messages.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct Wanted {
    state: Option<String>,
    skip: Option<u64>,
}

/// `GET …/messages`.
pub(in crate::http::console) async fn show(room: Room, Query(wanted): Query<Wanted>) -> Result<HttpResponse, Stop> {
    let state = wanted.state.as_deref().and_then(MessageState::parse);
    let skip = wanted.skip.unwrap_or_default().min(10_000);
    let filter = MessageFilter { state, ..MessageFilter::default() };
    let slice = Slice { skip, count: PAGE, descending: true };
    let (total, found) = room.engine().page_messages(&room.scope, filter, &[], slice).await?;
    let path = room.path("messages");
    let tab = |name: &str, title: &str, current: bool| {
        let href = if name.is_empty() { path.clone() } else { format!("{path}?state={name}") };
        json!({"href": href, "title": title, "current": current})
    };
    let mut tabs = vec![tab("", "All", state.is_none())];
    tabs.extend(STATES.iter().map(|(one, title)| tab(one.as_str(), title, state == Some(*one))));
    let next = skip + PAGE;
    let kept = state.map(|state| format!("&state={}", state.as_str())).unwrap_or_default();
    let view = json!({
        "title": "Messages",
        "tabs": tabs,
        "messages": found.iter().map(|record| line(&room, record)).collect::<Vec<_>>(),
        "total": total,
        "all": state.is_none(),
        "earlier": (next < total).then(|| format!("{path}?skip={next}{kept}")),
        "suppressions": room.path("suppressions"),
    });
    room.page("messages", Screen::Messages, view)
}

fn line(room: &Room, record: &MessageRecord) -> Value {
    let message = &record.message;
    let (state, tone) = badge(record.state);
    json!({
        "href": room.path(&format!("messages/{}", message.id)),
        "to": super::recipient(record),
        "what": mail(message.kind.as_str()),
        "state": state,
        "tone": tone,
        "attempts": message.attempts,
        "answer": record.answer.as_deref().filter(|_| record.state != MessageState::Sent),
        "when": moment(message.created_at, room.now),
    })
}
