//! `GET /api/v1/messages/suppressions`

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::SuppressionResource;
use crate::domain::access::may;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::management::query::read_if_there;
use crate::http::problem::{Problem, Violations};
use crate::store::suppressions::SuppressionAttribute;
use crate::workflows::Engine;

/// What they can be found by.
const ATTRIBUTES: [(&str, SuppressionAttribute); 2] =
    [("creationTime", SuppressionAttribute::Created), ("tenantId", SuppressionAttribute::Tenant)];

/// Which addresses.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct SuppressionListQuery {
    /// The number of the first one, from 1.
    #[param(value_type = Option<u64>)]
    start_index: Option<String>,
    /// How many at most, 0 – 100; 20 when absent.
    #[param(value_type = Option<u64>)]
    count: Option<String>,
    /// `creationTime`, with `:asc` or `:desc`; the newest first when absent.
    sort_by: Option<String>,
    /// Only those for which this holds, for example
    /// `creationTime ne "2026-01-01T00:00:00.000Z"`; a wrong attribute is answered with those there are.
    query: Option<String>,
    /// Only this address, however it is written.
    email: Option<String>,
}

/// Lists them.
pub async fn handle(
    call: Require<may::MessageRead>,
    Query(query): Query<SuppressionListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<SuppressionResource>>, Problem> {
    let mut violations = Violations::new();
    let asked = ListQuery { start_index: query.start_index, count: query.count, sort_by: query.sort_by, query: None };
    let part = asked.read(&[("creationTime", ())], (), &mut violations);
    let terms = read_if_there(query.query.as_deref(), &ATTRIBUTES, &mut violations);
    violations.into_result()?;
    let found = engine.page_suppressions(&call.scope, query.email.as_deref(), &terms, part.slice).await;
    let (total, found) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, found.iter().map(SuppressionResource::from).collect())))
}
