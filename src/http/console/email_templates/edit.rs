//! Writing one template.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::template::{Level, Mark, Part, Slot, TemplateParts};
use crate::http::console::act::WideAct;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::http::extract::Query;
use crate::http::middleware::CONTENT_SECURITY_POLICY;
use crate::http::problem::Problem;
use crate::mail::render::Entry;
use crate::workflows::email_templates::Effective;

use super::list::Whose;
use super::{Said, language, marks, path, purpose, said, slot, stop, tag, typed};

/// `GET …/email-templates/{kind}/{locale}`.
pub(in crate::http::console) async fn show(
    room: Room,
    request: HttpRequest,
    Query(whose): Query<Whose>,
) -> Result<HttpResponse, Stop> {
    let slot = slot(&room, &request, whose.tenant())?;
    page(&room, &slot, StatusCode::OK, None, Remarks::default()).await
}

/// What is to be said above the fields.
#[derive(Default)]
pub(super) struct Remarks {
    /// What is wrong.
    pub error: Option<String>,
    /// Whether somebody else was here meanwhile, and what they wrote is not shown.
    pub is_stale: bool,
    /// What is well.
    pub good: Option<String>,
    /// With their places.
    pub marks: Vec<Mark>,
}

impl Remarks {
    /// Of something that was not done.
    pub(super) fn of(said: Said) -> Self {
        match said {
            Said::Words(words) => Self { error: Some(words), ..Self::default() },
            Said::Stale(words) => Self { error: Some(words), is_stale: true, ..Self::default() },
            Said::Marks(marks) => Self {
                error: Some("Something is wrong with it. Nothing was sent or published.".to_owned()),
                marks,
                ..Self::default()
            },
        }
    }
}

/// `POST …/email-templates/{kind}/{locale}`: saves the draft.
pub(in crate::http::console) async fn save(
    act: WideAct<BTreeMap<String, String>>,
    request: HttpRequest,
) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let slot = slot(&room, &request, form.get("tenant").map(String::as_str))?;
    let parts = own_parts(&room, &slot, &form).await?;
    let seen = form.get("version").and_then(|version| version.parse().ok());
    match room.engine().save_draft(&room.authority(), &slot, parts, seen).await {
        Ok(_) => room.go_saying(&path(&slot, ""), Flash::DraftSaved),
        Err(error) => {
            let remarks = Remarks::of(said(error)?);
            page(&room, &slot, StatusCode::UNPROCESSABLE_ENTITY, Some(&form), remarks).await
        }
    }
}

/// What a form sets of its own: a field that says what counts anyway sets
/// nothing, so that it goes on following the level above.
pub(super) async fn own_parts(
    room: &Room,
    slot: &Slot,
    form: &BTreeMap<String, String>,
) -> Result<TemplateParts, Stop> {
    let effective = room.engine().effective(&room.scope, slot).await.map_err(stop)?;
    let mut parts = typed(slot, form);
    for part in slot.kind.parts() {
        let counts = effective.parts.iter().find(|found| found.part == *part);
        let same = counts.is_some_and(|found| parts.source(*part) == Some(found.source.trim_end()));
        let same = same || counts.is_some_and(|found| parts.source(*part) == Some(found.source.as_str()));
        if same && !is_set_here(&effective, *part) {
            forget(&mut parts, *part);
        }
    }
    Ok(parts)
}

/// Whether this very template sets a part, in its draft or as published.
fn is_set_here(effective: &Effective, part: Part) -> bool {
    effective.own.as_ref().is_some_and(|own| {
        let drafted = own.draft.as_ref().is_some_and(|draft| draft.parts.source(part).is_some());
        drafted || own.published_parts.contains(&part)
    })
}

fn forget(parts: &mut TemplateParts, part: Part) {
    match part {
        Part::Subject => parts.subject = None,
        Part::Preheader => parts.preheader = None,
        Part::Text => parts.text = None,
        Part::Html => (parts.html, parts.mjml) = (None, None),
        Part::Layout => parts.layout = None,
    }
}

/// The page, with what was typed and what there is to say about it.
pub(super) async fn page(
    room: &Room,
    slot: &Slot,
    status: StatusCode,
    form: Option<&BTreeMap<String, String>>,
    remarks: Remarks,
) -> Result<HttpResponse, Stop> {
    let effective = room.engine().effective(&room.scope, slot).await.map_err(stop)?;
    let own = effective.own.as_ref();
    let draft = own.and_then(|own| own.draft.as_ref());
    let fields: Vec<_> = slot.kind.parts().iter().map(|part| field(&effective, *part, form)).collect();
    let (title, hint) = purpose(slot.kind);
    let sources: Vec<&str> = fields.iter().filter_map(|field| field.get("value")?.as_str()).collect();
    let glossary = room.engine().glossary(&room.scope, slot, &sources).await.map_err(stop)?;
    let whose = if slot.tenant.is_some() { "of this tenant" } else { "of the whole application" };
    let view = json!({
        "title": title,
        "hint": hint,
        "language": language(&slot.reach),
        "whose": whose,
        "tenant": slot.tenant,
        "names": entries(&glossary.names),
        "sentences": entries(&glossary.sentences),
        "names_count": glossary.names.len(),
        "sentences_count": glossary.sentences.len(),
        "condition": "{{#if user.givenName}} … {{else}} … {{/if}}",
        "fields": fields,
        "version": own.map_or(0, |own| own.version),
        "published": own.and_then(|own| own.published),
        "draft": draft.map(|draft| json!({
            "who": draft.author.name.as_deref().unwrap_or("Somebody"),
            "when": moment(draft.saved_at, room.now),
        })),
        "marks": marks(&remarks.marks),
        "error": remarks.error,
        "theirs": remarks.is_stale.then(|| room.path(&path(slot, ""))),
        "good": remarks.good,
        "path": room.path(&path(slot, "")),
        "preview": room.path(&path(slot, "/preview")),
        "check": room.path(&path(slot, "/check")),
        "publish": room.path(&path(slot, "/publish")),
        "test": room.path(&path(slot, "/test")),
        "history": room.path(&path(slot, "/history")),
        "back": room.path("email-templates"),
        "to": room.operator.email,
        "tag": tag(&slot.reach),
    });
    let mut answer = room.page_as(status, "email-template", Screen::EmailTemplates, view)?;
    // The preview is a frame of our own, which has a policy of its own.
    let policy = format!("{CONTENT_SECURITY_POLICY}; frame-src 'self'");
    let policy = HeaderValue::from_str(&policy).map_err(Problem::internal)?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

fn entries(entries: &[Entry]) -> Vec<Value> {
    entries.iter().map(|entry| json!({ "tag": entry.tag, "becomes": entry.becomes })).collect()
}

/// One part: what was typed, what the draft says, or what counts.
fn field(effective: &Effective, part: Part, form: Option<&BTreeMap<String, String>>) -> Value {
    let counts = effective.parts.iter().find(|found| found.part == part);
    let draft = effective.own.as_ref().and_then(|own| own.draft.as_ref());
    let drafted = draft.and_then(|draft| draft.parts.source(part)).map(str::to_owned);
    let value = form.map(|form| form.get(part.as_str()).cloned().unwrap_or_default());
    let value = value.or(drafted).or_else(|| counts.map(|found| found.source.clone())).unwrap_or_default();
    let (label, hint, rows) = match part {
        Part::Subject => ("Subject", "One line.", 2),
        Part::Preheader => ("Preheader", "What an inbox shows beside the subject. One line.", 2),
        Part::Text => ("Text", "For whoever reads no HTML.", 14),
        Part::Html => ("HTML", "What stands in the layout. It may be MJML.", 18),
        Part::Layout => ("Layout", "The HTML document around every mail.", 24),
    };
    let from = match counts.map(|found| found.found.level) {
        Some(Level::Tenant) => "this tenant",
        Some(Level::Application) => "the application",
        Some(Level::BuiltIn) | None => "rekey",
    };
    json!({
        "name": part.as_str(), "label": label, "hint": hint, "rows": rows, "value": value,
        "own": is_set_here(effective, part), "from": from, "code": part.is_html(),
    })
}
