//! Giving an account more, and changing what it has.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::http::console::act::Act;
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::room::Room;
use crate::http::console::service_accounts::{named, one};
use crate::http::console::stop::Stop;
use crate::workflows::Failure;
use crate::workflows::service_accounts::Manager;
use crate::workflows::service_accounts::managed::{AccountChange, WantedGrant};

use super::form::{Typed, Wrong, read};
use super::show::{here, page};
use super::{MOST, Place, groups, replaced};
use crate::domain::ids::ServiceAccountId;

/// `POST …/service-accounts/{account}/grants/{group}`.
pub(in crate::http::console) async fn save(act: Act<Typed>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, typed) = act.into_parts();
    let (room, id, place) = (Room::at(desk).await?, named(&request)?, Place::of(&request)?);
    room.confirmed(&here(&room, id, place))?;
    let version = typed.get("version").and_then(|version| version.parse::<i64>().ok()).ok_or_else(Stop::nothing)?;
    let account = room.engine().get_account(&room.scope, id).await?;
    // Which group a place means is only known for the version that was shown.
    if account.account.version != version {
        return stale(&room, id, &room.engine().stale(&room.scope, id).await).await;
    }
    let groups = groups(&account.grants);
    let before = place.find(&groups)?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let wanted = match read(&room, account.account.home, &typed, before.as_ref()).await? {
        Ok(wanted) => replaced(groups, place, wanted),
        Err(wrong) => return page(&room, &account, place, refused, &typed, &wrong, None).await,
    };
    if wanted.len() > MOST {
        let said = Some(format!("An account has at most {MOST} permissions, each counted once for each place."));
        return page(&room, &account, place, refused, &typed, &Wrong::new(), said).await;
    }
    put(&room, id, version, wanted).await
}

/// Sets everything that an account may do.
pub(super) async fn put(
    room: &Room,
    id: ServiceAccountId,
    version: i64,
    wanted: Vec<WantedGrant>,
) -> Result<HttpResponse, Stop> {
    let change = AccountChange { grants: Some(wanted), version: Some(version), ..AccountChange::default() };
    match room.engine().update_account(&room.authority(), Manager::Operator, id, change).await {
        Ok(_) => room.go_saying(&format!("service-accounts/{id}"), Flash::GrantsChanged),
        Err(failure @ Failure::Stale(_)) => stale(room, id, &failure).await,
        Err(other) => match failure::words(&other) {
            Some(said) => one::page(room, id, StatusCode::UNPROCESSABLE_ENTITY, Value::Null, Some(said)).await,
            None => Err(other.into()),
        },
    }
}

/// The account as it is now, for who wanted to change what it was.
pub(super) async fn stale(room: &Room, id: ServiceAccountId, failure: &Failure) -> Result<HttpResponse, Stop> {
    one::page(room, id, StatusCode::CONFLICT, Value::Null, failure::words(failure)).await
}
