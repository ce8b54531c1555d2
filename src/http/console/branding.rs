//! `…/branding`: the name, the logo and the two colours of pages and mails.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::branding::{Branding, LONGEST_NAME};
use crate::domain::color::Color;
use crate::domain::ids::TenantId;
use crate::domain::line;
use crate::http::extract::Query;
use crate::store::slice::Slice;
use crate::store::tenants::TenantAttribute;
use crate::workflows::Failure;
use crate::workflows::branding::{NewBranding, NewLogo, inspect};

use super::act::WideAct;
use super::failure;
use super::flash::Flash;
use super::menu::Screen;
use super::room::Room;
use super::stop::Stop;

/// Whose look.
#[derive(Debug, Deserialize)]
pub(super) struct Whose {
    tenant: Option<String>,
}

fn tenant(id: Option<&str>) -> Result<Option<TenantId>, Stop> {
    id.filter(|id| !id.is_empty()).map(str::parse).transpose().map_err(|_| Stop::nothing())
}

fn path(tenant: Option<TenantId>) -> String {
    format!("branding{}", tenant.map(|id| format!("?tenant={id}")).unwrap_or_default())
}

/// `GET …/branding`.
pub(super) async fn show(room: Room, Query(whose): Query<Whose>) -> Result<HttpResponse, Stop> {
    page(&room, tenant(whose.tenant.as_deref())?, StatusCode::OK, None, None).await
}

/// `POST …/branding`.
pub(super) async fn put(act: WideAct<BTreeMap<String, String>>) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let tenant = tenant(form.get("tenant").map(String::as_str))?;
    let new = match read(&form) {
        Ok(new) => new,
        Err(wrong) => return page(&room, tenant, StatusCode::UNPROCESSABLE_ENTITY, Some(&form), Some(wrong)).await,
    };
    match room.engine().replace_branding(&room.authority(), tenant, new).await {
        Ok(_) => room.go_saying(&path(tenant), Flash::Saved),
        Err(stale @ Failure::Stale(_)) => page(&room, tenant, StatusCode::CONFLICT, None, failure::words(&stale)).await,
        Err(other) => Err(other.into()),
    }
}

/// What was typed, or what is wrong with it.
fn read(form: &BTreeMap<String, String>) -> Result<NewBranding, String> {
    let text = |name: &str| form.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let color = |name: &str| {
        let color = text(name).map(|text| text.parse::<Color>()).transpose();
        color.map_err(|_| "A colour is written as #rrggbb, such as #8a3b12.".to_owned())
    };
    let display_name = text("display_name");
    if display_name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME || name.chars().any(line::is_unfit))
    {
        return Err(format!("The name is one line of at most {LONGEST_NAME} characters."));
    }
    let logo = match (text("logo"), form.contains_key("no_logo")) {
        (_, true) => NewLogo::None,
        (None, false) => NewLogo::Keep,
        (Some(encoded), false) => {
            let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| "The image did not arrive whole.".to_owned())?;
            let logo = inspect(&bytes).map_err(|code| match code {
                "too_long" => "The image is too large: at most 64 KiB.".to_owned(),
                "out_of_range" => "Each side of the image has from 16 to 1024 pixels.".to_owned(),
                _ => "The logo is a PNG, JPEG or WebP image.".to_owned(),
            })?;
            NewLogo::Replace(logo, bytes)
        }
    };
    let branding = Branding {
        display_name,
        primary_color: color("primary_color")?,
        background_color: color("background_color")?,
        logo: None,
    };
    Ok(NewBranding { branding, logo, seen: form.get("version").and_then(|version| version.parse().ok()) })
}

async fn page(
    room: &Room,
    tenant: Option<TenantId>,
    status: StatusCode,
    form: Option<&BTreeMap<String, String>>,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let set = room.engine().branding(&room.scope, tenant).await?;
    let slice = Slice { skip: 0, count: 200, descending: false };
    let (_, tenants) = room.engine().page_tenants(&room.scope, &[], TenantAttribute::DisplayName, slice).await?;
    let mut places = vec![json!({"id": "", "name": "The whole application", "chosen": tenant.is_none()})];
    places.extend(
        tenants.iter().map(
            |found| json!({"id": found.it.id, "name": found.it.display_name, "chosen": tenant == Some(found.it.id)}),
        ),
    );
    let own = set.own.as_ref().map(|level| level.branding.clone()).unwrap_or_default();
    let typed = |name: &str, own: Option<String>| {
        form.map_or_else(|| own.unwrap_or_default(), |form| form.get(name).cloned().unwrap_or_default())
    };
    let said = |value: Option<String>| value.map_or(Value::Null, Value::String);
    let shown = tenant.and_then(|id| tenants.iter().find(|found| found.it.id == id));
    let query = shown.map(|found| format!("&tenant={}", found.it.name)).unwrap_or_default();
    let view = json!({
        "title": "Branding",
        "several": places.len() > 1,
        "places": places,
        "tenant": tenant,
        "path": room.path("branding"),
        "version": set.own.as_ref().map_or(0, |level| level.version),
        "name": typed("display_name", own.display_name),
        "primary": typed("primary_color", own.primary_color.map(|color| color.to_string())),
        "background": typed("background_color", own.background_color.map(|color| color.to_string())),
        "own_logo": own.logo.is_some(),
        "logo": set.effective.logo.is_some(),
        "counts": {
            "name": said(set.effective.display_name),
            "primary": said(set.effective.primary_color.map(|color| color.to_string())),
            "background": said(set.effective.background_color.map(|color| color.to_string())),
        },
        "look": format!("/forgot-password?application={}{query}", room.application.name),
        "error": error,
    });
    room.page_as(status, "branding", Screen::Branding, view)
}
