//! `…/service-accounts`: which programs may do what.

pub(super) mod boundaries;
pub(super) mod change;
pub(super) mod create;
pub(super) mod grants;
pub(super) mod keys;
pub(super) mod list;
pub(super) mod one;
mod places;
mod words;

use actix_web::HttpRequest;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::ids::ServiceAccountId;

use super::room::Room;
use super::stop::Stop;

/// The version that was shown, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    version: String,
}

/// One page of who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    /// The accounts.
    Accounts,
    /// Places with a name.
    Boundaries,
}

/// The tabs above each of the pages.
fn tabs(room: &Room, current: Tab) -> Vec<Value> {
    let all =
        [(Tab::Accounts, "service-accounts", "Accounts"), (Tab::Boundaries, boundaries::PAGE, "Permission boundaries")];
    let view = |(tab, path, title): &(Tab, &str, &str)| json!({"href": room.path(path), "title": title, "current": *tab == current});
    all.iter().map(view).collect()
}

/// The account that the path of a request names.
fn named(request: &HttpRequest) -> Result<ServiceAccountId, Stop> {
    request.match_info().get("account").and_then(|id| id.parse().ok()).ok_or_else(Stop::nothing)
}
