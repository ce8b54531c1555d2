//! Which templates a mail is written from.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::NotDone;
use super::cache::ReadVersion;
use crate::domain::access::Scope;
use crate::domain::ids::TenantId;
use crate::domain::mail::MailKind;
use crate::domain::template::{
    Asked, Chosen, Found, LanguageTag, Level, Offer, Part, Slot, TemplateKind, TemplateParts, resolve,
};
use crate::mail::language::Compiled;
use crate::mail::lint::Origins;
use crate::mail::render::TemplateSet;
use crate::store::email_templates;
use crate::workflows::Engine;
use crate::workflows::tenancy::Tenancy;

/// The templates of one mail, and where each comes from.
#[derive(Debug)]
pub struct Choice {
    /// Where they come from.
    pub chosen: Chosen,
    /// They.
    pub set: TemplateSet,
}

impl Choice {
    /// What the row of a message remembers: the language and why, and of each
    /// part the level, the language and the version.
    #[must_use]
    pub fn record(&self) -> Value {
        let part = |part: Part| {
            let found = self.chosen.of(part)?;
            Some((part.as_str().to_owned(), record_of(found)))
        };
        let parts: Map<String, Value> = Part::ALL.into_iter().filter_map(part).collect();
        let wording = &self.chosen.wording;
        json!({ "locale": wording.locale, "because": wording.because, "parts": parts })
    }
}

fn record_of(found: &Found) -> Value {
    let (level, locale, because) = (found.level, found.reach.as_str(), found.because);
    if level == Level::BuiltIn {
        return json!({ "level": level, "locale": locale, "because": because });
    }
    json!({ "level": level, "locale": locale, "because": because, "version": found.version })
}

/// Templates that are not published but tried out: in this place, these parts.
#[derive(Debug)]
pub(in crate::workflows) struct TriedOut<'a> {
    pub slot: &'a Slot,
    pub compiled: &'a [(Part, Arc<Compiled>)],
}

/// What an unpublished template has in place of a version.
const UNPUBLISHED: i64 = -1;

/// What there is to choose from for one kind.
#[derive(Debug)]
pub(in crate::workflows) struct Shelf<'a> {
    kind: MailKind,
    published: Vec<(Slot, Vec<Offer>)>,
    tried: Option<TriedOut<'a>>,
    versions: Vec<(Slot, Arc<ReadVersion>)>,
}

/// Who asks for which language in a tenancy.
pub(super) fn asked(tenancy: &Tenancy, request: Option<&str>, user: Option<&str>) -> Asked {
    let tag = |text: Option<&str>| text.and_then(LanguageTag::parse);
    Asked { request: tag(request), user: tag(user), tenant: tag(tenancy.tenant.locale.as_deref()), application: None }
}

impl Engine {
    /// Chooses the templates of a mail, from what there is if that was read
    /// before.
    ///
    /// # Errors
    /// When the database is gone.
    pub(in crate::workflows) async fn choose_templates(
        &self,
        scope: &Scope,
        tenancy: &Tenancy,
        kind: MailKind,
        (request, user): (Option<&str>, Option<&str>),
        stock: Option<&Shelf<'_>>,
    ) -> Result<Choice, NotDone> {
        let asked = asked(tenancy, request, user);
        match stock {
            Some(stock) => self.choose(stock, &asked),
            None => self.choose(&self.shelf(scope, Some(tenancy.tenant.id), kind, None).await?, &asked),
        }
    }

    /// Everything that there is for a kind. What cannot be read any more, by a
    /// later version of the language, is left on the floor: a reset mail goes
    /// out with what is below.
    pub(in crate::workflows) async fn shelf<'a>(
        &self,
        scope: &Scope,
        tenant: Option<TenantId>,
        kind: MailKind,
        tried: Option<TriedOut<'a>>,
    ) -> Result<Shelf<'a>, NotDone> {
        let database = self.database.read();
        let mut published = email_templates::offers(database, scope, tenant, TemplateKind::Mail(kind)).await?;
        if let Some(tried) = &tried {
            published.retain(|(slot, _)| slot != tried.slot);
        }
        let mut versions = Vec::with_capacity(published.len());
        for (slot, offers) in &mut published {
            let Some(number) = offers.first().map(|offer| offer.version) else { continue };
            let Some(version) = self.read_version(slot, number).await? else {
                offers.clear();
                continue;
            };
            offers.retain(|offer| version.part(offer.part).is_some());
            versions.push((slot.clone(), version));
        }
        Ok(Shelf { kind, published, tried, versions })
    }

    /// Chooses from the shelf.
    pub(super) fn choose(&self, stock: &Shelf<'_>, asked: &Asked) -> Result<Choice, NotDone> {
        let renderer = &self.mailer.renderer;
        let mut offers = renderer.offers().to_vec();
        offers.extend(stock.published.iter().flat_map(|(_, offers)| offers.iter().cloned()));
        if let Some(tried) = &stock.tried {
            let level = if tried.slot.tenant.is_some() { Level::Tenant } else { Level::Application };
            let offer = |part| Offer { level, reach: tried.slot.reach.clone(), part, version: UNPUBLISHED };
            offers.extend(tried.compiled.iter().map(|(part, _)| offer(*part)));
        }
        let chosen = resolve(asked, &offers);
        let locale = chosen.wording.locale.clone();
        let mut set = renderer
            .built_in_set(stock.kind, locale)
            .map_err(|error| super::unrendered(chosen.wording.locale.as_str(), error))?;
        for (part, place) in Part::ALL.into_iter().zip(&mut set.parts) {
            if let Some(compiled) = chosen.of(part).and_then(|found| stock.get(part, found)) {
                *place = compiled;
            }
        }
        Ok(Choice { chosen, set })
    }

    /// A published version, read once and remembered. `None` when nothing of
    /// it can be read.
    pub(super) async fn read_version(&self, slot: &Slot, number: i64) -> Result<Option<Arc<ReadVersion>>, NotDone> {
        if let Some(version) = self.templates.get(slot, number) {
            return Ok(Some(version));
        }
        let found = email_templates::find_version(self.database.read(), slot, number).await?;
        let Some(version) = found else { return Ok(None) };
        let parts = version.parts;
        // Where its links lead was judged when it was published.
        let reading = self.read_templates(slot.kind, rendered_only(&parts), Origins::default()).await?;
        if reading.compiled.len() < slot.kind.parts().iter().filter(|part| parts.get(**part).is_some()).count() {
            tracing::error!(template = slot.name(), number, "a published template cannot be read and is passed over");
        }
        let compiled = reading.compiled.into_iter().map(|(part, compiled)| (part, Arc::new(compiled))).collect();
        let version = Arc::new(ReadVersion { parts, compiled });
        self.templates.put(slot, number, &version);
        Ok(Some(version))
    }
}

/// The parts as they are rendered: what MJML was compiled to is not compiled
/// again.
fn rendered_only(parts: &TemplateParts) -> TemplateParts {
    TemplateParts { mjml: None, ..parts.clone() }
}

impl Shelf<'_> {
    /// The languages that somebody has a template of this kind in.
    pub(super) fn languages(&self) -> impl Iterator<Item = &LanguageTag> {
        let published = self.published.iter().flat_map(|(_, offers)| offers).filter_map(|offer| offer.reach.locale());
        published.chain(self.tried.iter().filter_map(|tried| tried.slot.reach.locale()))
    }

    /// A template that is not built in.
    fn get(&self, part: Part, found: &Found) -> Option<Arc<Compiled>> {
        if found.version == UNPUBLISHED {
            let tried = self.tried.as_ref()?;
            return tried.compiled.iter().find(|(one, _)| *one == part).map(|(_, compiled)| Arc::clone(compiled));
        }
        self.version(part, found)?.part(part)
    }

    /// The texts of a published version that a part comes from.
    pub(super) fn texts(&self, part: Part, found: &Found) -> Option<&TemplateParts> {
        self.version(part, found).map(|version| &version.parts)
    }

    fn version(&self, part: Part, found: &Found) -> Option<&Arc<ReadVersion>> {
        let is_it = |slot: &Slot| {
            let level = if slot.tenant.is_some() { Level::Tenant } else { Level::Application };
            level == found.level && slot.reach == found.reach && slot.kind.parts().contains(&part)
        };
        self.versions.iter().find(|(slot, _)| is_it(slot)).map(|(_, version)| version)
    }
}
