//! `…/tenants`: the customers of an application.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::ids::TenantId;
use crate::domain::line;
use crate::domain::locale::Locale;
use crate::store::slice::Slice;
use crate::store::tenants::TenantAttribute;
use crate::workflows::Failure;
use crate::workflows::tenants::{NewTenant, TenantChange};

use super::act::Act;
use super::desk::Desk;
use super::failure::words;
use super::flash::Flash;
use super::menu::Screen;
use super::room::Room;
use super::stop::Stop;
use super::words::moment;

/// How many tenants are listed.
const MOST: u64 = 200;

/// A tenant as a form describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    name: String,
    display_name: String,
    locale: String,
    #[serde(default)]
    version: String,
}

impl Described {
    /// What is wrong with it, if anything is.
    fn wrong(&self) -> Option<&'static str> {
        let fine =
            |text: &str| !text.trim().is_empty() && text.chars().count() <= 80 && !text.chars().any(line::is_unfit);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !fine(&self.name) || !self.name.chars().all(plain) {
            Some("The name stands in addresses: use lower-case letters, digits and hyphens.")
        } else if !self.display_name.trim().is_empty() && !fine(&self.display_name) {
            Some("The display name is one line of at most 80 characters.")
        } else {
            None
        }
    }

    fn display(&self) -> Option<String> {
        Some(self.display_name.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn language(&self) -> Option<String> {
        Some(self.locale.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn view(&self) -> Value {
        json!({"name": self.name, "display_name": self.display_name, "locale": self.locale})
    }
}

/// The languages that mails and pages speak, one of them chosen.
fn languages(form: &Value) -> Vec<Value> {
    let chosen = form["locale"].as_str().unwrap_or_default();
    let shipped = Locale::ALL.iter().map(|one| (one.as_str(), one.own_name()));
    // Another one that somebody has set stays what it is.
    let other = Some((chosen, chosen)).filter(|(tag, _)| !tag.is_empty() && Locale::parse(tag).is_none());
    shipped.chain(other).map(|(tag, name)| json!({"tag": tag, "name": name, "chosen": tag == chosen})).collect()
}

fn blank() -> Value {
    json!({"name": "", "display_name": "", "locale": ""})
}

/// `GET …/tenants`.
pub(super) async fn list(room: Room) -> Result<HttpResponse, Stop> {
    page(&room, StatusCode::OK, blank(), None).await
}

/// `POST …/tenants`.
pub(super) async fn create(act: Act<Described>) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    if let Some(wrong) = form.wrong() {
        return page(&room, StatusCode::UNPROCESSABLE_ENTITY, form.view(), Some(wrong.to_owned())).await;
    }
    let new = NewTenant { name: form.name.clone(), display_name: form.display(), locale: form.language() };
    match room.engine().create_tenant(&room.authority(), new).await {
        Ok(_) => room.go_saying("tenants", Flash::Created),
        Err(failure) => match words(&failure) {
            Some(said) => page(&room, StatusCode::UNPROCESSABLE_ENTITY, form.view(), Some(said)).await,
            None => Err(failure.into()),
        },
    }
}

async fn page(room: &Room, status: StatusCode, form: Value, error: Option<String>) -> Result<HttpResponse, Stop> {
    let slice = Slice { skip: 0, count: MOST, descending: false };
    let (total, tenants) = room.engine().page_tenants(&room.scope, &[], TenantAttribute::DisplayName, slice).await?;
    let tenants: Vec<_> = tenants
        .iter()
        .map(|found| {
            json!({
                "href": room.path(&format!("tenants/{}", found.it.id)),
                "name": found.it.name,
                "display_name": found.it.display_name,
                "locale": found.it.locale,
                "default": found.it.id == room.application.default_tenant,
                "made": moment(found.created_at, room.now),
            })
        })
        .collect();
    let view = json!({
        "title": "Tenants", "tenants": tenants, "total": total, "most": MOST, "full": total > MOST,
        "path": room.path("tenants"), "languages": languages(&form), "form": form, "error": error,
    });
    room.page_as(status, "tenants", Screen::Tenants, view)
}

fn named(request: &HttpRequest) -> Result<TenantId, Stop> {
    request.match_info().get("tenant").and_then(|id| id.parse().ok()).ok_or_else(Stop::nothing)
}

/// `GET …/tenants/{tenant}`.
pub(super) async fn show(room: Room, request: HttpRequest) -> Result<HttpResponse, Stop> {
    one(&room, named(&request)?, StatusCode::OK, None, None).await
}

/// `POST …/tenants/{tenant}`.
pub(super) async fn change(act: Act<Described>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, tenant) = (Room::at(desk).await?, named(&request)?);
    if let Some(wrong) = form.wrong() {
        let said = Some(wrong.to_owned());
        return one(&room, tenant, StatusCode::UNPROCESSABLE_ENTITY, Some(form.view()), said).await;
    }
    let change = TenantChange {
        name: Some(form.name.clone()),
        display_name: Some(form.display().unwrap_or_else(|| form.name.clone())),
        locale: Some(form.language()),
        version: form.version.parse().ok(),
    };
    match room.engine().update_tenant(&room.authority(), tenant, change).await {
        Ok(_) => room.go_saying(&format!("tenants/{tenant}"), Flash::Saved),
        Err(failure @ Failure::Stale(_)) => one(&room, tenant, StatusCode::CONFLICT, None, words(&failure)).await,
        Err(failure) => match words(&failure) {
            Some(said) => one(&room, tenant, StatusCode::UNPROCESSABLE_ENTITY, Some(form.view()), Some(said)).await,
            None => Err(failure.into()),
        },
    }
}

/// The name, typed by whoever really means it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meant {
    name: String,
}

/// `POST …/tenants/{tenant}/delete`.
pub(super) async fn delete(act: Act<Meant>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form): (Desk, Meant) = act.into_parts();
    let (room, tenant) = (Room::at(desk).await?, named(&request)?);
    room.confirmed(&room.path(&format!("tenants/{tenant}")))?;
    let found = room.engine().get_tenant(&room.scope, tenant).await?;
    if form.name.trim() != found.it.name {
        let said =
            format!("Nothing was deleted: type the name of the tenant, {}, to show that you mean it.", found.it.name);
        return one(&room, tenant, StatusCode::UNPROCESSABLE_ENTITY, None, Some(said)).await;
    }
    match room.engine().delete_tenant(&room.authority(), tenant, Some(found.version)).await {
        Ok(()) => room.go_saying("tenants", Flash::Deleted),
        Err(failure) => match words(&failure) {
            Some(said) => one(&room, tenant, StatusCode::UNPROCESSABLE_ENTITY, None, Some(said)).await,
            None => Err(failure.into()),
        },
    }
}

async fn one(
    room: &Room,
    tenant: TenantId,
    status: StatusCode,
    form: Option<Value>,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let found = room.engine().get_tenant(&room.scope, tenant).await?;
    let form = form.unwrap_or_else(|| {
        json!({"name": found.it.name, "display_name": found.it.display_name,
            "locale": found.it.locale.clone().unwrap_or_default()})
    });
    let view = json!({
        "title": found.it.display_name, "id": tenant, "path": room.path(&format!("tenants/{tenant}")),
        "back": room.path("tenants"), "languages": languages(&form), "form": form, "error": error, "version": found.version,
        "name": found.it.name, "default": tenant == room.application.default_tenant,
        "made": moment(found.created_at, room.now), "changed": moment(found.updated_at, room.now),
    });
    room.page_as(status, "tenant", Screen::Tenants, view)
}
