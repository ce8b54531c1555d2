//! The hosted pages: what a person sees who forgot a password, in their
//! language.
//!
//! They act for an anonymous visitor. Each page works without a script, is
//! written with Handlebars in strict mode and escapes whatever it is given.
//! A flow (an opened link, a requested code) lives in one short-lived cookie,
//! never in an address; every form is bound to the flow it was shown for.

mod brand;
mod code;
mod cookies;
mod dead;
mod dev;
mod done;
mod failure;
mod flow;
mod forgot;
mod guard;
mod look;
mod password;
mod place;
mod visit;
mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use handlebars::{Handlebars, TemplateError};
use serde_json::{Value, json};
use thiserror::Error;

use crate::http::assets;
use crate::http::problem::Problem;
use crate::http::routes::{RouteSpec, routes};
use crate::locales::Locales;
use crate::locales::helpers::{Output, register};
use crate::mail::mailbox::MailboxTransport;

use look::Look;

const TEMPLATES: [(&str, &str); 10] = [
    ("layout", include_str!("../../../templates/pages/layout.hbs")),
    ("summary", include_str!("../../../templates/pages/summary.hbs")),
    ("workbench", include_str!("../../../templates/pages/workbench.hbs")),
    ("field-errors", include_str!("../../../templates/pages/field-errors.hbs")),
    ("forgot", include_str!("../../../templates/pages/forgot.hbs")),
    ("code", include_str!("../../../templates/pages/code.hbs")),
    ("password", include_str!("../../../templates/pages/password.hbs")),
    ("message", include_str!("../../../templates/pages/message.hbs")),
    ("mailbox", include_str!("../../../templates/pages/mailbox.hbs")),
    ("mail", include_str!("../../../templates/pages/mail.hbs")),
];

/// The templates of all pages; app data of this door.
#[derive(Debug)]
pub struct Pages(Handlebars<'static>);

/// A template that was compiled in cannot be read.
#[derive(Debug, Error)]
#[error("a page template is broken: {0}")]
pub struct PagesError(#[from] Box<TemplateError>);

impl Pages {
    /// Reads the compiled-in templates, which say these texts.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn new(locales: &Arc<Locales>) -> Result<Self, PagesError> {
        let mut pages = Handlebars::new();
        pages.set_strict_mode(true);
        register(&mut pages, locales, Output::Html);
        for (name, text) in TEMPLATES {
            pages.register_template_string(name, text).map_err(Box::new)?;
        }
        Ok(Self(pages))
    }

    /// One page as an answer. What the view leaves out of the layout's data is
    /// nothing.
    fn answer(&self, status: StatusCode, template: &str, look: &Look, view: Value) -> Result<HttpResponse, Problem> {
        let mut whole = json!({
            "style": assets::STYLE.address(),
            "script": assets::SCRIPT.address(),
            "icon": assets::ICON.address(),
            "errors": [],
        });
        for part in [look.view(), view] {
            if let (Value::Object(whole), Value::Object(part)) = (&mut whole, part) {
                whole.extend(part);
            }
        }
        let view = whole;
        let html = self.0.render(template, &view).map_err(Problem::internal)?;
        Ok(HttpResponse::build(status).insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(html))
    }
}

routes! {
    GET "/forgot-password" => forgot::show, tag "Pages", summary "Asks for the address", ok 200, errors [404];
    POST "/forgot-password" => forgot::submit, tag "Pages", summary "Requests a reset",
        ok 303, errors [400, 403, 404, 415, 422, 429, 503];
    GET "/forgot-password/sent" => forgot::sent, tag "Pages", summary "Says that a mail may come", ok 200, errors [404];
    GET "/reset-password" => password::show, tag "Pages", summary "Takes a link, then asks for the new password",
        ok 200, errors [404, 410];
    POST "/reset-password" => password::submit, tag "Pages", summary "Sets the new password",
        ok 303, errors [400, 403, 404, 410, 415, 422, 429, 503];
    POST "/reset-password/opened" => password::note, tag "Pages", summary "Notes that somebody has the form before them",
        ok 204, errors [400, 403, 404, 415];
    GET "/reset-password/code" => code::show, tag "Pages", summary "Asks for the emailed code", ok 200, errors [404];
    POST "/reset-password/code" => code::submit, tag "Pages", summary "Checks the code",
        ok 303, errors [400, 403, 404, 410, 415, 422, 503];
    POST "/reset-password/code/resend" => code::resend, tag "Pages", summary "Sends the code again",
        ok 303, errors [400, 403, 404, 410, 415, 429, 503];
    GET "/reset-password/done" => done::show, tag "Pages", summary "Says that the password was changed",
        ok 200, errors [404];
    GET "/.well-known/change-password" => forgot::well_known, tag "Pages",
        summary "Leads password managers to the form", ok 302, errors [];
    GET "/assets/{file}" => assets::show, tag "Pages", summary "Style, script and icon of the pages",
        ok 200, errors [404];
    GET "/brand/{application}/{tenant}/style.css" => brand::style, tag "Pages", summary "Colours of a tenant",
        ok 200, errors [404];
    GET "/brand/{application}/{tenant}/logo" => brand::logo, tag "Pages", summary "Logo of a tenant",
        ok 200, errors [404];
}

/// The table of the development pages, which only [`configure_dev`] registers.
pub const DEV_ROUTES: &[RouteSpec] = dev::ROUTES;

/// Registers the kept mails under `/dev/mailbox`. For development alone: they
/// show secrets. Needs [`Pages`] as app data, like the rest of this door.
pub fn configure_dev(cfg: &mut web::ServiceConfig, mailbox: MailboxTransport) {
    cfg.app_data(web::Data::new(mailbox));
    dev::configure(cfg);
}
