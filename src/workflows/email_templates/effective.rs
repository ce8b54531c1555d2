//! What mails of a kind are written from now, part by part.

use super::NotDone;
use crate::domain::access::Scope;
use crate::domain::template::{Asked, Chosen, Found, LanguageTag, Level, Part, Reach, Slot, Template, TemplateKind};
use crate::store::email_templates;
use crate::workflows::Engine;

use super::choose::{Shelf, asked};

/// A part as it is in effect.
#[derive(Debug)]
pub struct EffectivePart {
    /// Which.
    pub part: Part,
    /// Its template, as its author wrote it.
    pub source: String,
    /// Whether that is MJML.
    pub is_mjml: bool,
    /// Where it comes from, and why.
    pub found: Found,
}

/// The templates in effect, and the one of the level that was asked for.
#[derive(Debug)]
pub struct Effective {
    /// The language of the mail.
    pub locale: LanguageTag,
    /// The parts of the kind, and the layout.
    pub parts: Vec<EffectivePart>,
    /// What this level itself has, if it has anything.
    pub own: Option<Template>,
}

impl Engine {
    /// The templates in effect for a kind and language, at a level.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, or when the database is gone.
    pub async fn effective(&self, scope: &Scope, slot: &Slot) -> Result<Effective, NotDone> {
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let stock = self.shelf(scope, slot.tenant, slot.kind.sample(), None).await?;
        let asked = match &slot.reach {
            Reach::In(locale) => Asked::only(locale.clone()),
            Reach::Any => asked(&tenancy, None, None),
        };
        let chosen = self.choose(&stock, &asked)?.chosen;
        let own = email_templates::find(self.database.read(), scope, slot).await?;
        let parts = self.parts(&stock, slot, &chosen);
        Ok(Effective { locale: chosen.wording.locale, parts, own })
    }

    fn parts(&self, stock: &Shelf<'_>, slot: &Slot, chosen: &Chosen) -> Vec<EffectivePart> {
        let shown = slot.kind.parts().iter().copied().chain([Part::Layout]);
        let mut parts: Vec<Part> = shown.collect();
        parts.dedup();
        let effective = |part: Part| {
            let found = chosen.of(part)?.clone();
            let kind = if part == Part::Layout { TemplateKind::Layout } else { slot.kind };
            let (source, is_mjml) = if found.level == Level::BuiltIn {
                (self.mailer.renderer.source(kind, part)?.to_owned(), false)
            } else {
                let parts = stock.texts(part, &found)?;
                (parts.source(part)?.to_owned(), part == Part::Html && parts.mjml.is_some())
            };
            Some(EffectivePart { part, source, is_mjml, found })
        };
        parts.into_iter().filter_map(effective).collect()
    }
}
