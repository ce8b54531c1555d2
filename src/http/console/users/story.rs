//! What happened to a user, from three sources in one order and in plain
//! words.

use serde_json::{Value, json};

use crate::domain::clock::Timestamp;
use crate::domain::event::Event;
use crate::http::console::names;
use crate::http::console::room::Room;
use crate::http::console::words::{act, event, mail, mail_state, moment, tone};
use crate::store::timeline::Mailed;
use crate::workflows::Failure;
use crate::workflows::console::timeline::Timeline;

/// How much of it a page shows.
const MOST: usize = 120;

/// Tells it, newest first.
pub(super) async fn tell(room: &Room, timeline: &Timeline) -> Result<Vec<Value>, Failure> {
    let names = names::of_actors(room.engine(), Some(&room.scope), &timeline.acts).await?;
    let acts = timeline.acts.iter().map(|linked| {
        let entry = &linked.entry;
        let who = names::said(&names, linked);
        let text = format!("{who}: {}", lower(&act(&entry.action)));
        (entry.created_at, line(room, entry.created_at, "act", &text, reason(&entry.details).as_deref()))
    });
    let events = timeline.events.iter().map(|happened| {
        let at = happened.created_at;
        (at, line(room, at, tone(happened.kind), event(happened.kind), detail(happened).as_deref()))
    });
    let mails = timeline.mails.iter().map(|sent| {
        let (state, tone) = mail_state(&sent.state);
        let text = format!("{}: {state}", mail(&sent.kind));
        let at = sent.finished_at.unwrap_or(sent.created_at);
        (at, line(room, at, tone, &text, provider(sent).as_deref()))
    });
    let mut all: Vec<(Timestamp, Value)> = acts.chain(events).chain(mails).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(all.into_iter().take(MOST).map(|(_, line)| line).collect())
}

fn line(room: &Room, at: Timestamp, tone: &str, text: &str, detail: Option<&str>) -> Value {
    json!({"when": moment(at, room.now), "tone": tone, "text": text, "detail": detail})
}

/// What the provider said, in its own words.
fn provider(sent: &Mailed) -> Option<String> {
    sent.answer.as_ref().filter(|answer| !answer.is_empty()).map(|answer| format!("The mail server said: {answer}"))
}

/// Where a sign-in or a session came from.
fn detail(happened: &Event) -> Option<String> {
    let of = |name: &str| happened.data.get(name)?.as_str().filter(|text| !text.is_empty());
    of("ip_address").map(|address| format!("From {address}"))
}

/// The reason that somebody gave for an act.
fn reason(details: &str) -> Option<String> {
    let details: Value = serde_json::from_str(details).ok()?;
    details.get("reason")?.as_str().map(|reason| format!("Reason: {reason}"))
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
