//! A link to hand over: shown once, in the answer to the form that asked for
//! it.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use crate::http::console::act::Act;
use crate::http::console::flash::Flash;
use crate::http::console::qr;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::workflows::Failure;
use crate::workflows::resets::trusted::{CreateLink, LinkAuthority};

use super::{named, one};

/// How long the link lives, and why it is made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Wish {
    minutes: String,
    reason: String,
}

/// `POST …/users/{user}/link`.
pub(in crate::http::console) async fn create(act: Act<Wish>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let user = named(&request)?;
    let wish = (act.form.minutes.parse::<u64>().ok(), act.form.reason.trim().chars().take(200).collect::<String>());
    let room = Room::at(act.into_desk()).await?;
    let path = format!("users/{user}");
    room.confirmed(&room.path(&path))?;
    if !room.is_first().await? {
        return room.go_saying(&path, Flash::LinkShown);
    }
    let everywhere = LinkAuthority {
        execute: room.scope.clone(),
        secret: Some(room.scope.clone()),
        protected: Some(room.scope.clone()),
    };
    let ask = CreateLink {
        user,
        lifetime: wish.0.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
        redirect_url: None,
        reason: Some(wish.1).filter(|reason| !reason.is_empty()),
        client: room.visitor.client.clone(),
        idempotent: None,
    };
    match room.engine().create_reset_link(&everywhere, &room.authority(), ask).await {
        Ok(made) => {
            let link = json!({
                "url": made.url.expose(),
                "qr": qr::svg(&made.url, "QR code of the reset link"),
                "ends": made.reset.expires_at.map(|at| moment(at, room.now)),
            });
            one::page(&room, user, StatusCode::OK, link).await
        }
        Err(Failure::PasswordAuthDisabled) => room.go_saying(&path, Flash::NoPasswords),
        Err(Failure::NotFound(_)) => {
            room.engine().get_user(&room.scope, user).await?;
            room.go_saying(&path, Flash::Unavailable)
        }
        Err(other) => Err(other.into()),
    }
}
