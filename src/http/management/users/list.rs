//! `GET /api/v1/users`

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::UserResource;
use crate::domain::access::may;
use crate::domain::email_address::EmailAddress;
use crate::http::extract::{Query, Require};
use crate::http::management::failure::problem;
use crate::http::management::list::{ListQuery, Page};
use crate::http::problem::{Problem, Violations};
use crate::store::users::{UserAttribute, UserFilter};
use crate::workflows::Engine;

/// What they can be sorted and found by.
const ATTRIBUTES: [(&str, UserAttribute); 8] = [
    ("creationTime", UserAttribute::Created),
    ("lastModifiedTime", UserAttribute::Updated),
    ("email", UserAttribute::Email),
    ("firstName", UserAttribute::FirstName),
    ("lastName", UserAttribute::LastName),
    ("externalId", UserAttribute::ExternalId),
    ("disabled", UserAttribute::Disabled),
    ("protected", UserAttribute::Protected),
];

/// Which users.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
pub struct UserListQuery {
    /// The number of the first one, from 1.
    #[param(value_type = Option<u64>, rename = "start_index")]
    #[serde(rename = "start_index")]
    start_index: Option<String>,
    /// How many at most, 0 – 100; 20 when absent.
    #[param(value_type = Option<u64>)]
    count: Option<String>,
    /// An attribute of users, with `:asc` or `:desc`; the newest first when absent.
    #[param(rename = "sort_by")]
    #[serde(rename = "sort_by")]
    sort_by: Option<String>,
    /// Only users for which this holds, for example `lastName sw "Love"`.
    query: Option<String>,
    /// Only those with this address; case and surrounding white space do not
    /// count.
    email: Option<String>,
    /// Only those of this tenant.
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
    /// Only the one that the application knows by this id.
    #[param(rename = "externalId")]
    external_id: Option<String>,
}

/// Lists them.
pub async fn handle(
    call: Require<may::UserRead>,
    Query(query): Query<UserListQuery>,
    engine: web::Data<Engine>,
) -> Result<web::Json<Page<UserResource>>, Problem> {
    let mut violations = Violations::new();
    let UserListQuery { start_index, count, sort_by, query, email, tenant_id, external_id } = query;
    let part =
        ListQuery { start_index, count, sort_by, query }.read(&ATTRIBUTES, UserAttribute::Created, &mut violations);
    let email = email.map(|email| EmailAddress::parse(&email)).transpose();
    let tenant = tenant_id.map(|id| id.parse()).transpose();
    for (field, is_wrong, code) in [
        ("email", email.is_err(), "invalid_email"),
        ("tenantId", tenant.is_err(), "invalid_id"),
        ("externalId", external_id.as_ref().is_some_and(|id| id.contains('\0')), "invalid_characters"),
    ] {
        if is_wrong {
            violations.add(field, code);
        }
    }
    violations.into_result()?;
    let canonical = email.ok().flatten().map(|email| email.canonical().to_owned());
    let which = UserFilter { tenant: tenant.ok().flatten(), canonical, external_id };
    let found = engine.page_users(&call.scope, &which, &part.terms, part.by, part.slice).await;
    let (total, users) = found.map_err(|failure| problem(failure, ""))?;
    Ok(web::Json(part.page(total, users.iter().map(UserResource::from).collect())))
}
