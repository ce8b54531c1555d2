//! Users of an application: found, looked at and helped.

pub(super) mod account;
pub(super) mod link;
pub(super) mod list;
pub(super) mod one;
pub(super) mod resets;
mod story;

use actix_web::HttpRequest;

use crate::domain::ids::UserId;
use crate::domain::user::User;

use super::stop::Stop;

/// The user that the path of a request names.
fn named(request: &HttpRequest) -> Result<UserId, Stop> {
    request.match_info().get("user").and_then(|id| id.parse().ok()).ok_or_else(Stop::nothing)
}

/// What a user is called.
fn name(user: &User) -> Option<String> {
    let parts: Vec<_> = [user.first_name.as_deref(), user.last_name.as_deref()].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
