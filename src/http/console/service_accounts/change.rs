//! Shutting a service account out, letting it in again, removing it.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::http::console::act::{Act, Nothing};
use crate::http::console::flash::Flash;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::service_accounts::Manager;
use crate::workflows::service_accounts::managed::AccountChange;

use super::named;

/// Whether it is shut out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Shut {
    out: String,
}

/// `POST …/service-accounts/{account}/shut`.
pub(in crate::http::console) async fn shut(act: Act<Shut>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, id) = (Room::at(desk).await?, named(&request)?);
    let out = form.out == "true";
    let change = AccountChange { disabled: Some(out), ..AccountChange::default() };
    room.engine().update_account(&room.authority(), Manager::Operator, id, change).await?;
    room.go_saying(&format!("service-accounts/{id}"), if out { Flash::AccountShut } else { Flash::AccountOpened })
}

/// `POST …/service-accounts/{account}/delete`.
pub(in crate::http::console) async fn delete(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, id) = (Room::at(act.into_desk()).await?, named(&request)?);
    room.confirmed(&room.path(&format!("service-accounts/{id}")))?;
    room.engine().delete_account(&room.authority(), Manager::Operator, id, None).await?;
    room.go_saying("service-accounts", Flash::Deleted)
}
