//! Secrets and keys of a service account: each is shown once, in the answer to
//! the form that asked for it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::ids::ApiKeyId;
use crate::domain::line;
use crate::http::console::act::{Act, Nothing};
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::service_accounts::Manager;

use super::{named, one};

/// What a key is called.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct Called {
    name: String,
}

/// `POST …/service-accounts/{account}/keys`.
pub(in crate::http::console) async fn create(act: Act<Called>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, id) = (Room::at(desk).await?, named(&request)?);
    room.confirmed(&room.path(&format!("service-accounts/{id}")))?;
    let name = form.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(line::is_unfit) {
        let said = Some("Give the key a name of at most 80 characters: where it will be used.".to_owned());
        return one::page(&room, id, StatusCode::UNPROCESSABLE_ENTITY, Value::Null, said).await;
    }
    match room.engine().add_account_key(&room.authority(), Manager::Operator, id, name).await {
        Ok((_, key)) => {
            let made = json!({"what": "The new API key", "secret": key.expose(),
                "text": "It goes into the Authorization header, behind “Bearer”."});
            one::page(&room, id, StatusCode::OK, made, None).await
        }
        Err(failure) => match failure::words(&failure) {
            Some(said) => one::page(&room, id, StatusCode::UNPROCESSABLE_ENTITY, Value::Null, Some(said)).await,
            None => Err(failure.into()),
        },
    }
}

/// `POST …/service-accounts/{account}/keys/{key}/revoke`.
pub(in crate::http::console) async fn revoke(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, id) = (Room::at(act.into_desk()).await?, named(&request)?);
    let key = request.match_info().get("key").and_then(|key| key.parse::<ApiKeyId>().ok()).ok_or_else(Stop::nothing)?;
    room.engine().revoke_account_key(&room.authority(), Manager::Operator, id, key).await?;
    room.go_saying(&format!("service-accounts/{id}"), Flash::KeyRevoked)
}

/// `POST …/service-accounts/{account}/rotate`.
pub(in crate::http::console) async fn rotate(act: Act<Nothing>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (room, id) = (Room::at(act.into_desk()).await?, named(&request)?);
    room.confirmed(&room.path(&format!("service-accounts/{id}")))?;
    let (_, secret) = room.engine().rotate_account_secret(&room.authority(), Manager::Operator, id).await?;
    let made = json!({"what": "The new client secret", "secret": secret.expose(),
        "text": "The old one still works, so that you can change it without haste. End it below when nobody uses it any more."});
    one::page(&room, id, StatusCode::OK, made, None).await
}

/// `POST …/service-accounts/{account}/end-rotation`.
pub(in crate::http::console) async fn end_rotation(
    act: Act<Nothing>,
    request: HttpRequest,
) -> Result<HttpResponse, Stop> {
    let (room, id) = (Room::at(act.into_desk()).await?, named(&request)?);
    room.engine().end_account_rotation(&room.authority(), Manager::Operator, id).await?;
    room.go_saying(&format!("service-accounts/{id}"), Flash::RotationEnded)
}
