//! `…/service-accounts`: all of them, with their last use.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::access::Permission;
use crate::domain::ids::TenantId;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::{count, moment};
use crate::store::service_accounts::AccountAttribute;
use crate::store::slice::Slice;
use crate::store::tenants::TenantAttribute;
use crate::workflows::Failure;

use super::words::may;
use super::{Tab, tabs};

/// How many accounts, and how many tenants of a choice, are listed.
pub(super) const MOST: u64 = 200;

/// `GET …/service-accounts`.
pub(in crate::http::console) async fn show(room: Room) -> Result<HttpResponse, Stop> {
    page(&room, StatusCode::OK, "", None).await
}

/// The tenants that a grant may be bounded to, by id.
pub(super) async fn tenants(room: &Room) -> Result<BTreeMap<TenantId, String>, Failure> {
    let slice = Slice { skip: 0, count: MOST, descending: false };
    let (_, found) = room.engine().page_tenants(&room.scope, &[], TenantAttribute::DisplayName, slice).await?;
    Ok(found.into_iter().map(|found| (found.it.id, found.it.display_name)).collect())
}

/// The page, with what was typed and what is wrong with it.
pub(super) async fn page(
    room: &Room,
    status: StatusCode,
    typed: &str,
    error: Option<&str>,
) -> Result<HttpResponse, Stop> {
    let slice = Slice { skip: 0, count: MOST, descending: false };
    let (_, found) = room.engine().page_accounts(&room.scope, &[], AccountAttribute::Name, slice).await?;
    let mut accounts = Vec::with_capacity(found.len());
    for one in &found {
        let keys = room.engine().list_account_keys(&room.scope, one.account.id).await?;
        let last = keys.iter().filter_map(|key| key.last_used_at).max();
        let live = keys.iter().filter(|key| key.revoked_at.is_none()).count();
        accounts.push(json!({
            "href": room.path(&format!("service-accounts/{}", one.account.id)),
            "name": one.account.name,
            "disabled": one.account.disabled,
            "rotating": one.is_rotating,
            "grants": count(one.grants.len() as u64, "permission"),
            "keys": count(live as u64, "key"),
            "last": last.map_or(Value::Null, |at| moment(at, room.now)),
        }));
    }
    let names = tenants(room).await?;
    let view = json!({
        "title": "Service accounts",
        "which": "Accounts and boundaries",
        "tabs": tabs(room, Tab::Accounts),
        "accounts": accounts,
        "path": room.path("service-accounts"),
        "tenants": names.iter().map(|(id, name)| json!({"id": id, "name": name})).collect::<Vec<_>>(),
        "permissions": Permission::ALL.iter().map(|one| json!({"name": one.as_str(), "text": may(*one)})).collect::<Vec<_>>(),
        "typed": typed.chars().take(80).collect::<String>(),
        "error": error,
    });
    room.page_as(status, "service-accounts", Screen::ServiceAccounts, view)
}
