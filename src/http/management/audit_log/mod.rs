//! `/api/v1/audit-log`: who did what, and whether anybody has tampered with
//! what is written there.

pub mod export;
pub mod list;
pub mod verify;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::list::page_schema;
use crate::domain::audit::Linked;
use crate::store::audit::AuditAttribute;

page_schema! {
    /// Entries of the audit log.
    AuditPage of AuditResource
}

/// What entries can be sorted and found by.
const ATTRIBUTES: [(&str, AuditAttribute); 8] = [
    ("position", AuditAttribute::Position),
    ("time", AuditAttribute::Time),
    ("tenantId", AuditAttribute::Tenant),
    ("actorType", AuditAttribute::ActorType),
    ("actorId", AuditAttribute::Actor),
    ("action", AuditAttribute::Action),
    ("targetType", AuditAttribute::TargetType),
    ("targetId", AuditAttribute::Target),
];

/// One act.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditResource {
    /// Its id.
    id: String,
    /// Which log it is in: the id of the application, or `operators`.
    chain: String,
    /// Its place there, from 1 without gaps.
    position: i64,
    /// When it was done.
    #[schema(format = DateTime)]
    time: String,
    /// The tenant that it concerns, if it concerns one.
    tenant_id: Option<String>,
    /// Who did it.
    actor: AuditActor,
    /// What was done, for example `tenant.updated`.
    action: String,
    /// To what.
    target: AuditTarget,
    /// Names of changed fields and values that are no secret.
    #[schema(value_type = Object)]
    details: Value,
    /// The request, as its answer and the server's logs name it.
    request_id: Option<String>,
    /// The network that the call came from.
    network: Option<String>,
    /// The entry's hash: SHA-256 over the hash before it and the entry.
    hash: String,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `SERVICE_ACCOUNT`, `OPERATOR`, `CONSOLE_OPERATOR` or `COMMAND_LINE`.
    r#type: String,
    /// Which one; the command line has none.
    id: Option<String>,
}

/// What something was done to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditTarget {
    /// For example `tenant`.
    r#type: String,
    /// Which one.
    id: String,
}

impl From<Linked> for AuditResource {
    fn from(linked: Linked) -> Self {
        let Linked { entry, hash } = linked;
        let time = entry.time();
        Self {
            time,
            details: serde_json::from_str(&entry.details).unwrap_or(Value::Null),
            id: entry.id,
            chain: entry.chain,
            position: entry.position,
            tenant_id: entry.tenant,
            actor: AuditActor { r#type: entry.actor_type, id: entry.actor_id },
            action: entry.action,
            target: AuditTarget { r#type: entry.target_type, id: entry.target_id },
            request_id: entry.request_id,
            network: entry.network,
            hash,
        }
    }
}
