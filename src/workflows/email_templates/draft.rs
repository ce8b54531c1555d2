//! Saving a draft: whatever is wrong with it is said, and it is kept all the
//! same, so that nobody loses what they have written.

use super::{MOST, NotDone};
use crate::domain::access::Authority;
use crate::domain::audit::Act;
use crate::domain::template::{Draft, Mark, Slot, Template, TemplateParts};
use crate::store::{applications, email_templates};
use crate::workflows::Engine;

/// What an act on a template says about its place.
pub(super) fn act(action: &'static str, slot: &Slot) -> Act {
    let act = Act::new(action, slot.name()).with("kind", slot.kind.as_str()).with("locale", slot.reach.as_str());
    match slot.tenant {
        Some(tenant) => act.of_tenant(tenant),
        None => act,
    }
}

impl Engine {
    /// Saves a draft and says what there is to say about it. With `seen`, only
    /// if the template still has that version; 0 means that there is none yet.
    ///
    /// # Errors
    /// When the template has changed since `seen`, or there are too many.
    pub async fn save_draft(
        &self,
        authority: &Authority,
        slot: &Slot,
        parts: TemplateParts,
        seen: Option<i64>,
    ) -> Result<(Template, Vec<Mark>), NotDone> {
        let scope = authority.scope();
        let tenancy = self.tenancy(scope, slot.tenant).await?;
        let reading = self.read_templates(slot.kind, parts, self.link_origins(&tenancy)).await?;
        let author = self.author(authority).await?;
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let found = email_templates::lock(&transaction, scope, slot).await?;
        let before = found.as_ref().map_or(0, |template| template.version);
        if seen.is_some_and(|seen| seen != before) {
            drop(transaction);
            return Err(self.stale_template(authority, slot).await);
        }
        if found.is_none() {
            applications::lock(&transaction, scope).await?;
            if email_templates::count(&transaction, scope).await? >= MOST {
                return Err(NotDone::TooMany);
            }
        }
        let changed: Vec<&str> = reading.parts.sources().map(|(part, _)| part.as_str()).collect();
        let act = act("email_template.draft_saved", slot).with("parts", changed);
        let draft = Draft { parts: reading.parts, author, saved_at: now };
        let template = found.unwrap_or_else(|| Template::new(slot.clone(), now)).drafted(draft);
        if !email_templates::save(&transaction, &template, before).await? {
            drop(transaction);
            return Err(self.stale_template(authority, slot).await);
        }
        self.commit_act(transaction, authority, now, act).await?;
        Ok((template, reading.marks))
    }
}
