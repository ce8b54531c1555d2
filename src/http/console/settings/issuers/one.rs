//! One issuer: who it is, where its keys are, and whose tokens act as which
//! account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::Failure;

use super::form::{self, Typed, Wrong};
use super::{PAGE, accounts, list, place};

/// Which of the page's two forms something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The issuer itself.
    Issuer,
    /// A new rule.
    Mapping,
}

/// `GET …/settings/issuers/{issuer}`.
pub(in crate::http::console) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let at = place(&request, "issuer")?;
    page(&room, at, StatusCode::OK, (About::Issuer, None), &Wrong::new()).await
}

/// The page, with what was typed into one of its forms and what is wrong with
/// it. Where the issuer is gone, the list says so.
pub(super) async fn page(
    room: &Room,
    at: usize,
    status: StatusCode,
    (about, typed): (About, Option<&Typed>),
    wrong: &Wrong,
) -> Result<HttpResponse, Stop> {
    let set = room.engine().issuers(&room.scope).await.map_err(Failure::from)?;
    let Some(issuer) = set.issuers.get(at) else {
        return if wrong.is_empty() {
            Err(Stop::nothing())
        } else {
            list::page(room, status, &Typed::new(), wrong).await
        };
    };
    let accounts = accounts(room).await?;
    let (nothing, mut filled) = (Wrong::new(), form::typed(issuer));
    filled.extend(typed.cloned().unwrap_or_default());
    let (own, added) = if about == About::Issuer { (wrong, &nothing) } else { (&nothing, wrong) };
    let path = room.path(&format!("{PAGE}/{at}"));
    let mappings: Vec<_> = issuer
        .mappings
        .iter()
        .enumerate()
        .map(|(nth, mapping)| {
            let id = mapping.service_account.to_string();
            let name = accounts.iter().find(|(known, _)| *known == id).map_or(&id, |(_, name)| name);
            json!({"claim": mapping.claim, "value": mapping.value, "account": name,
                "href": room.path(&format!("service-accounts/{id}")), "path": format!("{path}/mappings/{nth}/remove")})
        })
        .collect();
    let chosen = filled.get("account").cloned().unwrap_or_default();
    let choices: Vec<Value> =
        accounts.iter().map(|(id, name)| json!({"id": id, "name": name, "chosen": *id == chosen})).collect();
    let view = json!({
        "title": issuer.issuer, "audience": issuer.audience, "back": room.path(PAGE), "path": path,
        "version": set.version.map_or(0, |version| version.version), "mappings": mappings, "accounts": choices,
        "only": mappings.len() == 1, "own": form::view(&filled, own, false), "added": form::view(&filled, added, true),
        "error": form::beside(wrong, about == About::Mapping),
    });
    room.page_as(status, "issuer", Screen::Settings, view)
}
