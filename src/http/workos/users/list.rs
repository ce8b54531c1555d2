//! `GET /user_management/users`

use actix_web::{HttpResponse, web};
use utoipa::IntoParams;

use crate::domain::access::may;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::UserId;
use crate::domain::user::User;
use crate::http::extract::{Pairs, Require};
use crate::http::problem::{Missing, Problem};
use crate::http::workos::checks::Checks;
use crate::http::workos::paging::{PageQuery, Paging};
use crate::http::workos::{error, id, implied_tenant};
use crate::store::users::UserQuery;
use crate::workflows::Engine;

/// The most addresses that one call may ask for.
const ADDRESSES: usize = 20;

/// Which users.
#[derive(Debug, IntoParams)]
pub(in crate::http::workos) struct UserListQuery {
    /// Only the one with this address; may be repeated, also as `email[]`.
    #[param(value_type = Option<String>)]
    email: Vec<String>,
    /// The tenant they belong to; the default one when absent.
    organization_id: Option<String>,
    /// Entries at most, 1 – 100; 10 when absent.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// `desc` (also `normal`, and when absent): newest first; `asc`: oldest first.
    order: Option<String>,
    /// Only what comes before this id.
    before: Option<String>,
    /// Only what comes after this id.
    after: Option<String>,
}

/// What was asked for.
#[derive(Debug)]
struct Asked {
    emails: Vec<EmailAddress>,
    organization: Option<String>,
    paging: Paging<UserId>,
}

impl UserListQuery {
    /// What is not known is left alone.
    fn of(mut pairs: Pairs) -> Result<Self, Problem> {
        let deprecated = pairs.once("organization")?;
        Ok(Self {
            email: pairs.all("email"),
            organization_id: pairs.once("organization_id")?.or(deprecated),
            limit: pairs.once("limit")?,
            order: pairs.once("order")?,
            before: pairs.once("before")?,
            after: pairs.once("after")?,
        })
    }

    /// An address that is there and empty is refused: the call meant to ask
    /// for one user, not for all.
    fn read(self) -> Result<Asked, Problem> {
        let mut checks = Checks::default();
        let page = PageQuery { limit: self.limit, order: self.order, before: self.before, after: self.after };
        let paging = Paging::read(&page, &mut checks);
        if self.email.len() > ADDRESSES {
            checks.refuse("email", "too_many");
        }
        let emails = self.email.into_iter().filter_map(|email| checks.email("email", Some(email))).collect();
        let organization = self.organization_id.filter(|id| !id.is_empty());
        checks.finish(Some(Asked { emails, organization, paging }))
    }
}

pub(in crate::http::workos) async fn handle(
    call: Require<may::UserRead>,
    pairs: Pairs,
    engine: web::Data<Engine>,
) -> Result<HttpResponse, Problem> {
    let Asked { emails, organization, paging } = UserListQuery::of(pairs)?.read()?;
    let tenant = match &organization {
        None => implied_tenant(&engine, &call.scope).await?,
        Some(name) => {
            let tenant = id(name, Missing::Tenant)?;
            let tenancy = engine.tenancy(&call.scope, Some(tenant)).await;
            tenancy.map_err(|failure| error::problem(failure, name))?.tenant.id
        }
    };
    let ask = UserQuery {
        tenant,
        canonical: emails.iter().map(|email| email.canonical().to_owned()).collect(),
        after: paging.after,
        before: paging.before,
        descending: paging.descending,
        limit: paging.fetch(),
    };
    let users = engine.list_users(&call.scope, &ask).await.map_err(|failure| error::problem(failure, ""))?;
    Ok(HttpResponse::Ok().json(paging.page(users, |user| user.id).to_object(User::to_object)))
}
