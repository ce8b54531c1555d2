//! The WorkOS-compatible API: their official SDKs work here after changing
//! nothing but the base URL and the key.
//!
//! Objects, statuses and codes are theirs. Unknown fields are accepted, and
//! `Idempotency-Key` is ignored: some SDKs send the same one for the same
//! body, so giving a stored answer again would hand back a stale reset.

mod auth_factors;
mod checks;
mod email_verifications;
mod error;
mod events;
mod keys;
mod objects;
mod paging;
mod password_resets;
mod sessions;
mod users;
mod webhook_endpoints;

#[cfg(test)]
mod tests;

use std::str::FromStr;

use crate::domain::access::Scope;
use crate::domain::ids::TenantId;
use crate::http::problem::{Missing, Problem};
use crate::http::routes::routes;
use crate::workflows::Engine;

use auth_factors::objects::{AuthFactorList, EnrollmentObject};
use auth_factors::{create as create_factor, list as list_factors};
use email_verifications::{confirm as confirm_email, read as read_verification, send as send_verification};
use events::list as list_events;
use keys::KeySetObject;
use objects::{
    AuthenticationObject, EmailVerificationObject, EmptyObject, EventList, PasswordResetObject, SessionList,
    SessionObject, UserEnvelope, UserList, UserObject, WebhookEndpointList, WebhookEndpointObject,
};
use paging::PageQuery;
use password_resets::{confirm, create as create_reset, read as read_reset, send as send_reset};
use sessions::{authenticate, list as list_sessions, logout, revoke};
use users::{
    create as create_user, delete as delete_user, external as read_external, list as list_users, read as read_user,
    update as update_user,
};
use webhook_endpoints::{
    create as create_endpoint, delete as delete_endpoint, list as list_endpoints, update as update_endpoint,
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
    POST "/user_management/password_reset/send" => send_reset::handle, tag "Password resets (WorkOS-compatible)",
        summary "Mails a link to a registered page to the user with an address",
        permission "password-reset-workflow:execute", body send_reset::SendPasswordReset,
        ok 200 EmptyObject, errors [401, 403, 404, 422, 429, 503];
    GET "/user_management/password_reset/{id}" => read_reset::handle, tag "Password resets (WorkOS-compatible)",
        summary "Shows a password reset with its token",
        permission "password-reset-workflow:execute", ok 200 PasswordResetObject, errors [401, 403, 404, 429, 503];
    POST "/user_management/users" => create_user::handle, tag "Users (WorkOS-compatible)",
        summary "Makes a user",
        permission "user:write", body create_user::CreateUser,
        ok 201 UserObject, errors [400, 401, 403, 413, 422, 429, 503];
    GET "/user_management/users" => list_users::handle, tag "Users (WorkOS-compatible)",
        summary "Lists the users of a tenant",
        permission "user:read", query list_users::UserListQuery,
        ok 200 UserList, errors [401, 403, 404, 422, 429, 503];
    GET "/user_management/users/external_id/{external_id}" => read_external::handle,
        tag "Users (WorkOS-compatible)", summary "Shows the user whom the application knows by an id of its own",
        permission "user:read", ok 200 UserObject, errors [401, 403, 404, 429, 503];
    GET "/user_management/users/{id}" => read_user::handle, tag "Users (WorkOS-compatible)",
        summary "Shows a user",
        permission "user:read", ok 200 UserObject, errors [401, 403, 404, 429, 503];
    PUT "/user_management/users/{id}" => update_user::handle, tag "Users (WorkOS-compatible)",
        summary "Changes a user",
        permission "user:write", body update_user::UpdateUser,
        ok 200 UserObject, errors [400, 401, 403, 404, 413, 422, 429, 503];
    DELETE "/user_management/users/{id}" => delete_user::handle, tag "Users (WorkOS-compatible)",
        summary "Deletes a user",
        permission "user:write", ok 204, errors [401, 403, 404, 429, 503];
    POST "/user_management/users/{id}/email_verification/send" => send_verification::handle,
        tag "Users (WorkOS-compatible)", summary "Mails a user a code that proves their address",
        permission "user:write", ok 200 UserEnvelope, errors [400, 401, 403, 404, 429, 503];
    POST "/user_management/users/{id}/email_verification/confirm" => confirm_email::handle,
        tag "Users (WorkOS-compatible)", summary "Verifies the address of a user with the code from the mail",
        permission "user:write", body confirm_email::ConfirmEmailVerification,
        ok 200 UserEnvelope, errors [400, 401, 403, 404, 422, 429, 503];
    GET "/user_management/email_verification/{id}" => read_verification::handle,
        tag "Users (WorkOS-compatible)", summary "Shows a verification of an address with its code",
        permission "user:write", ok 200 EmailVerificationObject, errors [401, 403, 404, 429, 503];
    POST "/user_management/users/{id}/auth_factors" => create_factor::handle, tag "Second factors (WorkOS-compatible)",
        summary "Gives a user an authenticator",
        permission "user:write", body create_factor::EnrollAuthFactor,
        ok 201 EnrollmentObject, errors [401, 403, 404, 422, 429, 503];
    GET "/user_management/users/{id}/auth_factors" => list_factors::handle, tag "Second factors (WorkOS-compatible)",
        summary "Lists the authenticators of a user",
        permission "user:read", query PageQuery,
        ok 200 AuthFactorList, errors [401, 403, 404, 422, 429, 503];
    POST "/user_management/authenticate" => authenticate::handle, tag "Sessions (WorkOS-compatible)",
        summary "Signs a user in, or goes on with a session; credentials of the caller are in the body",
        permission "session:write", credentials in body, body authenticate::Authenticate,
        ok 200 AuthenticationObject, errors [400, 401, 403, 422, 429, 503];
    GET "/user_management/users/{id}/sessions" => list_sessions::handle, tag "Sessions (WorkOS-compatible)",
        summary "Lists the active sessions of a user",
        permission "session:read", query PageQuery,
        ok 200 SessionList, errors [401, 403, 404, 422, 429, 503];
    POST "/user_management/sessions/revoke" => revoke::handle, tag "Sessions (WorkOS-compatible)",
        summary "Ends a session",
        permission "session:write", body revoke::RevokeSession,
        ok 200 SessionObject, errors [401, 403, 404, 422, 429, 503];
    GET "/user_management/sessions/logout" => logout::handle, tag "Sessions (WorkOS-compatible)",
        summary "Ends the session of a browser that is sent here, and leads it to a registered URL (302) or to a page",
        query logout::LogoutQuery, ok 302, or page 200, errors [422, 503];
    GET "/events" => list_events::handle, tag "Events (WorkOS-compatible)",
        summary "Lists what happened; read oldest first and going on after the last one, nothing is missed",
        permission "event:read", query list_events::EventListQuery,
        ok 200 EventList, errors [401, 403, 404, 422, 429, 503];
    GET "/webhook_endpoints" => list_endpoints::handle, tag "Events (WorkOS-compatible)",
        summary "Lists the webhook endpoints",
        permission "webhook-endpoint:read", query PageQuery,
        ok 200 WebhookEndpointList, errors [401, 403, 422, 429, 503];
    POST "/webhook_endpoints" => create_endpoint::handle, tag "Events (WorkOS-compatible)",
        summary "Registers a webhook endpoint",
        permission "webhook-endpoint:write", body create_endpoint::CreateWebhookEndpoint,
        ok 201 WebhookEndpointObject, errors [400, 401, 403, 422, 429, 503];
    PATCH "/webhook_endpoints/{id}" => update_endpoint::handle, tag "Events (WorkOS-compatible)",
        summary "Changes a webhook endpoint",
        permission "webhook-endpoint:write", body update_endpoint::UpdateWebhookEndpoint,
        ok 200 WebhookEndpointObject, errors [400, 401, 403, 404, 422, 429, 503];
    DELETE "/webhook_endpoints/{id}" => delete_endpoint::handle, tag "Events (WorkOS-compatible)",
        summary "Removes a webhook endpoint and what waits for it",
        permission "webhook-endpoint:write", ok 204, errors [401, 403, 404, 429, 503];
    GET "/sso/jwks/{client_id}" => keys::handle, tag "Sessions (WorkOS-compatible)",
        summary "Publishes the keys that verify access tokens", ok 200 KeySetObject, errors [404, 503];
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
