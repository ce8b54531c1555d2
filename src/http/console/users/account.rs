//! What an administrator does to a user's account: signing them out, shutting
//! them out, deleting them.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::http::console::act::{Act, Nothing};
use crate::http::console::flash::Flash;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::users::UserChange;

use super::named;

/// `POST …/users/{user}/sign-out`.
pub(in crate::http::console) async fn sign_out(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, user) = (Room::at(act.into_desk()).await?, named(&request)?);
    let count = room.engine().revoke_sessions(&room.authority(), user).await?;
    room.go_saying(&format!("users/{user}"), if count == 0 { Flash::NoSessions } else { Flash::SessionsEnded })
}

/// Whether they are shut out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Shut {
    out: String,
}

/// `POST …/users/{user}/shut`.
pub(in crate::http::console) async fn shut(act: Act<Shut>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, user) = (Room::at(desk).await?, named(&request)?);
    let out = form.out == "true";
    let change = UserChange { disabled: Some(out), ..UserChange::default() };
    let (authority, client) = (room.authority(), &room.visitor.client);
    room.engine().update_user(&authority, Some(&room.scope), user, change, client).await?;
    room.go_saying(&format!("users/{user}"), if out { Flash::UserDisabled } else { Flash::UserEnabled })
}

/// `POST …/users/{user}/delete`.
pub(in crate::http::console) async fn delete(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, user) = (Room::at(act.into_desk()).await?, named(&request)?);
    room.confirmed(&room.path(&format!("users/{user}")))?;
    room.engine().delete_user(&room.authority(), user, None).await?;
    room.go_saying("users", Flash::UserDeleted)
}
