//! `/console/applications/{application}/overview`: how it goes.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::clock::Timestamp;
use crate::http::extract::Query;
use crate::workflows::console::overview::{Overview, Range};

use super::chart::{self, Tone};
use super::menu::Screen;
use super::room::Room;
use super::stop::Stop;
use super::words::{count, date};

/// How far back to look.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    range: Option<String>,
}

/// `GET …/overview`.
pub(super) async fn show(room: Room, Query(back): Query<Back>) -> Result<HttpResponse, Stop> {
    let range = back.range.as_deref().and_then(Range::parse).unwrap_or_default();
    let counted = room.engine().overview(&room.scope, range).await?;
    let ranges: Vec<_> = Range::ALL
        .iter()
        .map(|one| {
            let title = match one {
                Range::Day => "24 hours",
                Range::Week => "7 days",
                Range::Month => "30 days",
            };
            json!({"href": format!("{}?range={}", room.path("overview"), one.as_str()), "title": title, "current": *one == range})
        })
        .collect();
    let view = json!({
        "title": "Overview",
        "ranges": ranges,
        "funnel": funnel(&counted),
        "unseen": unseen(&counted),
        "ends": ends(&counted),
        "mail": mail(&counted),
        "hashing": hashing(&counted),
        "resets_chart": resets_chart(&counted),
        "mails_chart": mails_chart(&counted),
        "rows": rows(&counted),
        "quiet": counted.resets.is_empty() && counted.mails.is_empty(),
    });
    room.page("overview", Screen::Overview, view)
}

fn share(part: i64, whole: i64) -> String {
    if whole == 0 { String::new() } else { format!("{} %", (part * 100 + whole / 2) / whole) }
}

/// Requested, sent, opened, completed. The width of a bar is one of twenty
/// classes: nothing inline.
fn funnel(counted: &Overview) -> Vec<Value> {
    let began = counted.by_piece(&counted.resets, &[]).iter().sum::<i64>();
    let sent = Overview::total(&counted.reset_mails, &["sent"]);
    let opened = counted.by_piece(&counted.opened, &[]).iter().sum::<i64>();
    let completed = Overview::total(&counted.resets, &["completed"]);
    let width = |number: i64| if began == 0 { 0 } else { (number * 20 / began).clamp(i64::from(number > 0), 20) };
    let step = |name: &str, number: i64, hint: &str| json!({"name": name, "number": number, "share": share(number, began), "width": width(number), "hint": hint});
    vec![
        json!({"name": "Requested", "number": began, "share": "", "width": width(began),
            "hint": "Resets that began, for people who have an account"}),
        step("Mail sent", sent, "Links and codes that the mail server took"),
        step("Opened form", opened, "The page here asked for the new password"),
        step("Completed", completed, "A new password was set"),
    ]
}

/// What the funnel cannot see: an application that asks for the new password
/// itself completes resets whose form was never opened here.
fn unseen(counted: &Overview) -> Option<String> {
    let completed = Overview::total(&counted.resets, &["completed"]);
    let here = Overview::total(&counted.opened, &["completed"]);
    let elsewhere = u64::try_from(completed - here).ok().filter(|number| *number > 0)?;
    let which =
        if here == 0 { "All resets that were completed".to_owned() } else { count(elsewhere, "completed reset") };
    Some(format!(
        "{which} did not pass the form here: the application asked for the new password itself, through the API. \
         Such resets are missing from “Opened form”, whether or not they are completed."
    ))
}

/// How resets ended that did not end well, or have not ended yet.
fn ends(counted: &Overview) -> Vec<Value> {
    [
        ("pending", "Still open, or nobody used them in time"),
        ("expired", "Not used in time"),
        ("superseded", "Replaced by a newer request"),
        ("exhausted", "Too many wrong codes"),
        ("cancelled", "Cancelled, or the account changed"),
    ]
    .iter()
    .map(|(state, text)| (text, Overview::total(&counted.resets, &[state])))
    .filter(|(_, number)| *number > 0)
    .map(|(text, number)| json!({"text": text, "number": number}))
    .collect()
}

fn mail(counted: &Overview) -> Value {
    let of = |state: &str| Overview::total(&counted.mails, &[state]);
    let (dead, waiting) = (of("dead"), counted.backlog.0);
    let minutes = counted.oldest_wait().as_secs() / 60;
    let (tone, says) = match (dead, minutes) {
        (0, 0..5) => ("good", "Mail leaves as it should.".to_owned()),
        (0, _) => ("bad", format!("Mail is slow: the oldest has waited {}.", count(minutes, "minute"))),
        (_, _) => ("bad", format!("{} could not be sent.", count(dead.unsigned_abs(), "mail"))),
    };
    json!({"tone": tone, "says": says, "sent": of("sent"), "dead": dead, "dropped": of("dropped"), "waiting": waiting})
}

fn hashing(counted: &Overview) -> Value {
    let stats = counted.hashing;
    let each = u32::try_from(stats.hashes).ok().filter(|hashes| *hashes > 0).map(|hashes| stats.waited / hashes);
    let (tone, says) = if stats.refused > 0 {
        (
            "bad",
            format!(
                "{} refused since the start because the queue was full.",
                count(stats.refused, "hash").replace("hashs", "hashes")
            ),
        )
    } else if stats.depth > stats.threads {
        ("bad", "Password hashes are waiting.".to_owned())
    } else {
        ("good", "Passwords are hashed without waiting.".to_owned())
    };
    json!({
        "tone": tone, "says": says, "threads": stats.threads, "busy": stats.busy, "depth": stats.depth,
        "hashes": stats.hashes, "wait": format!("{} ms", each.unwrap_or_default().as_millis()),
    })
}

/// Resets by piece, none of them twice: completed, only opened, and the rest.
fn series(counted: &Overview) -> [Vec<i64>; 3] {
    let all = counted.by_piece(&counted.resets, &[]);
    let completed = counted.by_piece(&counted.resets, &["completed"]);
    let opened = counted.by_piece(&counted.opened, &[]);
    let through = counted.by_piece(&counted.opened, &["completed"]);
    let only: Vec<i64> = opened.iter().zip(&through).map(|(opened, through)| opened - through).collect();
    let rest = all.iter().zip(&completed).zip(&only).map(|((all, completed), only)| all - completed - only).collect();
    [completed, only, rest]
}

fn span_ends(counted: &Overview) -> (String, String) {
    (date(counted.span.from), "now".to_owned())
}

fn resets_chart(counted: &Overview) -> Option<String> {
    let [completed, only_opened, rest] = series(counted);
    let (first, last) = span_ends(counted);
    chart::bars(
        "Resets over time: completed below, then those whose form was only opened, the others on top",
        &[(Tone::Good, completed), (Tone::Middling, only_opened), (Tone::Pale, rest)],
        (&first, &last),
    )
}

fn mails_chart(counted: &Overview) -> Option<String> {
    let sent = counted.by_piece(&counted.mails, &["sent"]);
    let waiting = counted.by_piece(&counted.mails, &["queued", "dropped"]);
    let dead = counted.by_piece(&counted.mails, &["dead"]);
    let (first, last) = span_ends(counted);
    chart::bars(
        "Mails over time: sent below, then waiting or dropped, failed on top",
        &[(Tone::Good, sent), (Tone::Pale, waiting), (Tone::Bad, dead)],
        (&first, &last),
    )
}

/// The same numbers for whoever reads tables; pieces in which nothing happened
/// are left out.
fn rows(counted: &Overview) -> Vec<Value> {
    let columns = [
        ("began", counted.by_piece(&counted.resets, &[])),
        ("opened", counted.by_piece(&counted.opened, &[])),
        ("completed", counted.by_piece(&counted.resets, &["completed"])),
        ("sent", counted.by_piece(&counted.mails, &["sent"])),
        ("dead", counted.by_piece(&counted.mails, &["dead"])),
    ];
    let row = |(piece, at): (usize, i64)| {
        let numbers = columns.iter().map(|(name, numbers)| (*name, numbers.get(piece).copied().unwrap_or_default()));
        let mut row: Map<String, Value> = numbers.map(|(name, number)| (name.to_owned(), number.into())).collect();
        let happened = row.values().any(|number| *number != 0);
        row.insert("from".to_owned(), date(Timestamp::from_millis(at)).into());
        happened.then_some(Value::Object(row))
    };
    let starts = (0..counted.span.pieces).map(|piece| counted.span.from.as_millis() + piece * counted.span.piece);
    starts.enumerate().filter_map(row).collect()
}
