//! `/api/v1/password-reset/*`: the workflow API, JSON in camelCase, for tenant
//! applications and service accounts. One handler per file; each reads its
//! body, calls one use case and words the answer.

mod cancel;
mod check;
mod exchange;
mod failure;
mod idempotency;
mod introspect;
mod link;
mod request;
mod resend;
mod reset;
mod send;
mod verify;

use crate::http::routes::routes;

routes! {
    POST "/api/v1/password-reset/request-password-reset" => request::handle, tag "Password reset",
        summary "Asks for a reset by email address",
        permission "password-reset-workflow:execute", body request::RequestPasswordReset,
        ok 200 request::RequestAccepted, errors [400, 401, 403, 404, 429, 503];
    POST "/api/v1/password-reset/send-password-reset-email" => send::handle, tag "Password reset",
        summary "Mails a user, named by id, a link or a code",
        permission "password-reset-workflow:execute", body send::SendPasswordResetEmail,
        ok 200 send::EmailQueued, errors [400, 401, 403, 404, 429, 503];
    POST "/api/v1/password-reset/create-password-reset-link" => link::handle, tag "Password reset",
        summary "Makes a link to hand over to a user",
        permission "password-reset-workflow:execute", body link::CreatePasswordResetLink,
        ok 200 link::PasswordResetLink, errors [400, 401, 403, 404, 429, 503];
    POST "/api/v1/password-reset/introspect-email-auth-code" => introspect::email_auth_code, tag "Password reset",
        summary "Looks at the token of an emailed link without using it",
        permission "password-reset-workflow:execute", body introspect::IntrospectEmailAuthCode,
        ok 200 introspect::Introspection, errors [400, 401, 403, 429, 503];
    POST "/api/v1/password-reset/introspect-password-reset-code" => introspect::password_reset_code,
        tag "Password reset", summary "Looks at the token of a handed-over link without using it",
        permission "password-reset-workflow:execute", body introspect::IntrospectPasswordResetCode,
        ok 200 introspect::Introspection, errors [400, 401, 403, 429, 503];
    POST "/api/v1/password-reset/resend-code" => resend::handle, tag "Password reset",
        summary "Mails a code once more",
        permission "password-reset-workflow:execute", body resend::ResendCode,
        ok 200 resend::Resent, errors [400, 401, 403, 429, 503];
    POST "/api/v1/password-reset/verify-code" => verify::handle, tag "Password reset",
        summary "Says whether a code is right, without using it up",
        permission "password-reset-workflow:execute", body verify::VerifyCode,
        ok 200 verify::CodeVerified, errors [400, 401, 403, 429, 503];
    POST "/api/v1/password-reset/reset-password" => reset::handle, tag "Password reset",
        summary "Completes a reset: a proof and a new password",
        permission "password-reset-workflow:execute", body reset::ResetPassword,
        ok 200 reset::ResetPasswordResult, errors [400, 401, 403, 429, 503];
    POST "/api/v1/password-reset/exchange-auth-session" => exchange::handle, tag "Password reset",
        summary "Exchanges the session code of Immediate Login for a session",
        permission "password-reset-workflow:execute", body exchange::ExchangeAuthSession,
        ok 200 exchange::AuthSession, errors [400, 401, 403, 429, 503];
    POST "/api/v1/password-reset/cancel-password-reset" => cancel::handle, tag "Password reset",
        summary "Cancels pending resets",
        permission "password-reset-workflow:execute", body cancel::CancelPasswordReset,
        ok 200 cancel::Cancelled, errors [400, 401, 403, 404, 429, 503];
}
