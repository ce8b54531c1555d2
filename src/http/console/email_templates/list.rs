//! Every kind of mail in every language, and which of them somebody has
//! written.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::ids::TenantId;
use crate::domain::locale::Locale;
use crate::domain::template::{LanguageTag, Reach, Slot, Template, TemplateKind};
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::extract::Query;
use crate::store::email_templates;
use crate::store::slice::Slice;
use crate::store::tenants::TenantAttribute;
use crate::workflows::Failure;

use super::{language, path, purpose, tag};

/// Whose templates.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct Whose {
    tenant: Option<String>,
}

impl Whose {
    /// The tenant, as it came.
    pub(super) fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }
}

/// `GET …/email-templates`.
pub(in crate::http::console) async fn show(room: Room, Query(whose): Query<Whose>) -> Result<HttpResponse, Stop> {
    let tenant = whose.tenant.filter(|id| !id.is_empty()).map(|id| id.parse::<TenantId>()).transpose();
    let tenant = tenant.map_err(|_| Stop::nothing())?;
    // A tenant of somebody else is not there.
    room.engine().tenancy(&room.scope, tenant).await?;
    let written =
        email_templates::list(room.engine().database.read(), &room.scope, tenant).await.map_err(Failure::from)?;
    let slice = Slice { skip: 0, count: 200, descending: false };
    let (_, tenants) = room.engine().page_tenants(&room.scope, &[], TenantAttribute::DisplayName, slice).await?;
    let mut places = vec![json!({"id": "", "name": "The whole application", "chosen": tenant.is_none()})];
    places.extend(
        tenants.iter().map(
            |found| json!({"id": found.it.id, "name": found.it.display_name, "chosen": tenant == Some(found.it.id)}),
        ),
    );
    let kinds: Vec<_> = TemplateKind::all().map(|kind| row(&room, tenant, kind, &written)).collect();
    let view = json!({
        "title": "Email templates",
        "kinds": kinds,
        "several": places.len() > 1,
        "places": places,
        "path": room.path("email-templates"),
    });
    room.page("email-templates", Screen::EmailTemplates, view)
}

/// One kind in all its languages: those that are shipped, and those that
/// somebody has written it in besides.
fn row(room: &Room, tenant: Option<TenantId>, kind: TemplateKind, written: &[Template]) -> Value {
    let (title, hint) = purpose(kind);
    let shipped = Locale::ALL.iter().filter_map(|locale| LanguageTag::parse(locale.as_str())).map(Reach::In);
    let own = written.iter().filter(|template| template.slot.kind == kind).map(|template| template.slot.reach.clone());
    let mut seen = BTreeSet::new();
    let cells: Vec<_> = std::iter::once(Reach::Any)
        .chain(shipped)
        .chain(own)
        .filter(|reach| seen.insert(tag(reach).to_owned()))
        .map(|reach| {
            let slot = Slot::new(&room.scope, tenant, kind, reach);
            let found = written.iter().find(|template| template.slot == slot);
            json!({
                "href": room.path(&path(&slot, "")),
                "language": language(&slot.reach),
                "own": found.is_some_and(|template| template.published.is_some()),
                "draft": found.is_some_and(|template| template.draft.is_some()),
            })
        })
        .collect();
    json!({"title": title, "hint": hint, "cells": cells})
}
