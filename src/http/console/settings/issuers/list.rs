//! All issuers, and a new one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use crate::domain::issuer::Issuer;
use crate::http::console::act::WideAct;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::settings::{Tab, tabs};
use crate::http::console::stop::Stop;
use crate::http::console::words::count;
use crate::workflows::Failure;
use crate::workflows::authenticate_caller::Authenticator;

use super::form::{self, Typed, Wrong};
use super::{Edit, PAGE, Refused, accounts};

/// `GET …/settings/issuers`.
pub(in crate::http::console) async fn show(room: Room) -> Result<HttpResponse, Stop> {
    page(&room, StatusCode::OK, &Typed::new(), &Wrong::new()).await
}

/// `POST …/settings/issuers`.
pub(in crate::http::console) async fn create(
    act: WideAct<Typed>,
    authenticator: web::Data<Authenticator>,
) -> Result<HttpResponse, Stop> {
    let mut edit = Edit::begin(act, PAGE).await?;
    let new = match (form::mapping(&edit.typed), form::issuer(&edit.typed, Vec::new())) {
        (Ok(mapping), Ok(issuer)) => Issuer { mappings: vec![mapping], ..issuer },
        (mapping, issuer) => {
            let wrong: Wrong = [mapping.err(), issuer.err()].into_iter().flatten().flatten().collect();
            return page(&edit.room, StatusCode::UNPROCESSABLE_ENTITY, &edit.typed, &wrong).await;
        }
    };
    edit.issuers.push(new);
    match edit.put(&authenticator).await? {
        Ok(()) => edit.room.go_saying(PAGE, Flash::IssuersChanged),
        Err(Refused { status, wrong }) => page(&edit.room, status, &edit.typed, &wrong).await,
    }
}

/// The page, with what was typed and what is wrong with it.
pub(super) async fn page(room: &Room, status: StatusCode, typed: &Typed, wrong: &Wrong) -> Result<HttpResponse, Stop> {
    let set = room.engine().issuers(&room.scope).await.map_err(Failure::from)?;
    let issuers: Vec<_> = set
        .issuers
        .iter()
        .enumerate()
        .map(|(at, issuer)| {
            json!({
                "href": room.path(&format!("{PAGE}/{at}")),
                "issuer": issuer.issuer,
                "audience": issuer.audience,
                "accounts": count(issuer.mappings.len() as u64, "rule"),
            })
        })
        .collect();
    let chosen = typed.get("account").map(String::as_str).unwrap_or_default();
    let accounts: Vec<_> = accounts(room)
        .await?
        .into_iter()
        .map(|(id, name)| json!({"chosen": id == chosen, "id": id, "name": name}))
        .collect();
    let mut view = json!({
        "title": "Settings", "which": "Which settings", "tabs": tabs(room, Tab::Issuers), "path": room.path(PAGE),
        "issuers": issuers, "accounts": accounts, "version": set.version.map_or(0, |version| version.version),
        "error": form::beside(wrong, true),
    });
    if let (Value::Object(view), Value::Object(more)) = (&mut view, form::view(typed, wrong, true)) {
        view.extend(more);
    }
    room.page_as(status, "issuers", Screen::Settings, view)
}
