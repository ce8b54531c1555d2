//! The pages of a policy: what counts, where it comes from, and what this
//! level sets.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::cascade::{Level, Sourced};
use crate::domain::ids::TenantId;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::extract::Query;
use crate::store::policies::PolicyKind;
use crate::store::slice::Slice;
use crate::store::tenants::TenantAttribute;
use crate::workflows::Failure;

use super::fields::{Field, Kind};
use super::{Which, form};

/// Whose policy.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct Whose {
    pub(super) tenant: Option<String>,
}

/// `GET …/policies`.
pub(in crate::http::console) async fn root(room: Room) -> Result<HttpResponse, Stop> {
    room.lobby.go_with(&room.path("policies/workflow"), &[])
}

/// `GET …/policies/{kind}`.
pub(in crate::http::console) async fn show(
    room: Room,
    path: web::Path<(String, String)>,
    Query(whose): Query<Whose>,
) -> Result<HttpResponse, Stop> {
    let which = Which::of(&path.1, whose.tenant.as_deref())?;
    page(&room, which, StatusCode::OK, None, &[], None).await
}

/// The page, with what was typed and what is wrong with it.
pub(super) async fn page(
    room: &Room,
    which: Which,
    status: StatusCode,
    typed: Option<&BTreeMap<String, String>>,
    flaws: &[(String, String)],
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let policy = room.engine().get_policy(&room.scope, which.tenant, which.kind).await?;
    let own = policy.own.as_ref();
    let fields: Vec<_> = which
        .fields()
        .iter()
        .map(|field| {
            let set = own.and_then(|own| own.body.get(field.name)).map(form::typed).unwrap_or_default();
            let set = typed.map_or(set, |typed| typed.get(field.name).cloned().unwrap_or_default());
            view(field, policy.fields.get(field.name), &set, flaws)
        })
        .collect();
    let places = places(room, which.tenant).await?;
    let view = json!({
        "title": "Policies",
        "which": "Which policy",
        "tabs": tabs(room, which.kind),
        "places": places,
        "several": places.len() > 1,
        "path": room.path(&format!("policies/{}", which.name())),
        "remove": room.path(&format!("policies/{}/remove", which.name())),
        "own": own.is_some(),
        "tenant": which.tenant,
        "fields": fields,
        "version": own.map_or(0, |own| own.version),
        "wrong": !flaws.is_empty(),
        "error": error,
    });
    room.page_as(status, "policy", Screen::Policies, view)
}

/// The policies above each of their pages.
pub(super) fn tabs(room: &Room, current: PolicyKind) -> Value {
    let tab = |kind: PolicyKind, name: &str, title: &str| json!({"href": room.path(&format!("policies/{name}")), "title": title, "current": kind == current});
    json!([
        tab(PolicyKind::Workflow, "workflow", "Resets"),
        tab(PolicyKind::Password, "password", "Passwords"),
        tab(PolicyKind::Email, "email", "Mails"),
    ])
}

/// The application and its tenants, one of them chosen.
pub(super) async fn places(room: &Room, chosen: Option<TenantId>) -> Result<Vec<Value>, Failure> {
    let slice = Slice { skip: 0, count: 200, descending: false };
    let (_, tenants) = room.engine().page_tenants(&room.scope, &[], TenantAttribute::DisplayName, slice).await?;
    let whole = json!({"id": "", "name": "The whole application", "chosen": chosen.is_none()});
    let each = tenants
        .iter()
        .map(|found| json!({"id": found.it.id, "name": found.it.display_name, "chosen": chosen == Some(found.it.id)}));
    Ok(std::iter::once(whole).chain(each).collect())
}

/// The level that a value comes from, as one says it.
pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Server => "the server",
        Level::Application => "the application",
        Level::Tenant => "this tenant",
    }
}

/// A field of a form: what this level sets, what counts, and what is wrong.
pub(super) fn view(field: &Field, counts: Option<&Sourced>, set: &str, flaws: &[(String, String)]) -> Value {
    let wrong = flaws.iter().find(|(name, _)| name == field.name).map(|(_, text)| text);
    let (value, from) = counts.map_or((&Value::Null, Level::Server), |sourced| (&sourced.value, sourced.level));
    let said = form::said(field, value);
    let choices: Vec<_> = match field.kind {
        Kind::Switch => vec![("true", "Yes"), ("false", "No")],
        Kind::Choice(choices) => choices.to_vec(),
        _ => Vec::new(),
    };
    let choices: Vec<_> =
        choices.into_iter().map(|(name, text)| json!({"name": name, "text": text, "chosen": name == set})).collect();
    json!({
        "name": field.name,
        "label": field.label,
        "hint": field.hint,
        "choice": !choices.is_empty(),
        "choices": choices,
        "lines": field.kind == Kind::Lines,
        "number": matches!(field.kind, Kind::Number(_)),
        "set": set,
        "wrong": wrong,
        "counts": if said.is_empty() { "nothing".to_owned() } else { said },
        "from": level(from),
    })
}
