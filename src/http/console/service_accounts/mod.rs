//! `…/service-accounts`: which programs may do what.

pub(super) mod change;
pub(super) mod create;
pub(super) mod grants;
pub(super) mod keys;
pub(super) mod list;
pub(super) mod one;
mod words;

use actix_web::HttpRequest;

use crate::domain::ids::ServiceAccountId;

use super::stop::Stop;

/// The account that the path of a request names.
fn named(request: &HttpRequest) -> Result<ServiceAccountId, Stop> {
    request.match_info().get("account").and_then(|id| id.parse().ok()).ok_or_else(Stop::nothing)
}
