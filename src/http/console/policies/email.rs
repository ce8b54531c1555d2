//! `…/policies/email`: for each kind of mail who it is from, how long what it
//! carries works, and which mail servers it is offered to.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use crate::domain::email_policy::EmailOverrides;
use crate::domain::ids::TenantId;
use crate::domain::mail::MailKind;
use crate::http::console::act::Act;
use crate::http::console::failure;
use crate::http::console::flash::Flash;
use crate::http::console::menu::Screen;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::http::console::words;
use crate::http::extract::Query;
use crate::store::policies::PolicyKind;
use crate::workflows::Failure;
use crate::workflows::policies::{PolicyBody, PolicyView, Targets};

use super::fields::{EMAIL, Field};
use super::show::{Whose, level, places, tabs, view};
use super::{Seen, form, said, tenant_of};

/// What a form holds.
type Typed = BTreeMap<String, String>;

/// The path of the list, or of one kind of mail.
fn path(mail: Option<MailKind>, tenant: Option<TenantId>) -> String {
    let mail = mail.map(|mail| format!("/{}", mail.as_str())).unwrap_or_default();
    format!("policies/email{mail}{}", tenant.map(|id| format!("?tenant={id}")).unwrap_or_default())
}

/// The kind of mail that the path of a request names.
fn named(request: &HttpRequest) -> Result<MailKind, Stop> {
    request.match_info().get("mail").and_then(MailKind::parse).ok_or_else(Stop::nothing)
}

/// What can be said about a kind of mail.
fn fields(mail: MailKind) -> impl Iterator<Item = &'static Field> {
    EMAIL.iter().filter(move |field| match field.name {
        "actionLinkUrl" => mail == MailKind::PasswordResetLink,
        "lifetimeMinutes" => mail.carries_secret(),
        _ => true,
    })
}

/// What counts where no level says anything.
fn unsaid(mail: MailKind, field: &str) -> &'static str {
    match (field, mail) {
        ("lifetimeMinutes", MailKind::EmailVerification) => "10 minutes",
        ("lifetimeMinutes", _) => "what the policy of resets says",
        ("actionLinkUrl", _) => "the page that the policy of resets names, or the hosted one",
        ("transports", _) => "all that the server has, in its order",
        ("replyTo", _) => "to the sender",
        _ => "nothing",
    }
}

/// `GET …/policies/email`.
pub(in crate::http::console) async fn list(room: Room, Query(whose): Query<Whose>) -> Result<HttpResponse, Stop> {
    all(&room, tenant_of(whose.tenant.as_deref())?, StatusCode::OK, None).await
}

/// The page of all kinds of mail.
async fn all(
    room: &Room,
    tenant: Option<TenantId>,
    status: StatusCode,
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let policy = room.engine().get_policy(&room.scope, tenant, PolicyKind::Email).await?;
    let places = places(room, tenant).await?;
    let own = policy.own.as_ref();
    let kinds: Vec<_> = MailKind::ALL
        .iter()
        .map(|mail| {
            let set = own.is_some_and(|own| own.body.contains_key(mail.as_str()));
            json!({"title": words::mail(mail.as_str()), "href": room.path(&path(Some(*mail), tenant)), "set": set,
                "says": says(*mail, &policy)})
        })
        .collect();
    let view = json!({
        "title": "Policies", "which": "Which policy", "tabs": tabs(room, PolicyKind::Email), "kinds": kinds,
        "several": places.len() > 1, "places": places, "path": room.path("policies/email"),
        "remove": room.path("policies/email/remove"), "own": own.is_some(), "tenant": tenant,
        "version": own.map_or(0, |own| own.version), "error": error,
    });
    room.page_as(status, "email-policies", Screen::Policies, view)
}

/// What counts for a kind of mail, and where it comes from.
fn says(mail: MailKind, policy: &PolicyView) -> Vec<Value> {
    fields(mail)
        .filter_map(|field| {
            let found = policy.fields.get(&format!("{}.{}", mail.as_str(), field.name))?;
            let value = form::said(field, &found.value);
            (!value.is_empty()).then(|| json!({"label": field.label, "value": value, "from": level(found.level)}))
        })
        .collect()
}

/// `GET …/policies/email/{mail}`.
pub(in crate::http::console) async fn show(
    room: Room,
    request: HttpRequest,
    Query(whose): Query<Whose>,
) -> Result<HttpResponse, Stop> {
    let (mail, tenant) = (named(&request)?, tenant_of(whose.tenant.as_deref())?);
    one(&room, (mail, tenant), StatusCode::OK, None, &[], None).await
}

/// The page of one kind of mail, with what was typed and what is wrong with it.
async fn one(
    room: &Room,
    (mail, tenant): (MailKind, Option<TenantId>),
    status: StatusCode,
    typed: Option<&Typed>,
    flaws: &[(String, String)],
    error: Option<String>,
) -> Result<HttpResponse, Stop> {
    let policy = room.engine().get_policy(&room.scope, tenant, PolicyKind::Email).await?;
    let own = policy.own.as_ref();
    let set = own.and_then(|own| own.body.get(mail.as_str()));
    let fields: Vec<_> = fields(mail)
        .map(|field| {
            let here = set.and_then(|set| set.get(field.name)).map(form::typed).unwrap_or_default();
            let here = typed.map_or(here, |typed| typed.get(field.name).cloned().unwrap_or_default());
            let counts = policy.fields.get(&format!("{}.{}", mail.as_str(), field.name));
            let mut shown = view(field, counts, &here, flaws);
            if let (None, Value::Object(shown)) = (counts, &mut shown) {
                shown.insert("counts".to_owned(), unsaid(mail, field.name).into());
                shown.insert("from".to_owned(), Value::Null);
            }
            shown
        })
        .collect();
    let places = places(room, tenant).await?;
    let whole = format!("policies/email/{}", mail.as_str());
    let view = json!({
        "title": words::mail(mail.as_str()), "back": room.path(&path(None, tenant)), "path": room.path(&whole),
        "places": places, "several": places.len() > 1, "tenant": tenant, "fields": fields, "set": set.is_some(),
        "version": own.map_or(0, |own| own.version), "wrong": !flaws.is_empty(), "error": error,
    });
    room.page_as(status, "email-policy", Screen::Policies, view)
}

/// `POST …/policies/email/{mail}`.
pub(in crate::http::console) async fn put(act: Act<Typed>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, typed) = act.into_parts();
    let (room, mail) = (Room::at(desk).await?, named(&request)?);
    let tenant = tenant_of(typed.get("tenant").map(String::as_str))?;
    // Who a mail seems to be from, and where its link leads, can be misused.
    room.confirmed(&room.path(&path(Some(mail), tenant)))?;
    let of_mail: Vec<Field> = fields(mail).copied().collect();
    let object = match form::read(&of_mail, &typed) {
        Ok(object) => object,
        Err(flaws) => {
            let refused = StatusCode::UNPROCESSABLE_ENTITY;
            return one(&room, (mail, tenant), refused, Some(&typed), &flaws, None).await;
        }
    };
    let version = typed.get("version").and_then(|version| version.parse().ok()).ok_or_else(Stop::nothing)?;
    write(&room, (mail, tenant), object, version, Some(&typed)).await
}

/// `POST …/policies/email/{mail}/remove`.
pub(in crate::http::console) async fn remove(act: Act<Seen>, request: HttpRequest) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let (room, mail, tenant) = (Room::at(desk).await?, named(&request)?, tenant_of(Some(&form.tenant))?);
    room.confirmed(&room.path(&path(Some(mail), tenant)))?;
    let version = form.version.parse().map_err(|_| Stop::nothing())?;
    write(&room, (mail, tenant), Map::new(), version, None).await
}

/// Sets what a level says about one kind of mail, and leaves the others.
async fn write(
    room: &Room,
    (mail, tenant): (MailKind, Option<TenantId>),
    object: Map<String, Value>,
    version: i64,
    typed: Option<&Typed>,
) -> Result<HttpResponse, Stop> {
    let own = room.engine().get_policy(&room.scope, tenant, PolicyKind::Email).await?.own;
    let mut whole = own.map(|own| own.body).unwrap_or_default();
    let flash = if object.is_empty() { Flash::PolicyRemoved } else { Flash::Saved };
    whole.remove(mail.as_str());
    if !object.is_empty() {
        whole.insert(mail.as_str().to_owned(), Value::Object(object));
    }
    let done = if whole.is_empty() {
        room.engine().delete_policy(&room.authority(), tenant, PolicyKind::Email, Some(version)).await
    } else {
        let body = serde_json::from_value::<EmailOverrides>(Value::Object(whole)).map_err(|_| Stop::nothing())?;
        let body = PolicyBody::Email(Box::new(body));
        room.engine().put_policy((&room.authority(), Targets::Any), tenant, &body, Some(version)).await.map(|_| ())
    };
    match done {
        Ok(()) => room.go_saying(&path(Some(mail), tenant), flash),
        Err(Failure::Policy(flaws)) => {
            let prefix = format!("{}.", mail.as_str());
            let (here, elsewhere): (Vec<_>, Vec<_>) = flaws.iter().partition(|flaw| flaw.field.starts_with(&prefix));
            let here: Vec<_> =
                here.iter().map(|flaw| (flaw.field.trim_start_matches(&prefix).to_owned(), said(flaw))).collect();
            let beside = elsewhere.first().map(|flaw| {
                let other = flaw.field.split('.').next().unwrap_or_default();
                format!(
                    "What is set for another kind of mail stands in the way ({}): {}",
                    words::mail(other),
                    said(flaw)
                )
            });
            one(room, (mail, tenant), StatusCode::UNPROCESSABLE_ENTITY, typed, &here, beside).await
        }
        Err(stale @ Failure::Stale(_)) => {
            one(room, (mail, tenant), StatusCode::CONFLICT, None, &[], failure::words(&stale)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Lets a level say nothing about any mail.
pub(super) async fn remove_all(
    room: &Room,
    tenant: Option<TenantId>,
    version: Option<i64>,
) -> Result<HttpResponse, Stop> {
    room.confirmed(&room.path(&path(None, tenant)))?;
    match room.engine().delete_policy(&room.authority(), tenant, PolicyKind::Email, version).await {
        Ok(()) => room.go_saying(&path(None, tenant), Flash::PolicyRemoved),
        Err(stale @ Failure::Stale(_)) => all(room, tenant, StatusCode::CONFLICT, failure::words(&stale)).await,
        Err(other) => Err(other.into()),
    }
}
