//! The WorkOS-compatible API: their official SDKs work here after changing
//! nothing but the base URL and the key.
//!
//! Objects, statuses and codes are theirs. Unknown fields are accepted, and
//! `Idempotency-Key` is ignored: some SDKs send the same one for the same
//! body, so giving a stored answer again would hand back a stale reset.

mod checks;
mod error;
mod keys;
mod objects;
mod paging;
mod password_resets;
mod sessions;
mod users;

#[cfg(test)]
mod tests;

use std::str::FromStr;

use crate::domain::access::Scope;
use crate::domain::ids::TenantId;
use crate::http::problem::{Missing, Problem};
use crate::http::routes::routes;
use crate::workflows::Engine;

use keys::KeySetObject;
use objects::{
    AuthenticationObject, PasswordResetObject, SessionList, SessionObject, UserEnvelope, UserList, UserObject,
};
use paging::PageQuery;
use password_resets::{confirm, create as create_reset, read as read_reset};
use sessions::{authenticate, list as list_sessions, revoke};
use users::{
    create as create_user, delete as delete_user, list as list_users, read as read_user, update as update_user,
};

routes! {
    POST "/user_management/password_reset" => create_reset::handle, tag "Password resets (WorkOS-compatible)",
        summary "Makes a password reset for the user with an address",
        permission "password-reset-workflow:execute", body create_reset::CreatePasswordReset,
        ok 201 PasswordResetObject, errors [401, 403, 404, 422, 429, 503];
    POST "/user_management/password_reset/confirm" => confirm::handle, tag "Password resets (WorkOS-compatible)",
        summary "Sets a new password with the token of a reset",
        permission "password-reset-workflow:execute", body confirm::ConfirmPasswordReset,
        ok 200 UserEnvelope, errors [400, 401, 403, 404, 422, 429, 503];
    GET "/user_management/password_reset/{id}" => read_reset::handle, tag "Password resets (WorkOS-compatible)",
        summary "Shows a password reset with its token",
        permission "password-reset-workflow:execute", ok 200 PasswordResetObject, errors [401, 403, 404, 429, 503];
    POST "/user_management/users" => create_user::handle, tag "Users (WorkOS-compatible)",
        summary "Makes a user",
        permission "user:write", body create_user::CreateUser,
        ok 201 UserObject, errors [400, 401, 403, 422, 429, 503];
    GET "/user_management/users" => list_users::handle, tag "Users (WorkOS-compatible)",
        summary "Lists the users of a tenant",
        permission "user:read", query list_users::UserListQuery,
        ok 200 UserList, errors [401, 403, 404, 422, 429, 503];
    GET "/user_management/users/{id}" => read_user::handle, tag "Users (WorkOS-compatible)",
        summary "Shows a user",
        permission "user:read", ok 200 UserObject, errors [401, 403, 404, 429, 503];
    PUT "/user_management/users/{id}" => update_user::handle, tag "Users (WorkOS-compatible)",
        summary "Changes a user",
        permission "user:write", body update_user::UpdateUser,
        ok 200 UserObject, errors [400, 401, 403, 404, 422, 429, 503];
    DELETE "/user_management/users/{id}" => delete_user::handle, tag "Users (WorkOS-compatible)",
        summary "Deletes a user",
        permission "user:write", ok 204, errors [401, 403, 404, 429, 503];
    POST "/user_management/authenticate" => authenticate::handle, tag "Sessions (WorkOS-compatible)",
        summary "Signs a user in, or goes on with a session; credentials of the caller are in the body",
        permission "session:write", body authenticate::Authenticate,
        ok 200 AuthenticationObject, errors [400, 401, 403, 422, 429, 503];
    GET "/user_management/users/{id}/sessions" => list_sessions::handle, tag "Sessions (WorkOS-compatible)",
        summary "Lists the active sessions of a user",
        permission "session:read", query PageQuery,
        ok 200 SessionList, errors [401, 403, 404, 422, 429, 503];
    POST "/user_management/sessions/revoke" => revoke::handle, tag "Sessions (WorkOS-compatible)",
        summary "Ends a session",
        permission "session:write", body revoke::RevokeSession,
        ok 200 SessionObject, errors [401, 403, 404, 422, 429, 503];
    GET "/sso/jwks/{client_id}" => keys::handle, tag "Sessions (WorkOS-compatible)",
        summary "Publishes the keys that verify access tokens", ok 200 KeySetObject, errors [];
}

/// Reads an id from a path; what is no id is not there.
fn id<T: FromStr>(text: &str, missing: fn(String) -> Missing) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(missing(text.to_owned())))
}

/// The tenant that a call without one means.
async fn implied_tenant(engine: &Engine, scope: &Scope) -> Result<TenantId, Problem> {
    let tenant = engine.implied_tenant(scope).await.map_err(|failure| error::problem(failure, ""))?;
    tenant.ok_or_else(|| {
        Problem::invalid_request(
            "The key reaches several organizations, and this call does not say which one it means.",
        )
    })
}
