//! `/api/v1/email-templates`: what mails are written from, per kind, language
//! and tenant. Whoever may change the whole application's templates needs the
//! boundary `APPLICATION`; those of a tenant belong to whoever may act there.

pub mod draft;
pub mod objects;
pub mod preview;
pub mod publish;
pub mod read;
pub mod rollback;
pub mod test_send;
pub mod versions;

use actix_web::http::StatusCode;
use serde_json::json;

use super::failure;
use crate::domain::access::{NamesPermission, Scope};
use crate::domain::ids::TenantId;
use crate::domain::line;
use crate::domain::template::{Mark, Reach, Slot, TemplateKind, TemplateParts};
use crate::http::extract::RequireHeld;
use crate::http::problem::{Missing, Problem, Violations};
use crate::workflows::email_templates::NotDone;

use objects::{TemplateTexts, mark_objects};

/// The longest note, in characters.
const NOTE: usize = 1000;
/// The longest template, in bytes.
const TEMPLATE: usize = 128 * 1024;
/// The largest body with templates in it, in bytes: four of the longest, with
/// room for what JSON has to escape.
pub const BODY: usize = 1024 * 1024;

/// Where a template is, as it came.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaceText<'a> {
    kind: Option<&'a str>,
    locale: Option<&'a str>,
    tenant: Option<&'a str>,
}

/// A place that could be read.
#[derive(Debug)]
pub struct Place {
    kind: TemplateKind,
    reach: Reach,
    tenant: Option<TenantId>,
}

impl PlaceText<'_> {
    /// Reads it; what is wrong is noted.
    pub fn read(self, violations: &mut Violations) -> Option<Place> {
        let kind = match self.kind {
            None => {
                violations.add("kind", "required");
                None
            }
            Some(text) => TemplateKind::parse(text).or_else(|| {
                let kinds: Vec<_> = TemplateKind::all().map(TemplateKind::as_str).collect();
                violations.add_with("kind", "invalid_value", [("values", kinds.join(", "))]);
                None
            }),
        };
        let reach = self.locale.map_or(Some(Reach::Any), Reach::parse);
        if reach.is_none() {
            violations.add("locale", "invalid_locale");
        }
        let tenant = self.tenant.map(str::parse).transpose();
        // What is no id is nobody's: the answer is the same 404.
        Some(Place { kind: kind?, reach: reach?, tenant: tenant.ok()? })
    }

    /// Whether the tenant is named and is no id.
    fn names_nobody(self) -> bool {
        self.tenant.is_some_and(|text| text.parse::<TenantId>().is_err())
    }
}

impl Place {
    /// The scope of a call about it, and its slot there.
    fn within<P: NamesPermission>(self, held: &RequireHeld<P>) -> Result<(Scope, Slot), Problem> {
        let scope = match self.tenant {
            Some(_) => held.scope(None, None)?,
            None => held.application_scope(None, None)?,
        };
        let slot = Slot::new(&scope, self.tenant, self.kind, self.reach);
        Ok((scope, slot))
    }
}

/// Reads the place of a call and what the caller may do there. The boundary is
/// judged before anything the call names is looked at.
fn place<P: NamesPermission>(
    held: &RequireHeld<P>,
    text: PlaceText<'_>,
    mut violations: Violations,
) -> Result<(Scope, Slot), Problem> {
    match text.tenant {
        Some(_) => held.scope(None, None).map(drop)?,
        None => held.application_scope(None, None).map(drop)?,
    }
    let read = text.read(&mut violations);
    violations.into_result()?;
    match read {
        Some(place) => place.within(held),
        None if text.names_nobody() => {
            Err(Problem::not_found(Missing::Tenant(text.tenant.unwrap_or_default().to_owned())))
        }
        None => Err(Problem::internal("a place without violations could not be read")),
    }
}

/// Reads templates; each is at most 128 KiB, and only those of its kind.
fn texts(kind: Option<&str>, given: TemplateTexts, violations: &mut Violations) -> TemplateParts {
    let parts = given.into_parts(violations);
    let Some(kind) = kind.and_then(TemplateKind::parse) else { return parts };
    for (part, source) in parts.sources() {
        let field = if parts.mjml.as_deref() == Some(source) { "mjml" } else { part.as_str() };
        let field = format!("parts.{field}");
        if !kind.parts().contains(&part) {
            violations.add(&field, "not_of_this_kind");
        }
        if source.len() > TEMPLATE {
            violations.add_with(&field, "too_long", [("maxBytes", TEMPLATE.to_string())]);
        }
        if source.contains('\0') {
            violations.add(&field, "invalid_characters");
        }
    }
    parts
}

/// Reads a note.
fn note(text: Option<String>, violations: &mut Violations) -> Option<String> {
    if text.as_ref().is_some_and(|text| text.chars().count() > NOTE) {
        violations.add_with("note", "too_long", [("maxLength", NOTE.to_string())]);
    }
    if text.as_ref().is_some_and(|text| text.contains(|c| c == '\0' || line::turns(c))) {
        violations.add("note", "invalid_characters");
    }
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Why nothing was done, in the words of this door.
fn problem(error: NotDone, slot: &Slot) -> Problem {
    let about = slot.tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
    let conflict = |code, message: &'static str| Problem::refused(StatusCode::CONFLICT, code, message);
    match error {
        NotDone::Failure(error) => failure::problem(error, &about),
        NotDone::Marks(marks) => unfit(&marks),
        NotDone::NoDraft => conflict("no_draft", "There is no draft to publish."),
        NotDone::NoVersion => Problem::not_found(Missing::Entity { kind: "template_version", id: about }),
        NotDone::TooMany => conflict("too_many_templates", "There are as many templates as there may be."),
        NotDone::Data(words) => Problem::refused(StatusCode::BAD_REQUEST, "invalid_data", words),
        NotDone::Unrendered(locale, words) => {
            Problem::refused(StatusCode::BAD_REQUEST, "not_renderable", format!("In {locale}: {words}."))
        }
    }
}

/// 400: something is wrong with the templates. Says what and where.
fn unfit(marks: &[Mark]) -> Problem {
    let message = "Something is wrong with the templates; nothing was published or sent.";
    Problem::refused(StatusCode::BAD_REQUEST, "template_not_valid", message).with("lint", json!(mark_objects(marks)))
}
