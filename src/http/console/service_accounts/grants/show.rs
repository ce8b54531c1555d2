//! The form of one group: what, where, and under which limits.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::access::Permission;
use crate::domain::ids::ServiceAccountId;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::service_accounts::places::names;
use crate::http::console::service_accounts::words::{holds, may};
use crate::http::console::service_accounts::{list, named};
use crate::http::console::stop::Stop;
use crate::store::permission_boundaries::{BoundaryAttribute, NamedBoundary};
use crate::store::slice::Slice;
use crate::workflows::Failure;
use crate::workflows::service_accounts::managed::Account;

use super::form::{MAY, MODE, MODES, NAMED, Typed, Wrong, typed};
use super::{Place, groups};

/// How many tenants, and how many boundaries with names, are shown to choose from.
const SHOWN: u64 = 50;
/// How much of what a boundary says is shown beside its name, in characters.
const SAID: usize = 120;

/// `GET …/service-accounts/{account}/grants/{group}`.
pub(in crate::http::console) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (id, place) = (named(&request)?, Place::of(&request)?);
    let account = room.engine().get_account(&room.scope, id).await?;
    let group = place.find(&groups(&account.grants))?;
    let names = names(&room).await?;
    let filled = match group {
        Some(group) => typed(&group, account.account.home, &names),
        None => [("where".to_owned(), "application".to_owned())].into(),
    };
    page(&room, &account, place, StatusCode::OK, &filled, &Wrong::new(), None).await
}

/// The page, with what was typed and what is wrong with it.
pub(super) async fn page(
    room: &Room,
    account: &Account,
    place: Place,
    status: StatusCode,
    typed: &Typed,
    wrong: &Wrong,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let names = names(room).await?;
    let has = |name: &str| typed.contains_key(name);
    let text = |name: &str| typed.get(name).map(String::as_str).unwrap_or_default();
    let permissions = Permission::ALL.iter().map(|one| {
        json!({"name": format!("{MAY}{}", one.as_str()), "text": may(*one),
            "ticked": has(&format!("{MAY}{}", one.as_str()))})
    });
    let modes = MODES.iter().map(|(name, _, said)| {
        json!({"name": format!("{MODE}{name}"), "text": said, "ticked": has(&format!("{MODE}{name}"))})
    });
    let narrowed = !wrong.is_empty()
        || ["minutes", "networks", "until"].iter().any(|name| !text(name).is_empty())
        || MODES.iter().any(|(name, ..)| has(&format!("{MODE}{name}")));
    let known: Vec<_> = names.values().take(usize::try_from(SHOWN).unwrap_or_default()).collect();
    let view = json!({
        "title": "What it may do", "of": account.account.name, "new": place == Place::New,
        "back": path(room, account.account.id), "path": here(room, account.account.id, place),
        "permissions": permissions.collect::<Vec<_>>(), "modes": modes.collect::<Vec<_>>(),
        "places": places(room, account, text("where")).await?,
        "tenants": text("tenants"), "known": known, "more": names.len() > known.len(),
        "minutes": text("minutes"), "networks": text("networks"), "until": text("until"),
        "narrowed": narrowed,
        "version": account.account.version, "any": !wrong.is_empty(), "error": error,
        "wrong": {"may": wrong.get("may"), "where": wrong.get("where"), "tenants": wrong.get("tenants"),
            "minutes": wrong.get("minutes"), "networks": wrong.get("networks"), "until": wrong.get("until")},
    });
    room.page_as(status, "grants", Screen::ServiceAccounts, view)
}

/// The page of an account.
pub(super) fn path(room: &Room, id: ServiceAccountId) -> String {
    room.path(&format!("service-accounts/{id}"))
}

/// The page of a group.
pub(super) fn here(room: &Room, id: ServiceAccountId, place: Place) -> String {
    room.path(&format!("service-accounts/{id}/grants/{}", place.name()))
}

/// Where a grant may hold, in plain words.
async fn places(room: &Room, account: &Account, chosen: &str) -> Result<Vec<Value>, Failure> {
    let home = match account.account.home {
        Some(id) => Some(room.engine().get_tenant(&room.scope, id).await?.it.display_name),
        None => None,
    };
    let mut places = vec![(
        "application".to_owned(),
        "In the whole application".to_owned(),
        "Every tenant, those made later too, and what belongs to no tenant.".to_owned(),
    )];
    if let Some(home) = home {
        places.push(("home".to_owned(), format!("In its own tenant, {home}"), String::new()));
    }
    places.push(("only".to_owned(), "Only in the tenants named below".to_owned(), String::new()));
    places.push((
        "except".to_owned(),
        "In every tenant except those named below".to_owned(),
        "Those made later are inside.".to_owned(),
    ));
    places.push(("self".to_owned(), "For itself only".to_owned(), "Its own account, and no tenant.".to_owned()));
    let display = list::tenants(room).await?;
    places.extend(boundaries(room, chosen).await?.iter().map(|found| {
        let said = holds(&found.boundary, &display);
        let more = if said.chars().count() > SAID { "…" } else { "" };
        let said: String = said.chars().take(SAID).collect();
        let said = format!("Now {said}{more}. It follows whenever that changes.");
        (format!("{NAMED}{}", found.id), format!("As “{}” says", found.name), said)
    }));
    let view = |(value, text, hint): (String, String, String)| {
        let is_chosen = value == chosen;
        json!({"value": value, "text": text, "hint": hint, "chosen": is_chosen})
    };
    Ok(places.into_iter().map(view).collect())
}

/// Boundaries with a name: the first ones, and in any case the chosen one.
async fn boundaries(room: &Room, chosen: &str) -> Result<Vec<NamedBoundary>, Failure> {
    let slice = Slice { skip: 0, count: SHOWN, descending: false };
    let (_, found) = room.engine().page_boundaries(&room.scope, &[], BoundaryAttribute::Name, slice).await?;
    let mut found: Vec<_> = found.into_iter().map(|found| found.it).collect();
    let chosen = chosen.strip_prefix(NAMED).and_then(|id| id.parse().ok());
    if let Some(chosen) = chosen.filter(|chosen| found.iter().all(|known| known.id != *chosen)) {
        match room.engine().get_boundary(&room.scope, chosen).await {
            Ok(one) => found.push(one.it),
            Err(Failure::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}
