//! `…/users`: finding somebody.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::access::Scope;
use crate::domain::ids::TenantId;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words::moment;
use crate::http::extract::Query;
use crate::store::applications;
use crate::workflows::console::timeline::FOUND;
use crate::workflows::{Engine, Failure};

use super::name;

/// What to look for.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct Wanted {
    find: Option<String>,
}

/// `GET …/users`.
pub(in crate::http::console) async fn show(room: Room, Query(wanted): Query<Wanted>) -> Result<HttpResponse, Stop> {
    let text = wanted.find.unwrap_or_default();
    let found = room.engine().search_users(&room.scope, &text).await?;
    let mut users = Vec::with_capacity(found.len());
    for user in &found {
        users.push(json!({
            "href": room.path(&format!("users/{}", user.id)),
            "email": user.email,
            "name": name(user),
            "tenant": tenant_name(room.engine(), &room.scope, user.tenant).await?,
            "disabled": user.disabled,
            "protected": user.protected,
            "last": user.last_sign_in_at.map_or(Value::Null, |at| moment(at, room.now)),
        }));
    }
    let view = json!({
        "title": "Users",
        "find": text.chars().take(254).collect::<String>(),
        "users": users,
        "searched": !text.trim().is_empty(),
        "full": u64::try_from(found.len()).is_ok_and(|number| number >= FOUND),
        "most": FOUND,
    });
    room.page("users", Screen::Users, view)
}

/// The name of a tenant, while there is one.
pub(super) async fn tenant_name(engine: &Engine, scope: &Scope, tenant: TenantId) -> Result<String, Failure> {
    let found = applications::find_tenant(engine.database.read(), scope, tenant).await?;
    Ok(found.map_or_else(|| tenant.to_string(), |tenant| tenant.display_name))
}
