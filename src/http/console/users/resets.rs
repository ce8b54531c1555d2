//! Sending a user a reset, and cancelling what is pending.

use actix_web::{HttpRequest, HttpResponse};

use crate::http::console::act::{Act, Nothing};
use crate::http::console::flash::Flash;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::Failure;
use crate::workflows::resets::cancel::Which;
use crate::workflows::resets::trusted::SendEmail;

use super::named;

/// `POST …/users/{user}/send`.
pub(in crate::http::console) async fn send(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, user) = (Room::at(act.into_desk()).await?, named(&request)?);
    let ask = SendEmail {
        user,
        strategy: None,
        locale: None,
        redirect_url: None,
        state: None,
        request: room.visitor.request.clone(),
        client: room.visitor.client.clone(),
        idempotent: None,
    };
    let flash = match room.engine().send_reset_email(&room.scope, &room.caller(), ask).await {
        Ok(_) => Flash::ResetSent,
        Err(Failure::PasswordAuthDisabled) => Flash::NoPasswords,
        // A user that is shut out is not there for a reset; the page says so.
        Err(Failure::NotFound(_)) => {
            room.engine().get_user(&room.scope, user).await?;
            Flash::Unavailable
        }
        Err(other) => return Err(other.into()),
    };
    room.go_saying(&format!("users/{user}"), flash)
}

/// `POST …/users/{user}/cancel`.
pub(in crate::http::console) async fn cancel(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, user) = (Room::at(act.into_desk()).await?, named(&request)?);
    let count = room.engine().cancel_resets(&room.authority(), Which::OfUser(user)).await?;
    let flash = if count == 0 { Flash::NothingToCancel } else { Flash::ResetsCancelled };
    room.go_saying(&format!("users/{user}"), flash)
}
