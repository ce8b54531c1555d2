//! Making a service account: its secret is shown once, on its own page.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use crate::domain::access::{Boundary, GrantLimits, Permission};
use crate::domain::ids::TenantId;
use crate::domain::line;
use crate::http::console::act::Act;
use crate::http::console::failure;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::workflows::service_accounts::Manager;
use crate::workflows::service_accounts::managed::{WantedBoundary, WantedGrant};

use super::{list, one};

/// What a ticked box is called, before the name of its permission.
const BOX: &str = "may ";

/// `POST …/service-accounts`.
pub(in crate::http::console) async fn create(act: Act<BTreeMap<String, String>>) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    room.confirmed(&room.path("service-accounts"))?;
    let field = |name: &str| form.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let name = field("name");
    let ticked = Permission::ALL.iter().copied();
    let ticked = ticked.filter(|one| form.contains_key(&format!("{BOX}{}", one.as_str())));
    let wanted = match field("kind").as_str() {
        "everything" => Permission::ALL.to_vec(),
        "resets" => vec![Permission::PasswordResetExecute, Permission::UserRead],
        _ => ticked.collect(),
    };
    let tenant = field("tenant");
    let home = match tenant.as_str() {
        "" => None,
        id => Some(id.parse::<TenantId>().map_err(|_| Stop::nothing())?),
    };
    let wrong = if name.is_empty() || name.chars().count() > 80 || name.chars().any(line::is_unfit) {
        Some("Give it a name of at most 80 characters: what the program is.")
    } else if wanted.is_empty() {
        Some("Tick at least one thing that it may do.")
    } else {
        None
    };
    if wrong.is_some() {
        return list::page(&room, StatusCode::UNPROCESSABLE_ENTITY, &name, wrong).await;
    }
    let boundary = || home.map_or(WantedBoundary::Plain(Boundary::Application), |_| WantedBoundary::Home);
    let grants = wanted
        .into_iter()
        .map(|permission| WantedGrant { permission, boundary: boundary(), limits: GrantLimits::default() })
        .collect();
    let made = room.engine().create_account(&room.authority(), Manager::Operator, name.clone(), home, grants).await;
    match made {
        Ok((account, secret)) => {
            let made = json!({"what": "Its client secret", "secret": secret.expose(),
                "text": "Together with the client id below it gets access tokens."});
            one::page(&room, account.account.id, StatusCode::OK, made, None).await
        }
        Err(failure) => match failure::words(&failure) {
            Some(said) => list::page(&room, StatusCode::UNPROCESSABLE_ENTITY, &name, Some(&said)).await,
            None => Err(failure.into()),
        },
    }
}
