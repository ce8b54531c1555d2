//! Taking a group of grants away.

use actix_web::{HttpRequest, HttpResponse};

use crate::http::console::act::Act;
use crate::http::console::room::Room;
use crate::http::console::service_accounts::{Seen, named};
use crate::http::console::stop::Stop;

use super::show::path;
use super::{Place, groups, replaced, save};

/// `POST …/service-accounts/{account}/grants/{group}/remove`.
pub(in crate::http::console) async fn remove(act: Act<Seen>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, id, place) = (Room::at(desk).await?, named(&request)?, Place::of(&request)?);
    room.confirmed(&path(&room, id))?;
    let version = form.version.parse::<i64>().map_err(|_| Stop::nothing())?;
    let account = room.engine().get_account(&room.scope, id).await?;
    if account.account.version != version {
        return save::stale(&room, id, &room.engine().stale(&room.scope, id).await).await;
    }
    let groups = groups(&account.grants);
    place.find(&groups)?.ok_or_else(Stop::nothing)?;
    let left = replaced(groups, place, Vec::new());
    save::put(&room, id, version, left).await
}
