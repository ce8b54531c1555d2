//! `GET /api/v1/password-resets`

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ATTRIBUTES, ResetResource, mode, state};
use crate::domain::access::may;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::resets::{ResetAttribute, ResetFilter};
use crate::workflows::Engine;

/// Which resets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
pub struct ResetListQuery {
    /// The number of the first one, from 1.
    #[param(value_type = Option<u64>, rename = "start_index")]
    #[serde(rename = "start_index")]
    start_index: Option<String>,
    /// How many at most, 0 – 100; 20 when absent.
    #[param(value_type = Option<u64>)]
    count: Option<String>,
    /// `creationTime`, `expiryTime`, `finishTime` or `createdBy`, with `:asc`
    /// or `:desc`; the newest first when absent.
    #[param(rename = "sort_by")]
    #[serde(rename = "sort_by")]
    sort_by: Option<String>,
    /// Only resets for which this holds, for example `createdBy eq "sa_…"`.
    query: Option<String>,
    /// Only those in this state.
    state: Option<String>,
    /// Only those of this mode.
    mode: Option<String>,
    /// Only those of this tenant's users.
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
    /// Only those of this user.
    #[param(rename = "userId")]
    user_id: Option<String>,
}

/// Lists them.
pub async fn handle(
    call: Require<may::PasswordResetRead>,
    Query(query): Query<ResetListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<ResetResource>>, Problem> {
    let mut violations = Violations::new();
    let (mode, status) = (mode(&mut violations, query.mode.as_ref()), state(&mut violations, query.state.as_ref()));
    let tenant = query.tenant_id.map(|id| id.parse()).transpose();
    let user = query.user_id.map(|id| id.parse()).transpose();
    if tenant.is_err() {
        violations.add("tenantId", "invalid_id");
    }
    if user.is_err() {
        violations.add("userId", "invalid_id");
    }
    let asked =
        ListQuery { start_index: query.start_index, count: query.count, sort_by: query.sort_by, query: query.query };
    let part = asked.read(&ATTRIBUTES, ResetAttribute::Created, &mut violations);
    violations.into_result()?;
    let which = ResetFilter { tenant: tenant.ok().flatten(), user: user.ok().flatten(), mode, status };
    let found = engine.page_resets(&call.scope, (&which, call.now), &part.terms, part.by, part.slice).await;
    let (total, records) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, records.iter().map(|record| ResetResource::new(record, call.now)).collect())))
}
