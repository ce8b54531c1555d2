//! `…/service-accounts/{account}`: what it may do, and its keys.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::ids::ServiceAccountId;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;

use super::{grants, list, named, words};

/// `GET …/service-accounts/{account}`.
pub(in crate::http::console) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    page(&room, named(&request)?, StatusCode::OK, Value::Null, None).await
}

/// The page, with a secret that was just made.
pub(super) async fn page(
    room: &Room,
    id: ServiceAccountId,
    status: StatusCode,
    made: Value,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let found = room.engine().get_account(&room.scope, id).await?;
    let keys = room.engine().list_account_keys(&room.scope, id).await?;
    let names = list::tenants(room).await?;
    let path = room.path(&format!("service-accounts/{id}"));
    let groups: Vec<_> = grants::groups(&found.grants)
        .iter()
        .enumerate()
        .map(|(at, group)| {
            let (place, limits) = words::group(group, &names);
            let may: Vec<_> = group.permissions.iter().map(|one| words::may(*one)).collect();
            json!({"at": at, "place": place, "may": may, "limits": limits, "path": format!("{path}/grants/{at}")})
        })
        .collect();
    let keys: Vec<_> = keys
        .iter()
        .map(|key| {
            json!({
                "id": key.id,
                "name": key.name,
                "hint": key.hint,
                "made": moment(key.created_at, room.now),
                "last": key.last_used_at.map_or(Value::Null, |at| moment(at, room.now)),
                "revoked": key.revoked_at.map_or(Value::Null, |at| moment(at, room.now)),
            })
        })
        .collect();
    let account = &found.account;
    let home = account.home.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
    let view = json!({
        "title": account.name, "id": account.id, "client": account.client_id, "disabled": account.disabled,
        "home": home, "rotating": found.is_rotating, "groups": groups, "version": account.version, "keys": keys, "made": made, "error": error,
        "path": path, "back": room.path("service-accounts"),
        "since": moment(account.created_at, room.now),
    });
    room.page_as(status, "service-account", Screen::ServiceAccounts, view)
}
