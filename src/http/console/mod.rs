//! The console: what the people who run an installation see.
//!
//! It decides nothing. Its handlers call the use cases that the management API
//! calls, in the name of the operator who is signed in. Who is not signed in
//! gets nowhere: a handler that takes a `Desk`, a `Room` or an
//! `Act` does not run without a session, and an `Act` not without
//! the token of a form that this session was shown.

mod account;
mod act;
mod applications;
mod audit;
mod branding;
mod chart;
mod confirm;
mod cookies;
mod desk;
mod email_templates;
mod failure;
mod flash;
mod join;
mod lobby;
mod menu;
mod messages;
mod names;
mod operators;
mod overview;
mod policies;
mod proof;
mod qr;
mod room;
mod service_accounts;
mod settings;
mod sign_in;
mod stop;
mod tenants;
mod users;
mod webhooks;
mod words;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use handlebars::{Handlebars, TemplateError};
use serde_json::{Value, json};

use crate::http::assets;
use crate::http::problem::Problem;
use crate::http::routes::routes;

const TEMPLATES: [(&str, &str); 50] = [
    ("head", include_str!("../../../templates/console/head.hbs")),
    ("layout", include_str!("../../../templates/console/layout.hbs")),
    ("door", include_str!("../../../templates/console/door.hbs")),
    ("token", include_str!("../../../templates/console/token.hbs")),
    ("when", include_str!("../../../templates/console/when.hbs")),
    ("code", include_str!("../../../templates/console/code.hbs")),
    ("sign-in", include_str!("../../../templates/console/sign-in.hbs")),
    ("confirm", include_str!("../../../templates/console/confirm.hbs")),
    ("proof", include_str!("../../../templates/console/proof.hbs")),
    ("join", include_str!("../../../templates/console/join.hbs")),
    ("authenticator", include_str!("../../../templates/console/authenticator.hbs")),
    ("uninvited", include_str!("../../../templates/console/uninvited.hbs")),
    ("account", include_str!("../../../templates/console/account.hbs")),
    ("operators", include_str!("../../../templates/console/operators.hbs")),
    ("applications", include_str!("../../../templates/console/applications.hbs")),
    ("overview", include_str!("../../../templates/console/overview.hbs")),
    ("users", include_str!("../../../templates/console/users.hbs")),
    ("user", include_str!("../../../templates/console/user.hbs")),
    ("tabs", include_str!("../../../templates/console/tabs.hbs")),
    ("application-fields", include_str!("../../../templates/console/application-fields.hbs")),
    ("settings", include_str!("../../../templates/console/settings.hbs")),
    ("origins", include_str!("../../../templates/console/origins.hbs")),
    ("issuers", include_str!("../../../templates/console/issuers.hbs")),
    ("issuer", include_str!("../../../templates/console/issuer.hbs")),
    ("issuer-fields", include_str!("../../../templates/console/issuer-fields.hbs")),
    ("mapping-fields", include_str!("../../../templates/console/mapping-fields.hbs")),
    ("tenant-fields", include_str!("../../../templates/console/tenant-fields.hbs")),
    ("tenants", include_str!("../../../templates/console/tenants.hbs")),
    ("tenant", include_str!("../../../templates/console/tenant.hbs")),
    ("service-accounts", include_str!("../../../templates/console/service-accounts.hbs")),
    ("service-account", include_str!("../../../templates/console/service-account.hbs")),
    ("boundaries", include_str!("../../../templates/console/boundaries.hbs")),
    ("boundary", include_str!("../../../templates/console/boundary.hbs")),
    ("boundary-fields", include_str!("../../../templates/console/boundary-fields.hbs")),
    ("grants", include_str!("../../../templates/console/grants.hbs")),
    ("webhooks", include_str!("../../../templates/console/webhooks.hbs")),
    ("webhook", include_str!("../../../templates/console/webhook.hbs")),
    ("email-templates", include_str!("../../../templates/console/email-templates.hbs")),
    ("email-template", include_str!("../../../templates/console/email-template.hbs")),
    ("email-template-history", include_str!("../../../templates/console/email-template-history.hbs")),
    ("messages", include_str!("../../../templates/console/messages.hbs")),
    ("message", include_str!("../../../templates/console/message.hbs")),
    ("suppressions", include_str!("../../../templates/console/suppressions.hbs")),
    ("branding", include_str!("../../../templates/console/branding.hbs")),
    ("policy-fields", include_str!("../../../templates/console/policy-fields.hbs")),
    ("policy-remove", include_str!("../../../templates/console/policy-remove.hbs")),
    ("email-policies", include_str!("../../../templates/console/email-policies.hbs")),
    ("email-policy", include_str!("../../../templates/console/email-policy.hbs")),
    ("policy", include_str!("../../../templates/console/policy.hbs")),
    ("audit", include_str!("../../../templates/console/audit.hbs")),
];

/// What a screen is.
const HTML: &str = "text/html; charset=utf-8";

/// The templates of all screens; app data of this door. They are read when
/// somebody comes to see one, because in most processes nobody does.
#[derive(Debug)]
pub struct Console(LazyLock<Screens>);

type Screens = Result<Handlebars<'static>, Box<TemplateError>>;

impl Default for Console {
    fn default() -> Self {
        Self(LazyLock::new(screens))
    }
}

/// Reads the compiled-in templates.
fn screens() -> Screens {
    let mut screens = Handlebars::new();
    screens.set_strict_mode(true);
    for (name, text) in TEMPLATES {
        screens.register_template_string(name, text).map_err(Box::new)?;
    }
    Ok(screens)
}

impl Console {
    /// One screen as an answer. The members of `view` win.
    fn answer(&self, status: StatusCode, template: &str, view: Value) -> Result<HttpResponse, Problem> {
        let html = self.text(template, view)?;
        Ok(HttpResponse::build(status).insert_header((header::CONTENT_TYPE, HTML)).body(html))
    }

    /// One screen as text. The members of `view` win.
    fn text(&self, template: &str, view: Value) -> Result<String, Problem> {
        let mut whole = json!({
            "style": assets::CONSOLE_STYLE.address(),
            "script": assets::CONSOLE_SCRIPT.address(),
            "icon": assets::ICON.address(),
            "application": null,
            "error": null,
        });
        if let (Value::Object(whole), Value::Object(view)) = (&mut whole, view) {
            whole.extend(view);
        }
        let screens = self.0.as_ref().map_err(Problem::internal)?;
        screens.render(template, &whole).map_err(Problem::internal)
    }
}

routes! {
    GET "/console/sign-in" => sign_in::show, tag "Console", summary "Asks who it is", ok 200, errors [];
    POST "/console/sign-in" => sign_in::submit, tag "Console", summary "Signs an operator in",
        ok 303, errors [400, 403, 415, 422, 429, 503];
    GET "/console/join" => join::account::show, tag "Console", summary "Takes an invitation, then asks for a password",
        ok 200, errors [410];
    POST "/console/join" => join::account::choose, tag "Console", summary "Chooses a password",
        ok 303, errors [400, 403, 410, 415, 422, 503];
    GET "/console/join/authenticator" => join::authenticator::show, tag "Console", summary "Shows the authenticator's secret",
        ok 200, errors [410];
    POST "/console/join/authenticator" => join::authenticator::finish, tag "Console", summary "Makes an operator",
        ok 303, errors [400, 403, 410, 415, 422];
    GET "/console" => applications::root, tag "Console", summary "Leads to the application", ok 303, errors [];
    POST "/console/sign-out" => sign_in::out, tag "Console", summary "Signs the operator out", ok 303, errors [400, 403];
    GET "/console/confirm" => confirm::show, tag "Console", summary "Asks for the password again", ok 200, errors [];
    POST "/console/confirm" => confirm::submit, tag "Console", summary "Takes password and code again",
        ok 303, errors [400, 403, 422, 429, 503];
    GET "/console/account" => account::show, tag "Console", summary "Where the operator is signed in", ok 200, errors [];
    POST "/console/account/sessions/{session}/end" => account::end, tag "Console", summary "Ends one of the operator's sessions",
        ok 303, errors [400, 403, 404];
    GET "/console/operators" => operators::show, tag "Console", summary "Who runs the installation", ok 200, errors [];
    POST "/console/operators/invite" => operators::invite, tag "Console", summary "Invites an operator",
        ok 200, errors [400, 403, 422];
    POST "/console/operators/{operator}/shut" => operators::shut, tag "Console", summary "Shuts an operator out, or lets them in",
        ok 303, errors [400, 403, 404];
    GET "/console/audit" => audit::above, tag "Console", summary "Who did what above all applications", ok 200, errors [];
    POST "/console/audit/verify" => audit::verify_above, tag "Console", summary "Checks the log above all applications",
        ok 200, errors [400, 403];
    GET "/console/audit/export" => audit::export_above, tag "Console", summary "The whole log above all applications",
        ok 200, errors [];
    GET "/console/applications" => applications::show, tag "Console", summary "All applications", ok 200, errors [];
    POST "/console/applications" => applications::create, tag "Console", summary "Makes an application",
        ok 303, errors [400, 403, 422];
    GET "/console/applications/{application}/settings" => settings::general::show, tag "Console",
        summary "What an application is called", ok 200, errors [404];
    POST "/console/applications/{application}/settings" => settings::general::change, tag "Console",
        summary "Changes what an application is called", ok 303, errors [400, 403, 404, 409, 422];
    GET "/console/applications/{application}/settings/origins" => settings::origins::show, tag "Console",
        summary "Where links may lead", ok 200, errors [404];
    POST "/console/applications/{application}/settings/origins" => settings::origins::put, tag "Console",
        summary "Changes where links may lead", ok 303, errors [400, 403, 404, 409, 413, 422];
    GET "/console/applications/{application}/settings/issuers" => settings::issuers::list::show, tag "Console",
        summary "Whose tokens are trusted", ok 200, errors [404];
    POST "/console/applications/{application}/settings/issuers" => settings::issuers::list::create, tag "Console",
        summary "Trusts an issuer", ok 303, errors [400, 403, 404, 409, 413, 422];
    GET "/console/applications/{application}/settings/issuers/{issuer}" => settings::issuers::one::show, tag "Console",
        summary "One issuer", ok 200, errors [404];
    POST "/console/applications/{application}/settings/issuers/{issuer}" => settings::issuers::change::change,
        tag "Console", summary "Changes an issuer", ok 303, errors [400, 403, 404, 409, 413, 422];
    POST "/console/applications/{application}/settings/issuers/{issuer}/remove" => settings::issuers::change::remove,
        tag "Console", summary "Trusts an issuer no more", ok 303, errors [400, 403, 404, 409];
    POST "/console/applications/{application}/settings/issuers/{issuer}/mappings" => settings::issuers::mappings::add,
        tag "Console", summary "Lets tokens act as an account", ok 303, errors [400, 403, 404, 409, 422];
    POST "/console/applications/{application}/settings/issuers/{issuer}/mappings/{mapping}/remove" =>
        settings::issuers::mappings::remove, tag "Console", summary "Lets tokens act as an account no more",
        ok 303, errors [400, 403, 404, 409, 422];
    GET "/console/applications/{application}" => applications::one, tag "Console", summary "Leads to its overview",
        ok 303, errors [404];
    GET "/console/applications/{application}/overview" => overview::show, tag "Console", summary "How it goes", ok 200, errors [404];
    GET "/console/applications/{application}/users" => users::list::show, tag "Console", summary "Finds users", ok 200, errors [404];
    GET "/console/applications/{application}/users/{user}" => users::one::show, tag "Console", summary "One user's timeline",
        ok 200, errors [404];
    POST "/console/applications/{application}/users/{user}/send" => users::resets::send, tag "Console", summary "Sends a reset mail",
        ok 303, errors [400, 403, 404];
    POST "/console/applications/{application}/users/{user}/link" => users::link::create, tag "Console", summary "Makes a link to hand over",
        ok 200, errors [400, 403, 404];
    POST "/console/applications/{application}/users/{user}/cancel" => users::resets::cancel, tag "Console", summary "Cancels pending resets",
        ok 303, errors [400, 403, 404];
    GET "/console/applications/{application}/tenants" => tenants::list, tag "Console", summary "All tenants", ok 200, errors [404];
    POST "/console/applications/{application}/tenants" => tenants::create, tag "Console", summary "Makes a tenant",
        ok 303, errors [400, 403, 404, 422];
    GET "/console/applications/{application}/tenants/{tenant}" => tenants::show, tag "Console", summary "One tenant", ok 200, errors [404];
    POST "/console/applications/{application}/tenants/{tenant}" => tenants::change, tag "Console", summary "Changes a tenant",
        ok 303, errors [400, 403, 404, 409, 422];
    POST "/console/applications/{application}/tenants/{tenant}/delete" => tenants::delete, tag "Console", summary "Deletes a tenant",
        ok 303, errors [400, 403, 404, 422];
    GET "/console/applications/{application}/service-accounts" => service_accounts::list::show, tag "Console",
        summary "All service accounts", ok 200, errors [404];
    POST "/console/applications/{application}/service-accounts" => service_accounts::create::create, tag "Console",
        summary "Makes a service account", ok 200, errors [400, 403, 404, 422];
    GET "/console/applications/{application}/service-accounts/{account}" => service_accounts::one::show, tag "Console",
        summary "One service account", ok 200, errors [404];
    POST "/console/applications/{application}/service-accounts/{account}/keys" => service_accounts::keys::create, tag "Console",
        summary "Makes an API key", ok 200, errors [400, 403, 404, 422];
    POST "/console/applications/{application}/service-accounts/{account}/keys/{key}/revoke" => service_accounts::keys::revoke,
        tag "Console", summary "Revokes an API key", ok 303, errors [400, 403, 404];
    POST "/console/applications/{application}/service-accounts/{account}/rotate" => service_accounts::keys::rotate, tag "Console",
        summary "Makes a new client secret", ok 200, errors [400, 403, 404];
    POST "/console/applications/{application}/service-accounts/{account}/end-rotation" => service_accounts::keys::end_rotation,
        tag "Console", summary "Ends the old client secret", ok 303, errors [400, 403, 404];
    POST "/console/applications/{application}/service-accounts/{account}/shut" => service_accounts::change::shut, tag "Console",
        summary "Shuts a service account out, or lets it in", ok 303, errors [400, 403, 404];
    POST "/console/applications/{application}/service-accounts/{account}/delete" => service_accounts::change::delete, tag "Console",
        summary "Deletes a service account", ok 303, errors [400, 403, 404];
    GET "/console/applications/{application}/service-accounts/{account}/grants/{group}" => service_accounts::grants::show::show,
        tag "Console", summary "What an account may do in one place", ok 200, errors [404];
    POST "/console/applications/{application}/service-accounts/{account}/grants/{group}" => service_accounts::grants::save::save,
        tag "Console", summary "Changes what an account may do", ok 303, errors [400, 403, 404, 409, 422];
    POST "/console/applications/{application}/service-accounts/{account}/grants/{group}/remove" =>
        service_accounts::grants::remove::remove, tag "Console", summary "Takes away what an account may do",
        ok 303, errors [400, 403, 404, 409];
    GET "/console/applications/{application}/permission-boundaries" => service_accounts::boundaries::list::show,
        tag "Console", summary "Places with a name, for grants", ok 200, errors [404];
    POST "/console/applications/{application}/permission-boundaries" => service_accounts::boundaries::list::create,
        tag "Console", summary "Gives a place a name", ok 303, errors [400, 403, 404, 422];
    GET "/console/applications/{application}/permission-boundaries/{boundary}" => service_accounts::boundaries::one::show,
        tag "Console", summary "One place with a name", ok 200, errors [404];
    POST "/console/applications/{application}/permission-boundaries/{boundary}" => service_accounts::boundaries::one::change,
        tag "Console", summary "Changes a place, and every grant in it", ok 303, errors [400, 403, 404, 409, 422];
    POST "/console/applications/{application}/permission-boundaries/{boundary}/delete" => service_accounts::boundaries::one::delete,
        tag "Console", summary "Takes the name of a place away", ok 303, errors [400, 403, 404, 409];
    GET "/console/applications/{application}/webhooks" => webhooks::list::show, tag "Console", summary "All webhook endpoints",
        ok 200, errors [404];
    POST "/console/applications/{application}/webhooks" => webhooks::list::create, tag "Console", summary "Adds a webhook endpoint",
        ok 200, errors [400, 403, 404, 422];
    GET "/console/applications/{application}/webhooks/{endpoint}" => webhooks::one::show, tag "Console",
        summary "One endpoint and its deliveries", ok 200, errors [404];
    POST "/console/applications/{application}/webhooks/{endpoint}/test" => webhooks::change::test, tag "Console",
        summary "Tries an endpoint out", ok 303, errors [400, 403, 404, 409];
    POST "/console/applications/{application}/webhooks/{endpoint}/deliveries/{delivery}/replay" => webhooks::change::replay,
        tag "Console", summary "Repeats a delivery", ok 303, errors [400, 403, 404, 409];
    POST "/console/applications/{application}/webhooks/{endpoint}/switch" => webhooks::change::switch, tag "Console",
        summary "Switches an endpoint on or off", ok 303, errors [400, 403, 404];
    POST "/console/applications/{application}/webhooks/{endpoint}/delete" => webhooks::change::delete, tag "Console",
        summary "Deletes an endpoint", ok 303, errors [400, 403, 404];
    GET "/console/applications/{application}/email-templates" => email_templates::list::show, tag "Console", summary "All email templates", ok 200, errors [404];
    GET "/console/applications/{application}/email-templates/{kind}/{locale}" => email_templates::edit::show, tag "Console", summary "One template", ok 200, errors [404];
    POST "/console/applications/{application}/email-templates/{kind}/{locale}" => email_templates::edit::save, tag "Console", summary "Saves a draft",
        ok 303, errors [400, 403, 404, 413, 422];
    POST "/console/applications/{application}/email-templates/{kind}/{locale}/preview" => email_templates::preview::html, tag "Console", summary "The HTML of a mail as it is written",
        ok 200, errors [400, 403, 404, 413];
    POST "/console/applications/{application}/email-templates/{kind}/{locale}/check" => email_templates::preview::check, tag "Console", summary "Remarks on a mail as it is written",
        ok 200, errors [400, 403, 404, 413];
    POST "/console/applications/{application}/email-templates/{kind}/{locale}/publish" => email_templates::publish::publish, tag "Console", summary "Publishes a template",
        ok 303, errors [400, 403, 404, 413, 422];
    POST "/console/applications/{application}/email-templates/{kind}/{locale}/test" => email_templates::publish::test, tag "Console", summary "Sends a test mail",
        ok 200, errors [400, 403, 404, 413, 422];
    GET "/console/applications/{application}/email-templates/{kind}/{locale}/history" => email_templates::history::show, tag "Console", summary "The versions of a template",
        ok 200, errors [404];
    POST "/console/applications/{application}/email-templates/{kind}/{locale}/history" => email_templates::history::roll_back, tag "Console",
        summary "Publishes an earlier version once more", ok 303, errors [400, 403, 404];
    GET "/console/applications/{application}/messages" => messages::list::show, tag "Console", summary "The outbox", ok 200, errors [404];
    GET "/console/applications/{application}/messages/{message}" => messages::one::show, tag "Console", summary "One message and its attempts", ok 200, errors [404];
    POST "/console/applications/{application}/messages/{message}/replay" => messages::one::replay, tag "Console", summary "Sends a message once more",
        ok 303, errors [400, 403, 404, 409];
    GET "/console/applications/{application}/suppressions" => messages::suppressions::show, tag "Console", summary "Addresses that get no mail", ok 200, errors [404];
    POST "/console/applications/{application}/suppressions/{suppression}/remove" => messages::suppressions::remove, tag "Console",
        summary "Lets an address have mail again", ok 303, errors [400, 403, 404];
    GET "/console/applications/{application}/branding" => branding::show, tag "Console", summary "How pages look", ok 200, errors [404];
    POST "/console/applications/{application}/branding" => branding::put, tag "Console", summary "Changes how pages look",
        ok 303, errors [400, 403, 404, 409, 413, 422];
    POST "/console/applications/{application}/users/{user}/sign-out" => users::account::sign_out, tag "Console", summary "Signs a user out everywhere",
        ok 303, errors [400, 403, 404];
    POST "/console/applications/{application}/users/{user}/shut" => users::account::shut, tag "Console", summary "Shuts a user out, or lets them in",
        ok 303, errors [400, 403, 404];
    POST "/console/applications/{application}/users/{user}/delete" => users::account::delete, tag "Console", summary "Deletes a user",
        ok 303, errors [400, 403, 404];
    GET "/console/applications/{application}/policies" => policies::show::root, tag "Console", summary "Leads to the policies", ok 303, errors [404];
    POST "/console/applications/{application}/policies/{kind}/remove" => policies::remove, tag "Console",
        summary "Sets nothing at one level of a policy", ok 303, errors [400, 403, 404, 409];
    GET "/console/applications/{application}/policies/email" => policies::email::list, tag "Console",
        summary "How mails are sent", ok 200, errors [404];
    GET "/console/applications/{application}/policies/email/{mail}" => policies::email::show, tag "Console",
        summary "How one kind of mail is sent", ok 200, errors [404];
    POST "/console/applications/{application}/policies/email/{mail}" => policies::email::put, tag "Console",
        summary "Sets how one kind of mail is sent", ok 303, errors [400, 403, 404, 409, 422];
    POST "/console/applications/{application}/policies/email/{mail}/remove" => policies::email::remove, tag "Console",
        summary "Sets nothing for one kind of mail", ok 303, errors [400, 403, 404, 409, 422];
    GET "/console/applications/{application}/policies/{kind}" => policies::show::show, tag "Console", summary "One policy", ok 200, errors [404];
    POST "/console/applications/{application}/policies/{kind}" => policies::put, tag "Console", summary "Sets a policy", ok 303, errors [400, 403, 404, 409, 422];
    GET "/console/applications/{application}/audit" => audit::show, tag "Console", summary "Who did what", ok 200, errors [404];
    POST "/console/applications/{application}/audit/verify" => audit::verify, tag "Console", summary "Checks the log",
        ok 200, errors [400, 403, 404];
    GET "/console/applications/{application}/audit/export" => audit::export, tag "Console", summary "The whole log",
        ok 200, errors [404];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_can_be_read() {
        assert_eq!(screens().unwrap().get_templates().len(), TEMPLATES.len());
    }
}
