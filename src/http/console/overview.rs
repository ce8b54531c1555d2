//! `/console/applications/{application}/overview`: how it goes.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::clock::Timestamp;
use crate::http::extract::Query;
use crate::workflows::console::overview::{Overview, Range};

use super::chart;
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

/// Requested, sent, completed. The width of a bar is one of twenty classes:
/// nothing inline.
fn funnel(counted: &Overview) -> Vec<Value> {
    let began = counted.by_piece(&counted.resets, &[]).iter().sum::<i64>();
    let sent = Overview::total(&counted.reset_mails, &["sent"]);
    let completed = Overview::total(&counted.resets, &["completed"]);
    let width = |number: i64| if began == 0 { 0 } else { (number * 20 / began).clamp(i64::from(number > 0), 20) };
    vec![
        json!({"name": "Requested", "number": began, "share": "", "width": width(began),
            "hint": "Resets that began, for people who have an account"}),
        json!({"name": "Mail sent", "number": sent, "share": share(sent, began), "width": width(sent),
            "hint": "Links and codes that the mail server took"}),
        json!({"name": "Completed", "number": completed, "share": share(completed, began), "width": width(completed),
            "hint": "A new password was set"}),
    ]
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

fn series(counted: &Overview) -> (Vec<i64>, Vec<i64>) {
    let completed = counted.by_piece(&counted.resets, &["completed"]);
    let all = counted.by_piece(&counted.resets, &[]);
    let others = all.iter().zip(&completed).map(|(all, completed)| all - completed).collect();
    (completed, others)
}

fn span_ends(counted: &Overview) -> (String, String) {
    (date(counted.span.from), "now".to_owned())
}

fn resets_chart(counted: &Overview) -> Option<String> {
    let (completed, others) = series(counted);
    let (first, last) = span_ends(counted);
    chart::bars("Resets over time: completed below, the others above", &[completed, others], (&first, &last))
}

fn mails_chart(counted: &Overview) -> Option<String> {
    let sent = counted.by_piece(&counted.mails, &["sent"]);
    let waiting = counted.by_piece(&counted.mails, &["queued", "dropped"]);
    let dead = counted.by_piece(&counted.mails, &["dead"]);
    let (first, last) = span_ends(counted);
    chart::bars(
        "Mails over time: sent below, then waiting or dropped, failed on top",
        &[sent, waiting, dead],
        (&first, &last),
    )
}

/// The same numbers for whoever reads tables; pieces in which nothing happened
/// are left out.
fn rows(counted: &Overview) -> Vec<Value> {
    let all = counted.by_piece(&counted.resets, &[]);
    let completed = counted.by_piece(&counted.resets, &["completed"]);
    let sent = counted.by_piece(&counted.mails, &["sent"]);
    let dead = counted.by_piece(&counted.mails, &["dead"]);
    let numbers = all.iter().zip(completed).zip(sent).zip(dead).zip(0_i64..);
    numbers
        .filter(|((((all, _), sent), dead), _)| **all + sent + dead > 0)
        .map(|((((all, completed), sent), dead), piece)| {
            let at = counted.span.from.as_millis() + piece * counted.span.piece;
            let from = date(Timestamp::from_millis(at));
            json!({"from": from, "began": all, "completed": completed, "sent": sent, "dead": dead})
        })
        .collect()
}
