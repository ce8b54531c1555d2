//! `…/email-templates`: what mails are written from, by kind, language and
//! tenant.

pub(super) mod edit;
pub(super) mod history;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod publish;

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use serde_json::{Value, json};

use crate::domain::mail::MailKind;
use crate::domain::template::{LanguageTag, Mark, Part, Reach, Slot, TemplateKind, TemplateParts};
use crate::http::problem::Problem;
use crate::workflows::Failure;
use crate::workflows::email_templates::NotDone;

use super::failure;
use super::room::Room;
use super::stop::Stop;

/// What all languages are called in an address.
const ALL: &str = "all";

/// The template that a request is about: kind and language in the path, the
/// tenant beside it.
fn slot(room: &Room, request: &HttpRequest, tenant: Option<&str>) -> Result<Slot, Stop> {
    let named = |name: &str| request.match_info().get(name).unwrap_or_default();
    let kind = TemplateKind::parse(named("kind")).ok_or_else(Stop::nothing)?;
    let reach = match named("locale") {
        ALL => Some(Reach::Any),
        tag => LanguageTag::parse(tag).map(Reach::In),
    };
    let tenant = tenant.filter(|id| !id.is_empty()).map(str::parse).transpose().map_err(|_| Stop::nothing())?;
    Ok(Slot::new(&room.scope, tenant, kind, reach.ok_or_else(Stop::nothing)?))
}

/// The language of a template in an address.
fn tag(reach: &Reach) -> &str {
    match reach {
        Reach::Any => ALL,
        Reach::In(locale) => locale.as_str(),
    }
}

/// The path of a template, less the application's.
fn path(slot: &Slot, more: &str) -> String {
    let tenant = slot.tenant.map(|id| format!("?tenant={id}")).unwrap_or_default();
    format!("email-templates/{}/{}{more}{tenant}", slot.kind.as_str(), tag(&slot.reach))
}

/// What a kind of mail is for.
const fn purpose(kind: TemplateKind) -> (&'static str, &'static str) {
    match kind {
        TemplateKind::Mail(MailKind::PasswordResetLink) => ("Reset by link", "The link that somebody asked for."),
        TemplateKind::Mail(MailKind::PasswordResetCode) => ("Reset by code", "The code that somebody asked for."),
        TemplateKind::Mail(MailKind::PasswordResetLinkCreated) => {
            ("A link was made", "Tells a user that somebody made a reset link for them.")
        }
        TemplateKind::Mail(MailKind::PasswordUpdated) => {
            ("Password changed", "Tells a user that their password was changed.")
        }
        TemplateKind::Mail(MailKind::ResetAttemptsExhausted) => ("Codes ran out", "Too many wrong codes were entered."),
        TemplateKind::Mail(MailKind::NoAccount) => ("No account", "Tells whoever asked that there is no account."),
        TemplateKind::Mail(MailKind::EmailVerification) => ("Prove the address", "The code that proves an address."),
        TemplateKind::Mail(MailKind::Test) => ("Test", "Tries out whether mail arrives."),
        TemplateKind::Layout => ("Layout", "What stands around the HTML of every mail."),
    }
}

/// The name of a language.
fn language(reach: &Reach) -> String {
    let Reach::In(locale) = reach else { return "All languages".to_owned() };
    let known = crate::domain::locale::Locale::ALL.iter().find(|known| known.as_str() == locale.as_str());
    known.map_or_else(|| locale.as_str().to_owned(), |known| known.own_name().to_owned())
}

/// The parts that a form sets. Line ends are ours, and an empty field sets
/// nothing.
fn typed(slot: &Slot, form: &BTreeMap<String, String>) -> TemplateParts {
    let mut parts = TemplateParts::default();
    for part in slot.kind.parts() {
        let text =
            form.get(part.as_str()).map(|text| text.replace("\r\n", "\n")).filter(|text| !text.trim().is_empty());
        match (part, text) {
            (_, None) => {}
            (Part::Html, Some(text)) if text.trim_start().starts_with("<mjml") => parts.mjml = Some(text),
            // A line break at the end of a subject is nobody's wish.
            (Part::Subject | Part::Preheader, Some(text)) => parts.set(*part, text.trim_end().to_owned()),
            (part, Some(text)) => parts.set(*part, text),
        }
    }
    parts
}

/// Remarks as the page shows them.
fn marks(found: &[Mark]) -> Vec<Value> {
    found
        .iter()
        .map(|mark| {
            json!({
                "part": mark.part.as_str(), "line": mark.line, "column": mark.column,
                "bad": mark.is_error(), "message": mark.message,
            })
        })
        .collect()
}

/// What is to be said about something that was not done.
enum Said {
    /// In words.
    Words(String),
    /// In words, because somebody else was here meanwhile.
    Stale(String),
    /// As remarks with their places.
    Marks(Vec<Mark>),
}

/// Why nothing was done, as far as the page has words for it.
fn said(error: NotDone) -> Result<Said, Stop> {
    Ok(match error {
        NotDone::Marks(marks) => Said::Marks(marks),
        NotDone::NoDraft => Said::Words("There is nothing to publish: save something first.".to_owned()),
        NotDone::NoVersion => return Err(Stop::nothing()),
        NotDone::TooMany => Said::Words("There are as many templates as there may be.".to_owned()),
        NotDone::Data(words) => Said::Words(words),
        NotDone::Unrendered(locale, words) => Said::Words(format!("The mail cannot be written in {locale}: {words}")),
        NotDone::Failure(Failure::Stale(change)) => Said::Stale(failure::stale_but_kept(change.as_deref())),
        NotDone::Failure(throttled @ Failure::Throttled { .. }) => {
            Said::Words(failure::words(&throttled).unwrap_or_default())
        }
        NotDone::Failure(other) => return Err(other.into()),
    })
}

/// The same where the page can do nothing about it.
fn stop(error: NotDone) -> Stop {
    match said(error) {
        Ok(_) => Problem::invalid_request("The template could not be used.").into(),
        Err(stop) => stop,
    }
}
