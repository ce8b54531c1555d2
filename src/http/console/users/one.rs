//! `…/users/{user}`: who they are, what happened, and what can be done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::domain::ids::UserId;
use crate::domain::reset::{Mode, Reset};
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::{count, moment};

use super::list::tenant_name;
use super::{name, named, story};

/// `GET …/users/{user}`.
pub(in crate::http::console) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let user = named(&request)?;
    page(&room, user, StatusCode::OK, Value::Null).await
}

/// The page, with a link that was just made.
pub(super) async fn page(room: &Room, id: UserId, status: StatusCode, link: Value) -> Result<HttpResponse, Stop> {
    let user = room.engine().get_user(&room.scope, id).await?;
    let timeline = room.engine().timeline(&room.scope, id).await?;
    let sessions = room.engine().list_sessions(&room.scope, id).await?;
    let live = sessions.iter().filter(|session| session.ended_at.is_none() && room.now < session.expires_at).count();
    let story = story::tell(room, &timeline).await?;
    let view = json!({
        "title": user.email,
        "name": name(&user),
        "tenant": tenant_name(room.engine(), &room.scope, user.tenant).await?,
        "id": user.id,
        "path": room.path(&format!("users/{id}")),
        "back": room.path("users"),
        "external": user.external_id,
        "verified": user.email_verified,
        "disabled": user.disabled,
        "protected": user.protected,
        "password": user.password_hash.is_some(),
        "made": moment(user.created_at, room.now),
        "last": user.last_sign_in_at.map_or(Value::Null, |at| moment(at, room.now)),
        "sessions": live,
        "live": count(live as u64, "session"),
        "pending": timeline.pending.iter().map(|reset| pending(reset, room)).collect::<Vec<_>>(),
        "story": story,
        "link": link,
    });
    room.page_as(status, "user", Screen::Users, view)
}

fn pending(reset: &Reset, room: &Room) -> Value {
    let what = match reset.mode {
        Mode::EmailLink => "A link sent by mail",
        Mode::EmailOtp => "A code sent by mail",
        Mode::ResetLink => "A link handed over",
    };
    json!({
        "what": what,
        "made": moment(reset.created_at, room.now),
        "ends": reset.expires_at.map_or(Value::Null, |at| moment(at, room.now)),
    })
}
