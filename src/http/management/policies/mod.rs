//! `/api/v1/{workflow,password,email}-policies`: each a policy
//! of the application, overridden per tenant field by field.

pub mod email;
pub mod password;
pub mod workflow;

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::failure::{id, problem};
use super::if_match;
use crate::domain::access::{Ask, NamesPermission, Permission};
use crate::domain::cascade::{Level, Sourced};
use crate::domain::clock::Timestamp;
use crate::domain::ids::TenantId;
use crate::http::extract::RequireHeld;
use crate::http::problem::Problem;
use crate::store::policies::PolicyKind;
use crate::workflows::policies::{PolicyBody, PolicyView, Targets};
use crate::workflows::{Engine, Noun};

/// Whose policy.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct PolicyQuery {
    /// The tenant; the application itself when absent, which needs the
    /// boundary `APPLICATION`.
    #[serde(rename = "tenantId")]
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
}

/// A policy as it counts, and what this level sets of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyResource {
    /// `APPLICATION` or `TENANT`.
    level: Level,
    /// The tenant, if it is one's.
    #[schema(value_type = Option<String>)]
    tenant_id: Option<TenantId>,
    /// The value of every field, and the level that it comes from: `SERVER`,
    /// `APPLICATION` or `TENANT`.
    effective: BTreeMap<String, Sourced>,
    /// What this level sets; absent when it sets nothing.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>)]
    own: Option<Value>,
    /// When this level was set; its version is 0 when it sets nothing.
    metadata: PolicyMetadata,
}

/// When a level was first and last set.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyMetadata {
    /// When it was first set; absent when it sets nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    creation_time: Option<Timestamp>,
    /// When it last changed; absent when it sets nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    last_modified_time: Option<Timestamp>,
    /// Its version, for `If-Match`, where it stands in quotes; 0 when it sets
    /// nothing.
    version: i64,
}

impl From<PolicyView> for PolicyResource {
    fn from(view: PolicyView) -> Self {
        let own = view.own.as_ref();
        let metadata = PolicyMetadata {
            creation_time: own.map(|own| own.created_at),
            last_modified_time: own.map(|own| own.updated_at),
            version: own.map_or(0, |own| own.version),
        };
        Self {
            level: if view.tenant.is_some() { Level::Tenant } else { Level::Application },
            tenant_id: view.tenant,
            effective: view.fields,
            own: view.own.map(|own| Value::Object(own.body)),
            metadata,
        }
    }
}

/// Shows the policy of the level that the query names.
async fn show<P: NamesPermission>(
    held: &RequireHeld<P>,
    query: PolicyQuery,
    kind: PolicyKind,
    engine: &Engine,
) -> Result<web::Json<PolicyResource>, Problem> {
    let (scope, tenant, about) = level(held, query)?;
    let view = engine.get_policy(&scope, tenant, kind).await.map_err(|failure| problem(failure, &about))?;
    Ok(web::Json(view.into()))
}

/// Sets what the level says.
async fn put<P: NamesPermission>(
    held: &RequireHeld<P>,
    query: PolicyQuery,
    body: &PolicyBody,
    request: &HttpRequest,
    engine: &Engine,
) -> Result<web::Json<PolicyResource>, Problem> {
    let (scope, tenant, about) = level(held, query)?;
    let version = if_match::seen(request)?;
    let registers = Ask::plain(held.now, held.source_ip);
    let registers = held.caller.application_scope(Permission::OriginWrite, &registers).is_some();
    let targets = if registers { Targets::Any } else { Targets::Kept };
    let view = engine.put_policy((&held.authority(scope), targets), tenant, body, version).await;
    Ok(web::Json(view.map_err(|failure| problem(failure, &about))?.into()))
}

/// Removes what the level says.
async fn remove<P: NamesPermission>(
    held: &RequireHeld<P>,
    query: PolicyQuery,
    kind: PolicyKind,
    request: &HttpRequest,
    engine: &Engine,
) -> Result<HttpResponse, Problem> {
    let (scope, tenant, about) = level(held, query)?;
    let version = if_match::seen(request)?;
    let removed = engine.delete_policy(&held.authority(scope), tenant, kind, version).await;
    removed.map_err(|failure| problem(failure, &about))?;
    Ok(HttpResponse::NoContent().finish())
}

/// The level that a call is about, and what its caller may reach there.
fn level<P: NamesPermission>(
    held: &RequireHeld<P>,
    query: PolicyQuery,
) -> Result<(crate::domain::access::Scope, Option<TenantId>, String), Problem> {
    match query.tenant_id {
        Some(name) => Ok((held.scope(None, None)?, Some(id(&name, Noun::Tenant)?), name)),
        None => Ok((held.application_scope(None, None)?, None, String::new())),
    }
}
