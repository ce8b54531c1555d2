//! `/api/v1/*`: what an application manages about itself, JSON in camelCase.
//! One handler per file; each reads its body, calls one use case and words
//! the answer.

mod applications;
mod audit_log;
mod branding;
mod email_templates;
mod failure;
mod fields;
mod grants;
mod if_match;
mod issuers;
mod list;
mod messages;
mod metadata;
mod operators;
mod origins;
mod password_resets;
mod permission_boundaries;
mod policies;
mod query;
mod service_accounts;
mod tenants;
mod users;
mod webhook_deliveries;
mod webhook_endpoints;

use crate::http::routes::routes;

use list::ListQuery;
use password_resets::{ResetPage, ResetResource};
use policies::{PolicyQuery, PolicyResource};
use users::sessions::{self, Revoked, SessionPage};
use users::{UserPage, UserResource};
use webhook_deliveries::{DeliveryPage, DeliveryResource, list as list_deliveries, read as read_delivery, replay};
use webhook_endpoints::{
    EndpointPage, EndpointResource, create as create_endpoint, delete as delete_endpoint, list as list_endpoints,
    read as read_endpoint, test_fire, update as update_endpoint,
};

routes! {
    GET "/api/v1/webhook-endpoints" => list_endpoints::handle, tag "Webhooks",
        summary "Lists the webhook endpoints of the application",
        permission "webhook-endpoint:read", query ListQuery,
        ok 200 EndpointPage, errors [400, 401, 403, 429, 503];
    POST "/api/v1/webhook-endpoints" => create_endpoint::handle, tag "Webhooks",
        summary "Registers a webhook endpoint; its secret is shown this once",
        permission "webhook-endpoint:write", body create_endpoint::NewEndpoint,
        ok 201 EndpointResource, errors [400, 401, 403, 409, 429, 503];
    GET "/api/v1/webhook-endpoints/{id}" => read_endpoint::handle, tag "Webhooks",
        summary "Shows a webhook endpoint",
        permission "webhook-endpoint:read", ok 200 EndpointResource, errors [401, 403, 404, 429, 503];
    PATCH "/api/v1/webhook-endpoints/{id}" => update_endpoint::handle, tag "Webhooks",
        summary "Changes a webhook endpoint",
        permission "webhook-endpoint:write", body update_endpoint::EndpointPatch,
        ok 200 EndpointResource, errors [400, 401, 403, 404, 409, 412, 429, 503];
    DELETE "/api/v1/webhook-endpoints/{id}" => delete_endpoint::handle, tag "Webhooks",
        summary "Removes a webhook endpoint and what waits for it",
        permission "webhook-endpoint:write", ok 204, errors [401, 403, 404, 412, 429, 503];
    POST "/api/v1/webhook-endpoints/{id}/test-fire" => test_fire::handle, tag "Webhooks",
        summary "Sends an endpoint an event that never happened, once",
        permission "webhook-endpoint:write", body test_fire::TestFire,
        ok 202 DeliveryResource, errors [400, 401, 403, 404, 429, 503];
    GET "/api/v1/webhook-deliveries" => list_deliveries::handle, tag "Webhooks",
        summary "Lists what is or was on its way to webhook endpoints",
        permission "webhook-endpoint:read", query list_deliveries::DeliveryListQuery,
        ok 200 DeliveryPage, errors [400, 401, 403, 429, 503];
    GET "/api/v1/webhook-deliveries/{id}" => read_delivery::handle, tag "Webhooks",
        summary "Shows a webhook delivery",
        permission "webhook-endpoint:read", ok 200 DeliveryResource, errors [401, 403, 404, 429, 503];
    POST "/api/v1/webhook-deliveries/{id}/replay" => replay::handle, tag "Webhooks",
        summary "Makes a webhook delivery once more",
        permission "webhook-endpoint:write", ok 202 DeliveryResource, errors [401, 403, 404, 409, 429, 503];
    GET "/api/v1/messages" => messages::list::handle, tag "Messages",
        summary "Lists the emails that wait, were sent or were given up",
        permission "message:read", query messages::list::MessageListQuery,
        ok 200 messages::MessagePage, errors [400, 401, 403, 429, 503];
    GET "/api/v1/messages/suppressions" => messages::suppressions::handle, tag "Messages",
        summary "Lists the addresses that get no mail for a while",
        permission "message:read", query messages::suppressions::SuppressionListQuery,
        ok 200 messages::SuppressionPage, errors [400, 401, 403, 429, 503];
    DELETE "/api/v1/messages/suppressions/{id}" => messages::remove_suppression::handle, tag "Messages",
        summary "Lets an address have mail again",
        permission "message:write", ok 204, errors [401, 403, 404, 429, 503];
    GET "/api/v1/messages/{id}" => messages::read::handle, tag "Messages",
        summary "Shows an email and every attempt to send it, never what it says",
        permission "message:read", ok 200 messages::MessageResource, errors [401, 403, 404, 429, 503];
    POST "/api/v1/messages/{id}/replay" => messages::replay::handle, tag "Messages",
        summary "Sends an email once more that was given up or kept from its address",
        permission "message:write", ok 202 messages::MessageResource, errors [401, 403, 404, 409, 429, 503];
    GET "/api/v1/issuers" => issuers::read::handle, tag "Issuers",
        summary "Shows the identity providers that the application trusts",
        permission "issuer:read",
        ok 200 issuers::Issuers, errors [401, 403, 429, 503];
    PUT "/api/v1/issuers" => issuers::replace::handle, tag "Issuers",
        summary "Replaces the identity providers that the application trusts",
        permission "issuer:write", body issuers::PutIssuers,
        ok 200 issuers::Issuers, errors [400, 401, 403, 412, 429, 503];
    GET "/api/v1/applications" => applications::list::handle, tag "Applications",
        summary "Lists the applications of the installation",
        only operator, query ListQuery,
        ok 200 applications::ApplicationPage, errors [400, 401, 403, 429, 503];
    POST "/api/v1/applications" => applications::create::handle, tag "Applications",
        summary "Makes an application with its default tenant",
        only operator, body applications::create::CreateApplication,
        ok 201 applications::ApplicationResource, errors [400, 401, 403, 429, 503];
    GET "/api/v1/applications/{id}" => applications::read::handle, tag "Applications",
        summary "Shows an application",
        only operator, ok 200 applications::ApplicationResource, errors [401, 403, 404, 429, 503];
    PATCH "/api/v1/applications/{id}" => applications::update::handle, tag "Applications",
        summary "Changes an application",
        only operator, body applications::update::ApplicationPatch,
        ok 200 applications::ApplicationResource, errors [400, 401, 403, 404, 412, 429, 503];
    GET "/api/v1/tenants" => tenants::list::handle, tag "Tenants",
        summary "Lists the tenants that the caller may see",
        permission "tenant:read", query ListQuery,
        ok 200 tenants::TenantPage, errors [400, 401, 403, 429, 503];
    POST "/api/v1/tenants" => tenants::create::handle, tag "Tenants",
        summary "Makes a tenant",
        permission "tenant:write", body tenants::create::CreateTenant,
        ok 201 tenants::TenantResource, errors [400, 401, 403, 429, 503];
    GET "/api/v1/tenants/{id}" => tenants::read::handle, tag "Tenants",
        summary "Shows a tenant",
        permission "tenant:read", ok 200 tenants::TenantResource, errors [401, 403, 404, 429, 503];
    PATCH "/api/v1/tenants/{id}" => tenants::update::handle, tag "Tenants",
        summary "Changes a tenant",
        permission "tenant:write", body tenants::update::TenantPatch,
        ok 200 tenants::TenantResource, errors [400, 401, 403, 404, 412, 429, 503];
    DELETE "/api/v1/tenants/{id}" => tenants::delete::handle, tag "Tenants",
        summary "Deletes a tenant with its users, accounts and everything of theirs; not the default one",
        permission "tenant:write", ok 204, errors [400, 401, 403, 404, 409, 412, 429, 503];
    GET "/api/v1/service-accounts" => service_accounts::list::handle, tag "Service accounts",
        summary "Lists the service accounts of the application",
        permission "service-account:read", query ListQuery,
        ok 200 service_accounts::ServiceAccountPage, errors [400, 401, 403, 429, 503];
    POST "/api/v1/service-accounts" => service_accounts::create::handle, tag "Service accounts",
        summary "Makes a service account; its secret is shown this once",
        permission "service-account:write", body service_accounts::create::CreateServiceAccount,
        ok 201 service_accounts::ServiceAccountResource, errors [400, 401, 403, 429, 503];
    GET "/api/v1/service-accounts/{id}" => service_accounts::read::handle, tag "Service accounts",
        summary "Shows a service account with its grants",
        permission "service-account:read",
        ok 200 service_accounts::ServiceAccountResource, errors [401, 403, 404, 429, 503];
    PATCH "/api/v1/service-accounts/{id}" => service_accounts::update::handle, tag "Service accounts",
        summary "Changes a service account; what it may do then is in force at once",
        permission "service-account:write", body service_accounts::update::ServiceAccountPatch,
        ok 200 service_accounts::ServiceAccountResource, errors [400, 401, 403, 404, 412, 429, 503];
    DELETE "/api/v1/service-accounts/{id}" => service_accounts::delete::handle, tag "Service accounts",
        summary "Removes a service account with its keys",
        permission "service-account:write", ok 204, errors [400, 401, 403, 404, 412, 429, 503];
    POST "/api/v1/service-accounts/{id}/rotate-secret" => service_accounts::rotate::handle, tag "Service accounts",
        summary "Makes a new secret beside the one until now; it is shown this once",
        permission "service-account:write",
        ok 200 service_accounts::rotate::RotatedSecret, errors [401, 403, 404, 429, 503];
    DELETE "/api/v1/service-accounts/{id}/previous-secret" => service_accounts::rotate::end, tag "Service accounts",
        summary "Ends the secret before the latest one",
        permission "service-account:write", ok 204, errors [401, 403, 404, 429, 503];
    GET "/api/v1/service-accounts/{id}/api-keys" => service_accounts::keys::list::handle, tag "Service accounts",
        summary "Lists the API keys of a service account, without the keys",
        permission "service-account:read",
        ok 200 service_accounts::keys::ApiKeys, errors [401, 403, 404, 429, 503];
    POST "/api/v1/service-accounts/{id}/api-keys" => service_accounts::keys::create::handle, tag "Service accounts",
        summary "Makes an API key; it is shown this once",
        permission "service-account:write", body service_accounts::keys::create::CreateApiKey,
        ok 201 service_accounts::keys::ApiKeyResource, errors [400, 401, 403, 404, 409, 429, 503];
    DELETE "/api/v1/service-accounts/{id}/api-keys/{keyId}" => service_accounts::keys::revoke::handle,
        tag "Service accounts", summary "Revokes an API key",
        permission "service-account:write", ok 204, errors [401, 403, 404, 429, 503];
    GET "/api/v1/permission-boundaries" => permission_boundaries::list::handle, tag "Service accounts",
        summary "Lists the boundaries that have a name",
        permission "service-account:write", query ListQuery,
        ok 200 permission_boundaries::BoundaryPage, errors [400, 401, 403, 429, 503];
    POST "/api/v1/permission-boundaries" => permission_boundaries::create::handle, tag "Service accounts",
        summary "Makes a boundary that grants can refer to",
        permission "service-account:write", body permission_boundaries::create::CreateBoundary,
        ok 201 permission_boundaries::BoundaryResource, errors [400, 401, 403, 429, 503];
    GET "/api/v1/permission-boundaries/{id}" => permission_boundaries::read::handle, tag "Service accounts",
        summary "Shows a boundary",
        permission "service-account:write",
        ok 200 permission_boundaries::BoundaryResource, errors [401, 403, 404, 429, 503];
    PATCH "/api/v1/permission-boundaries/{id}" => permission_boundaries::update::handle, tag "Service accounts",
        summary "Changes a boundary, and with it every grant that refers to it",
        permission "service-account:write", body permission_boundaries::update::BoundaryPatch,
        ok 200 permission_boundaries::BoundaryResource, errors [400, 401, 403, 404, 412, 429, 503];
    DELETE "/api/v1/permission-boundaries/{id}" => permission_boundaries::delete::handle, tag "Service accounts",
        summary "Deletes a boundary that no grant refers to",
        permission "service-account:write", ok 204, errors [400, 401, 403, 404, 409, 412, 429, 503];
    GET "/api/v1/audit-log" => audit_log::list::handle, tag "Audit log",
        summary "Lists who did what",
        permission "audit:read", query ListQuery,
        ok 200 audit_log::AuditPage, errors [400, 401, 403, 429, 503];
    GET "/api/v1/audit-log/export" => audit_log::export::handle, tag "Audit log",
        summary "Exports the whole log as NDJSON, one entry per line, oldest first",
        permission "audit:read", ok 200, errors [401, 403, 429, 503];
    GET "/api/v1/audit-log/verify" => audit_log::verify::handle, tag "Audit log",
        summary "Checks every entry against the hashes",
        permission "audit:read",
        ok 200 audit_log::verify::AuditVerification, errors [401, 403, 429, 503];
    GET "/api/v1/operators/audit-log" => audit_log::list::handle_operators, tag "Audit log",
        summary "Lists who did what above all applications",
        only operator, query ListQuery,
        ok 200 audit_log::AuditPage, errors [400, 401, 403, 429, 503];
    GET "/api/v1/operators/audit-log/export" => audit_log::export::handle_operators, tag "Audit log",
        summary "Exports that log as NDJSON, one entry per line, oldest first",
        only operator, ok 200, errors [401, 403, 429, 503];
    GET "/api/v1/operators/audit-log/verify" => audit_log::verify::handle_operators, tag "Audit log",
        summary "Checks every entry of that log against the hashes",
        only operator,
        ok 200 audit_log::verify::AuditVerification, errors [401, 403, 429, 503];
    GET "/api/v1/operators" => operators::list::handle, tag "Operators",
        summary "Lists those who run the installation",
        only operator, query ListQuery,
        ok 200 operators::OperatorPage, errors [400, 401, 403, 429, 503];
    POST "/api/v1/operators" => operators::invite::handle, tag "Operators",
        summary "Invites somebody into the console; the link is shown this once and works once, for 15 minutes",
        only operator, body operators::invite::InviteOperator,
        ok 201 operators::invite::OperatorInvitation, errors [400, 401, 403, 429, 503];
    GET "/api/v1/operators/{id}" => operators::read::handle, tag "Operators",
        summary "Shows an operator",
        only operator, ok 200 operators::OperatorResource, errors [401, 403, 404, 429, 503];
    PATCH "/api/v1/operators/{id}" => operators::update::handle, tag "Operators",
        summary "Shuts an operator out, or lets them in again",
        only operator, body operators::update::OperatorPatch,
        ok 200 operators::OperatorResource, errors [400, 401, 403, 404, 409, 412, 429, 503];
    GET "/api/v1/operators/{id}/api-keys" => operators::keys::list::handle, tag "Operators",
        summary "Lists the API keys of an operator, without the keys",
        only operator, ok 200 operators::keys::OperatorKeys, errors [401, 403, 404, 429, 503];
    DELETE "/api/v1/operators/{id}/api-keys/{keyId}" => operators::keys::revoke::handle, tag "Operators",
        summary "Revokes an API key of an operator",
        only operator, ok 204, errors [401, 403, 404, 429, 503];
    GET "/api/v1/email-templates" => email_templates::read::handle, tag "Email templates",
        summary "Shows the templates in effect, each part with its level",
        permission "email-template:read", query email_templates::read::TemplateQuery,
        ok 200 email_templates::read::EmailTemplate, errors [400, 401, 403, 404, 429, 503];
    PUT "/api/v1/email-templates/draft" => email_templates::draft::handle, tag "Email templates",
        summary "Saves a draft and says what is wrong with it",
        permission "email-template:write", body email_templates::draft::PutDraft,
        ok 200 email_templates::draft::SavedDraft, errors [400, 401, 403, 404, 409, 412, 413, 429, 503];
    POST "/api/v1/email-templates/preview" => email_templates::preview::handle, tag "Email templates",
        summary "Renders unsaved templates, in one language or all",
        permission "email-template:read", body email_templates::preview::PreviewBody,
        ok 200 email_templates::preview::Preview, errors [400, 401, 403, 404, 413, 429, 503];
    POST "/api/v1/email-templates/test-send" => email_templates::test_send::handle, tag "Email templates",
        summary "Sends unsaved templates to an address and says what the provider answered",
        permission "email-template:write", body email_templates::test_send::TestSendBody,
        ok 200 email_templates::test_send::TestSent, errors [400, 401, 403, 404, 413, 429, 503];
    POST "/api/v1/email-templates/publish" => email_templates::publish::handle, tag "Email templates",
        summary "Publishes the draft as a new version",
        permission "email-template:write", body email_templates::publish::PublishBody,
        ok 200 email_templates::publish::PublishedTemplate, errors [400, 401, 403, 404, 409, 412, 429, 503];
    GET "/api/v1/email-templates/versions" => email_templates::versions::handle, tag "Email templates",
        summary "Lists the versions of a template, with author, time and what changed",
        permission "email-template:read", query email_templates::versions::VersionQuery,
        ok 200 email_templates::versions::TemplateVersionPage, errors [400, 401, 403, 404, 429, 503];
    POST "/api/v1/email-templates/rollback" => email_templates::rollback::handle, tag "Email templates",
        summary "Brings an earlier version back, as a new one",
        permission "email-template:write", body email_templates::rollback::RollbackBody,
        ok 200 email_templates::publish::PublishedTemplate, errors [400, 401, 403, 404, 409, 412, 429, 503];
    GET "/api/v1/branding" => branding::read::handle, tag "Branding",
        summary "Shows how the pages of the application or of a tenant look",
        permission "branding:read", query branding::BrandingQuery,
        ok 200 branding::BrandingResource, errors [400, 401, 403, 404, 429, 503];
    PUT "/api/v1/branding" => branding::replace::handle, tag "Branding",
        summary "Replaces how the pages of the application or of a tenant look",
        permission "branding:write", query branding::BrandingQuery, body branding::PutBranding,
        ok 200 branding::BrandingResource, errors [400, 401, 403, 404, 412, 429, 503];
    GET "/api/v1/origins" => origins::read::handle, tag "Origins",
        summary "Shows the registered origins and redirect URLs of the application",
        permission "origin:read", ok 200 origins::OriginsResource, errors [401, 403, 429, 503];
    PUT "/api/v1/origins" => origins::replace::handle, tag "Origins",
        summary "Replaces the registered origins and redirect URLs of the application",
        permission "origin:write", body origins::PutOrigins,
        ok 200 origins::OriginsResource, errors [400, 401, 403, 412, 429, 503];
    GET "/api/v1/users" => users::list::handle, tag "Users",
        summary "Lists the users that the caller may see",
        permission "user:read", query users::list::UserListQuery,
        ok 200 UserPage, errors [400, 401, 403, 429, 503];
    POST "/api/v1/users" => users::create::handle, tag "Users",
        summary "Makes a user, without a password",
        permission "user:write", body users::create::NewUserBody,
        ok 201 UserResource, errors [400, 401, 403, 404, 429, 503];
    POST "/api/v1/users/import" => users::import::handle, tag "Users",
        summary "Makes and changes many users, a line each, and answers a line for each",
        permission "user:write", query users::import::ImportQuery, lines users::import::ImportLine,
        ok 200 users::import::ImportAnswer, errors [400, 401, 403, 404, 413, 415, 429, 503];
    GET "/api/v1/users/{id}" => users::read::handle, tag "Users",
        summary "Shows a user",
        permission "user:read", ok 200 UserResource, errors [401, 403, 404, 429, 503];
    PATCH "/api/v1/users/{id}" => users::update::handle, tag "Users",
        summary "Changes a user",
        permission "user:write", body users::update::UserPatch,
        ok 200 UserResource, errors [400, 401, 403, 404, 412, 429, 503];
    DELETE "/api/v1/users/{id}" => users::delete::handle, tag "Users",
        summary "Removes a user, their sessions and what is pending",
        permission "user:write", ok 204, errors [400, 401, 403, 404, 412, 429, 503];
    GET "/api/v1/users/{id}/sessions" => sessions::list::handle, tag "Users",
        summary "Lists the active sessions of a user",
        permission "session:read", query ListQuery, ok 200 SessionPage, errors [400, 401, 403, 404, 429, 503];
    DELETE "/api/v1/users/{id}/sessions" => sessions::revoke_all::handle, tag "Users",
        summary "Ends every session of a user",
        permission "session:write", ok 200 Revoked, errors [401, 403, 404, 429, 503];
    DELETE "/api/v1/users/{id}/sessions/{session}" => sessions::revoke::handle, tag "Users",
        summary "Ends a session of a user",
        permission "session:write", ok 204, errors [401, 403, 404, 429, 503];
    GET "/api/v1/users/{id}/password-resets" => password_resets::of_user::handle, tag "Users",
        summary "Lists the resets of a user",
        permission "password-reset:read", query ListQuery, ok 200 ResetPage,
        errors [400, 401, 403, 404, 429, 503];
    GET "/api/v1/password-resets" => password_resets::list::handle, tag "Password resets",
        summary "Lists resets",
        permission "password-reset:read", query password_resets::list::ResetListQuery,
        ok 200 ResetPage, errors [400, 401, 403, 429, 503];
    GET "/api/v1/password-resets/{id}" => password_resets::read::handle, tag "Password resets",
        summary "Shows a reset, never its secret",
        permission "password-reset:read", ok 200 ResetResource, errors [401, 403, 404, 429, 503];
    POST "/api/v1/password-resets/{id}/cancel" => password_resets::cancel::handle, tag "Password resets",
        summary "Cancels a reset that is pending",
        permission "password-reset:write", ok 200 ResetResource, errors [401, 403, 404, 429, 503];
    GET "/api/v1/workflow-policies" => policies::workflow::read::handle, tag "Policies",
        summary "Shows how resets work, and which level says so",
        permission "workflow-policy:read", query PolicyQuery,
        ok 200 PolicyResource, errors [400, 401, 403, 404, 429, 503];
    PUT "/api/v1/workflow-policies" => policies::workflow::replace::handle, tag "Policies",
        summary "Sets what the application or a tenant wants its resets to do",
        permission "workflow-policy:write", query PolicyQuery, body crate::domain::policy::WorkflowOverrides,
        ok 200 PolicyResource, errors [400, 401, 403, 404, 412, 429, 503];
    DELETE "/api/v1/workflow-policies" => policies::workflow::remove::handle, tag "Policies",
        summary "Removes what the application or a tenant sets of its resets",
        permission "workflow-policy:write", query PolicyQuery,
        ok 204, errors [400, 401, 403, 404, 412, 429, 503];
    GET "/api/v1/email-policies" => policies::email::read::handle, tag "Policies",
        summary "Shows how each kind of mail is sent, and which level says so",
        permission "email-policy:read", query PolicyQuery,
        ok 200 PolicyResource, errors [400, 401, 403, 404, 429, 503];
    PUT "/api/v1/email-policies" => policies::email::replace::handle, tag "Policies",
        summary "Sets how the application or a tenant wants its mails sent, by kind",
        permission "email-policy:write", query PolicyQuery, body crate::domain::email_policy::EmailOverrides,
        ok 200 PolicyResource, errors [400, 401, 403, 404, 412, 429, 503];
    DELETE "/api/v1/email-policies" => policies::email::remove::handle, tag "Policies",
        summary "Removes what the application or a tenant says of its mails",
        permission "email-policy:write", query PolicyQuery,
        ok 204, errors [400, 401, 403, 404, 412, 429, 503];
    GET "/api/v1/password-policies" => policies::password::read::handle, tag "Policies",
        summary "Shows what a password must be, and which level says so",
        permission "password-policy:read", query PolicyQuery,
        ok 200 PolicyResource, errors [400, 401, 403, 404, 429, 503];
    PUT "/api/v1/password-policies" => policies::password::replace::handle, tag "Policies",
        summary "Sets what the application or a tenant asks of a password; each of historyLength costs a hash per reset",
        permission "password-policy:write", query PolicyQuery, body crate::domain::password::PasswordOverrides,
        ok 200 PolicyResource, errors [400, 401, 403, 404, 412, 429, 503];
    DELETE "/api/v1/password-policies" => policies::password::remove::handle, tag "Policies",
        summary "Removes what the application or a tenant asks of a password",
        permission "password-policy:write", query PolicyQuery,
        ok 204, errors [400, 401, 403, 404, 412, 429, 503];
}
