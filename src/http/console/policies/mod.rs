//! `…/policies`: how resets work, what passwords must be and how mails are
//! sent, for the application and for each tenant.

pub(super) mod email;
mod fields;
mod form;
pub(super) mod show;

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::ids::TenantId;
use crate::domain::password::PasswordOverrides;
use crate::domain::policy::{Flaw, WorkflowOverrides};
use crate::store::policies::PolicyKind;
use crate::workflows::Failure;
use crate::workflows::policies::{PolicyBody, Targets};

use super::act::Act;
use super::failure;
use super::flash::Flash;
use super::room::Room;
use super::stop::Stop;
use fields::Field;

/// Which policy, and whose.
#[derive(Debug, Clone, Copy)]
struct Which {
    kind: PolicyKind,
    tenant: Option<TenantId>,
}

impl Which {
    fn of(kind: &str, tenant: Option<&str>) -> Result<Self, Stop> {
        let kind = match kind {
            "workflow" => PolicyKind::Workflow,
            "password" => PolicyKind::Password,
            _ => return Err(Stop::nothing()),
        };
        Ok(Self { kind, tenant: tenant_of(tenant)? })
    }

    const fn name(self) -> &'static str {
        match self.kind {
            PolicyKind::Password => "password",
            _ => "workflow",
        }
    }

    const fn fields(self) -> &'static [Field] {
        match self.kind {
            PolicyKind::Password => fields::PASSWORD,
            _ => fields::WORKFLOW,
        }
    }

    fn path(self) -> String {
        let tenant = self.tenant.map(|id| format!("?tenant={id}")).unwrap_or_default();
        format!("policies/{}{tenant}", self.name())
    }

    /// What a level sets, as the use case takes it.
    fn body(self, object: Map<String, Value>) -> Option<PolicyBody> {
        let object = Value::Object(object);
        match self.kind {
            PolicyKind::Password => serde_json::from_value::<PasswordOverrides>(object)
                .ok()
                .map(|body| PolicyBody::Password(Box::new(body))),
            _ => serde_json::from_value::<WorkflowOverrides>(object)
                .ok()
                .map(|body| PolicyBody::Workflow(Box::new(body))),
        }
    }
}

/// The tenant that a form or a query names; none is the application itself.
fn tenant_of(id: Option<&str>) -> Result<Option<TenantId>, Stop> {
    id.filter(|id| !id.is_empty()).map(str::parse).transpose().map_err(|_| Stop::nothing())
}

/// The level that is to set nothing any more, and the version that was shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    tenant: String,
    version: String,
}

/// `POST …/policies/{kind}/remove`: everything follows the level above then.
pub(super) async fn remove(act: Act<Seen>) -> Result<HttpResponse, Stop> {
    let (desk, form) = act.into_parts();
    let room = Room::at(desk).await?;
    let tenant = tenant_of(Some(&form.tenant))?;
    let name = room.lobby.request.match_info().get("kind").unwrap_or_default().to_owned();
    if name == "email" {
        return email::remove_all(&room, tenant, form.version.parse().ok()).await;
    }
    let which = Which::of(&name, Some(&form.tenant))?;
    room.confirmed(&room.path(&which.path()))?;
    match room.engine().delete_policy(&room.authority(), tenant, which.kind, form.version.parse().ok()).await {
        Ok(()) => room.go_saying(&which.path(), Flash::PolicyRemoved),
        Err(stale @ Failure::Stale(_)) => {
            show::page(&room, which, StatusCode::CONFLICT, None, &[], failure::words(&stale)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST …/policies/{kind}`.
pub(super) async fn put(act: Act<BTreeMap<String, String>>) -> Result<HttpResponse, Stop> {
    let (desk, typed) = act.into_parts();
    let room = Room::at(desk).await?;
    let kind = room.lobby.request.match_info().get("kind").unwrap_or_default().to_owned();
    let which = Which::of(&kind, typed.get("tenant").map(String::as_str))?;
    // Most of what a policy says can also weaken it.
    room.confirmed(&room.path(&which.path()))?;
    let object = match form::read(which.fields(), &typed) {
        Ok(object) => object,
        Err(flaws) => {
            return show::page(&room, which, StatusCode::UNPROCESSABLE_ENTITY, Some(&typed), &flaws, None).await;
        }
    };
    let version = typed.get("version").and_then(|version| version.parse::<i64>().ok());
    let body = which.body(object).ok_or_else(Stop::nothing)?;
    match room.engine().put_policy((&room.authority(), Targets::Any), which.tenant, &body, version).await {
        Ok(_) => room.go_saying(&which.path(), Flash::Saved),
        Err(Failure::Policy(flaws)) => {
            let flaws: Vec<_> = flaws.iter().map(|flaw| (flaw.field.clone(), said(flaw))).collect();
            show::page(&room, which, StatusCode::UNPROCESSABLE_ENTITY, Some(&typed), &flaws, None).await
        }
        Err(stale @ Failure::Stale(_)) => {
            show::page(&room, which, StatusCode::CONFLICT, None, &[], failure::words(&stale)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// What is wrong with a field, in words.
fn said(flaw: &Flaw) -> String {
    let of = |name: &str| flaw.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    match (flaw.code, of("minimum"), of("maximum")) {
        ("out_of_range", Some(least), Some(most)) => format!("Choose a number from {least} to {most}."),
        ("origin_not_registered" | "unregistered_origin", _, _) => {
            "Its origin is not registered: register it first, on the page of the application's origins.".to_owned()
        }
        ("not_allowed", _, _) => {
            "The server does not allow this here. What it allows stands in its configuration.".to_owned()
        }
        ("invalid_email", _, _) => "Write one email address, such as help@example.com.".to_owned(),
        ("https_required", _, _) => "It has to begin with https://.".to_owned(),
        ("invalid_url", _, _) => "Write a whole address, such as https://app.example.com/reset.".to_owned(),
        ("invalid_placeholder", _, _) => {
            "The name of the tenant stands where it could change where the link leads.".to_owned()
        }
        (code, _, _) => format!("This will not do: {}.", code.replace('_', " ")),
    }
}
