//! `GET /api/v1/messages`

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::MessageResource;
use crate::domain::access::may;
use crate::domain::mail::MailKind;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::management::query::read_if_there;
use crate::http::problem::{Problem, Violations};
use crate::store::message_records::{MessageAttribute, MessageFilter};
use crate::store::messages::MessageState;
use crate::workflows::Engine;

/// What they can be found by.
const ATTRIBUTES: [(&str, MessageAttribute); 4] = [
    ("creationTime", MessageAttribute::Created),
    ("kind", MessageAttribute::Kind),
    ("tenantId", MessageAttribute::Tenant),
    ("userId", MessageAttribute::User),
];

/// Which messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct MessageListQuery {
    /// The number of the first one, from 1.
    #[param(value_type = Option<u64>)]
    start_index: Option<String>,
    /// How many at most, 0 – 100; 20 when absent.
    #[param(value_type = Option<u64>)]
    count: Option<String>,
    /// `creationTime`, with `:asc` or `:desc`; the newest first when absent.
    sort_by: Option<String>,
    /// Only those for which this holds, for example
    /// `kind sw "PASSWORD_RESET"`; a wrong attribute is answered with those there are.
    query: Option<String>,
    /// Only those in this state: `QUEUED`, `SENT`, `DEAD`, `DROPPED` or `SUPPRESSED`.
    state: Option<String>,
    /// Only those of this kind, for example `PASSWORD_RESET_LINK`.
    kind: Option<String>,
    /// Only those of this tenant.
    #[serde(rename = "tenantId")]
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
    /// Only those about this user.
    #[serde(rename = "userId")]
    #[param(rename = "userId")]
    user_id: Option<String>,
}

/// Lists them.
pub async fn handle(
    call: Require<may::MessageRead>,
    Query(query): Query<MessageListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<MessageResource>>, Problem> {
    let mut violations = Violations::new();
    let filter = MessageFilter {
        state: read(query.state.as_deref(), state, ("state", "invalid_value"), &mut violations),
        kind: read(query.kind.as_deref(), MailKind::parse, ("kind", "invalid_value"), &mut violations),
        tenant: read(query.tenant_id.as_deref(), |id| id.parse().ok(), ("tenantId", "invalid_id"), &mut violations),
        user: read(query.user_id.as_deref(), |id| id.parse().ok(), ("userId", "invalid_id"), &mut violations),
    };
    let asked = ListQuery { start_index: query.start_index, count: query.count, sort_by: query.sort_by, query: None };
    let part = asked.read(&[("creationTime", ())], (), &mut violations);
    let terms = read_if_there(query.query.as_deref(), &ATTRIBUTES, &mut violations);
    violations.into_result()?;
    let found = engine.page_messages(&call.scope, filter, &terms, part.slice).await;
    let (total, messages) = found.map_err(|failure| problem(failure, ""))?;
    let items = messages.iter().map(|message| MessageResource::new(message, None)).collect();
    Ok(web::Json(part.page(total, items)))
}

/// A state as it is answered; as it is stored it is none.
fn state(text: &str) -> Option<MessageState> {
    MessageState::parse(&text.to_lowercase()).filter(|_| text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn read<T>(
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    (field, code): (&'static str, &'static str),
    violations: &mut Violations,
) -> Option<T> {
    let read = text.map(parse)?;
    if read.is_none() {
        violations.add(field, code);
    }
    read
}
