//! What a mail would look like if it were published as it is being written.
//! Written from samples, never from somebody's mail.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::choose::{Choice, TriedOut};
use super::{NotDone, sample_of, unrendered};
use crate::domain::access::Scope;
use crate::domain::locale::Locale;
use crate::domain::mail::MailKind;
use crate::domain::template::{Asked, LanguageTag, Mark, Part, Reach, Slot, TemplateParts};
use crate::mail::language::Compiled;
use crate::mail::render::{Glossary, Rendered};
use crate::workflows::Engine;
use crate::workflows::tenancy::Tenancy;

/// What to render.
#[derive(Debug)]
pub struct Wanted {
    /// The unsaved parts; what is absent is as it is in effect.
    pub parts: TemplateParts,
    /// Values in place of the sample's.
    pub data: Value,
    /// One language; every one that there is when absent.
    pub locale: Option<LanguageTag>,
    /// For a layout, the kind of mail to put into it.
    pub kind: Option<MailKind>,
}

/// A mail in one language.
#[derive(Debug)]
pub struct Previewed {
    /// Where its templates come from.
    pub choice: Choice,
    /// The mail.
    pub mail: Rendered,
}

impl Engine {
    /// Renders unsaved templates.
    ///
    /// # Errors
    /// What keeps them from being rendered; what is merely wrong is answered
    /// beside the mail.
    pub async fn preview(
        &self,
        scope: &Scope,
        slot: &Slot,
        wanted: Wanted,
    ) -> Result<(Vec<Previewed>, Vec<Mark>), NotDone> {
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let reading = self.read_templates(slot.kind, wanted.parts, self.link_origins(&tenancy)).await?;
        let set = slot.kind.parts().iter().filter(|part| reading.parts.source(**part).is_some()).count();
        if reading.compiled.len() < set {
            return Err(NotDone::Marks(reading.marks));
        }
        let compiled: Vec<(Part, Arc<Compiled>)> =
            reading.compiled.into_iter().map(|(part, compiled)| (part, Arc::new(compiled))).collect();
        let kind = sample_of(slot, wanted.kind);
        let tried = TriedOut { slot, compiled: &compiled };
        let stock = self.shelf(scope, slot.tenant, kind, Some(tried)).await?;
        let mut locales: Vec<LanguageTag> = match wanted.locale {
            Some(locale) => vec![locale],
            None => shipped().chain(stock.languages().cloned()).collect(),
        };
        let mut seen = BTreeSet::new();
        locales.retain(|locale| seen.insert(locale.clone()));
        let names = names(&tenancy);
        let mut mails = Vec::with_capacity(locales.len());
        for locale in locales {
            let name = locale.as_str().to_owned();
            let choice = self.choose(&stock, &Asked::only(locale))?;
            let mail = self.mailer.renderer.preview(kind, &[&names, &wanted.data], &choice.set);
            mails.push(Previewed { mail: mail.map_err(|error| unrendered(&name, error))?, choice });
        }
        Ok((mails, reading.marks))
    }

    /// What a template can be written from: its names, and what the calls in
    /// `sources` say in its language.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, or when the database is gone.
    pub async fn glossary(&self, scope: &Scope, slot: &Slot, sources: &[&str]) -> Result<Glossary, NotDone> {
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let locale = self.own_language(scope, slot).await?;
        let glossary = self.mailer.renderer.glossary(slot.kind, &locale, &names(&tenancy), sources);
        glossary.map_err(|error| unrendered(locale.as_str(), error))
    }

    /// The language that a template is looked at in when none is named: its
    /// own, or the tenant's.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, or when the database is gone.
    pub async fn own_language(&self, scope: &Scope, slot: &Slot) -> Result<LanguageTag, NotDone> {
        if let Reach::In(locale) = &slot.reach {
            return Ok(locale.clone());
        }
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let own = tenancy.tenant.locale.as_deref().and_then(LanguageTag::parse);
        Ok(own.unwrap_or_else(LanguageTag::english))
    }
}

/// The names of the application and the tenant, in place of the sample's.
fn names(tenancy: &Tenancy) -> Value {
    let (application, tenant) = (&tenancy.application, &tenancy.tenant);
    json!({
        "application": {
            "name": application.name,
            "displayName": application.display_name,
            "supportEmail": application.support_email,
        },
        "tenant": { "name": tenant.name, "displayName": tenant.display_name },
    })
}

/// The languages that built-in mails are written in.
fn shipped() -> impl Iterator<Item = LanguageTag> {
    Locale::ALL.into_iter().filter_map(|locale| LanguageTag::parse(locale.as_str()))
}
