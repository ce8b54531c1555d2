//! Publishing a draft, and bringing an earlier version back: both make a new
//! version, which mails are written from at once.

use std::fmt::Write as _;
use std::time::Duration;

use similar::TextDiff;

use super::NotDone;
use super::draft::act;
use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::template::{Author, Part, Slot, Template, TemplateParts, Version};
use crate::store::email_templates::VersionAttribute;
use crate::store::slice::{Slice, Term};
use crate::store::{StoreError, Transaction, email_templates};
use crate::workflows::Engine;

/// The largest difference that is kept, in bytes.
const LARGEST_DIFF: usize = 32 * 1024;
/// How long it is looked for in each part.
const PATIENCE: Duration = Duration::from_millis(50);

/// What a version is made from.
#[derive(Debug)]
pub struct NewVersion {
    /// What its author has to say about it.
    pub note: Option<String>,
    /// The version of the template that the caller has seen, if only that may
    /// change.
    pub seen: Option<i64>,
}

impl Engine {
    /// Publishes the draft of a template.
    ///
    /// # Errors
    /// When there is none, or something is wrong with it: nothing is published
    /// then. When the template has changed since it was seen.
    pub async fn publish(
        &self,
        authority: &Authority,
        slot: &Slot,
        new: NewVersion,
    ) -> Result<(Template, Version), NotDone> {
        self.reached(authority, slot).await?;
        let found = email_templates::find(self.database.read(), authority.scope(), slot).await?;
        let found = self.expected(authority, slot, found, new.seen).await?;
        let draft = found.as_ref().and_then(|template| template.draft.clone()).ok_or(NotDone::NoDraft)?;
        let before = found.map_or(0, |template| template.version);
        self.make_version(authority, slot, (draft.parts, None), before, new.note).await
    }

    /// Publishes an earlier version once more, as a new one.
    ///
    /// # Errors
    /// When there is no such version, or it is not fit any more. When the
    /// template has changed since it was seen.
    pub async fn roll_back(
        &self,
        authority: &Authority,
        slot: &Slot,
        number: i64,
        new: NewVersion,
    ) -> Result<(Template, Version), NotDone> {
        self.reached(authority, slot).await?;
        let database = self.database.read();
        let found = email_templates::find(database, authority.scope(), slot).await?;
        let found = self.expected(authority, slot, found, new.seen).await?;
        let old = email_templates::find_version(database, slot, number).await?.ok_or(NotDone::NoVersion)?;
        let before = found.map_or(0, |template| template.version);
        self.make_version(authority, slot, (old.parts, Some(number)), before, new.note).await
    }

    /// A page of the versions of a template, the newest first unless asked
    /// otherwise.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn versions(
        &self,
        slot: &Slot,
        terms: &[Term<VersionAttribute>],
        slice: Slice,
    ) -> Result<(u64, Vec<Version>), NotDone> {
        Ok(email_templates::page_versions(self.database.read(), slot, terms, slice).await?)
    }

    /// A version with its texts.
    ///
    /// # Errors
    /// When there is none of this number.
    pub async fn version(&self, slot: &Slot, number: i64) -> Result<Version, NotDone> {
        let found = email_templates::find_version(self.database.read(), slot, number).await?;
        found.ok_or(NotDone::NoVersion)
    }

    /// Refuses a tenant outside the scope before anything of it is looked at:
    /// what state its templates are in is nobody else's business.
    async fn reached(&self, authority: &Authority, slot: &Slot) -> Result<(), NotDone> {
        self.tenancy(authority.scope(), slot.tenant).await?;
        Ok(())
    }

    /// The template, if it is the one that was seen.
    async fn expected(
        &self,
        authority: &Authority,
        slot: &Slot,
        found: Option<Template>,
        seen: Option<i64>,
    ) -> Result<Option<Template>, NotDone> {
        let version = found.as_ref().map_or(0, |template| template.version);
        match seen {
            Some(seen) if seen != version => Err(self.stale_template(authority, slot).await),
            _ => Ok(found),
        }
    }

    async fn make_version(
        &self,
        authority: &Authority,
        slot: &Slot,
        (parts, restores): (TemplateParts, Option<i64>),
        before: i64,
        note: Option<String>,
    ) -> Result<(Template, Version), NotDone> {
        let scope = authority.scope();
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let reading = self.read_templates(slot.kind, parts, self.link_origins(&tenancy)).await?;
        if !reading.is_fit() {
            return Err(NotDone::Marks(reading.marks));
        }
        let author = self.author(authority).await?;
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let locked = email_templates::lock(&transaction, scope, slot).await?;
        let Some(template) = locked.filter(|template| template.version == before) else {
            drop(transaction);
            return Err(self.stale_template(authority, slot).await);
        };
        let made = Made { parts: reading.parts, restores, note, author: &author, now };
        let Some((template, version, act)) = put_version(&transaction, template, made).await? else {
            drop(transaction);
            return Err(self.stale_template(authority, slot).await);
        };
        self.commit_act(transaction, authority, now, act).await?;
        Ok((template, version))
    }

    /// The template of a place, if there is one.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn template(&self, scope: &Scope, slot: &Slot) -> Result<Option<Template>, NotDone> {
        Ok(email_templates::find(self.database.read(), scope, slot).await?)
    }
}

/// What a version is made of.
pub(super) struct Made<'a> {
    pub parts: TemplateParts,
    pub restores: Option<i64>,
    pub note: Option<String>,
    pub author: &'a Author,
    pub now: Timestamp,
}

/// Adds a version to a template that is locked. `None` when somebody was
/// faster.
pub(super) async fn put_version(
    transaction: &Transaction,
    template: Template,
    made: Made<'_>,
) -> Result<Option<(Template, Version, Act)>, StoreError> {
    let Made { parts, restores, note, author, now } = made;
    let (slot, before) = (template.slot.clone(), template.version);
    let old = match template.published {
        Some(number) => email_templates::find_version(transaction, &slot, number).await?,
        None => None,
    };
    // What somebody is writing stays when an earlier version is brought back.
    let draft = template.draft.clone().filter(|_| restores.is_some());
    let template = Template { draft, ..template.publishing(&parts, now) };
    let diff = difference(&old.map(|old| old.parts).unwrap_or_default(), &parts);
    let number = template.latest;
    let version = Version { number, parts, diff, note, restores, author: author.clone(), created_at: now };
    if !email_templates::save(transaction, &template, before).await? {
        return Ok(None);
    }
    email_templates::insert_version(transaction, &slot, &version).await?;
    let action = if restores.is_some() { "email_template.rolled_back" } else { "email_template.published" };
    let mut act = act(action, &slot).with("version", number).with_note("note", version.note.as_deref());
    if let Some(restores) = restores {
        act = act.with("restores", restores);
    }
    Ok(Some((template, version, act)))
}

/// What changed, part by part, in the form of `diff -u`.
fn difference(old: &TemplateParts, new: &TemplateParts) -> String {
    let mut whole = String::new();
    for part in Part::ALL {
        let (before, after) = (old.source(part).unwrap_or_default(), new.source(part).unwrap_or_default());
        if before == after && old.source(part).is_some() == new.source(part).is_some() {
            continue;
        }
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
        let name = part.as_str();
        // Writing to a text cannot fail.
        let _ = write!(whole, "{}", diff.unified_diff().context_radius(3).header(name, name));
        if whole.len() > LARGEST_DIFF {
            let end = whole.char_indices().map(|(at, _)| at).take_while(|at| *at <= LARGEST_DIFF).last();
            whole.truncate(end.unwrap_or_default());
            whole.push_str("\n…\n");
            break;
        }
    }
    whole
}
