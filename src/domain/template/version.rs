//! What becomes of a template: a draft, then versions that are never changed.

use serde::{Deserialize, Serialize};

use super::{Part, Reach, TemplateKind, TemplateParts};
use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, TenantId};

/// The place of a template: whose it is, of what, and for which language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    application: ApplicationId,
    /// Whose: of this tenant, or of the whole application.
    pub tenant: Option<TenantId>,
    /// Of what.
    pub kind: TemplateKind,
    /// For which language.
    pub reach: Reach,
}

impl Slot {
    /// A place inside a scope; the caller has made sure that the scope covers
    /// the tenant, or the whole application when none is named.
    #[must_use]
    pub const fn new(scope: &Scope, tenant: Option<TenantId>, kind: TemplateKind, reach: Reach) -> Self {
        Self { application: scope.application(), tenant, kind, reach }
    }

    /// The application that it belongs to.
    #[must_use]
    pub const fn application(&self) -> ApplicationId {
        self.application
    }

    /// Its name in the audit log: whose, what, and for which language.
    #[must_use]
    pub fn name(&self) -> String {
        let owner = self.tenant.map_or_else(|| self.application.to_string(), |tenant| tenant.to_string());
        format!("{owner}/{}/{}", self.kind.as_str(), self.reach.as_str())
    }
}

/// Who wrote something, as they were called then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// What kind of actor, for example `SERVICE_ACCOUNT`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which one; the command line has no id.
    pub id: Option<String>,
    /// Their name, if they have one.
    pub name: Option<String>,
}

/// What is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The parts.
    pub parts: TemplateParts,
    /// Who saved it last.
    pub author: Author,
    /// When.
    pub saved_at: Timestamp,
}

/// A template in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its place.
    pub slot: Slot,
    /// What is being written, if something is.
    pub draft: Option<Draft>,
    /// The number of the version that mails are written from.
    pub published: Option<i64>,
    /// The parts that this version sets.
    pub published_parts: Vec<Part>,
    /// The highest number given so far; 0 before the first version.
    pub latest: i64,
    /// Counts every change, from 1, for `If-Match`.
    pub version: i64,
    /// When it was first written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Template {
    /// A place where nothing has been written yet.
    #[must_use]
    pub const fn new(slot: Slot, now: Timestamp) -> Self {
        Self {
            slot,
            draft: None,
            published: None,
            published_parts: Vec::new(),
            latest: 0,
            version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same with another draft.
    #[must_use]
    pub fn drafted(self, draft: Draft) -> Self {
        let now = draft.saved_at;
        Self { draft: Some(draft), version: self.version + 1, updated_at: now, ..self }
    }

    /// The same with a new version, which mails are written from now on.
    #[must_use]
    pub fn publishing(self, parts: &TemplateParts, now: Timestamp) -> Self {
        let number = self.latest + 1;
        Self {
            draft: None,
            published: Some(number),
            published_parts: Part::ALL.into_iter().filter(|part| parts.get(*part).is_some()).collect(),
            latest: number,
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }
}

/// What was published at a time. Never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: i64,
    /// The parts.
    pub parts: TemplateParts,
    /// What changed since the version before it.
    pub diff: String,
    /// What its author had to say.
    pub note: Option<String>,
    /// The number of the version that it restores, if it does.
    pub restores: Option<i64>,
    /// Who published it.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_counted_and_a_draft_becomes_one() {
        let now = Timestamp::from_millis(1_000);
        let application = ApplicationId::from_parts(now, 1);
        let scope = Scope::of_record(application);
        let slot = Slot::new(&scope, None, TemplateKind::Layout, Reach::Any);
        assert_eq!(slot.name(), format!("{application}/LAYOUT/*"));
        let author = Author { kind: "COMMAND_LINE".to_owned(), id: None, name: None };
        let parts = TemplateParts { layout: Some("x".to_owned()), ..TemplateParts::default() };
        let draft = Draft { parts: parts.clone(), author, saved_at: now };
        let drafted = Template::new(slot, now).drafted(draft);
        assert_eq!((drafted.version, drafted.published, drafted.latest), (1, None, 0));
        let published = drafted.publishing(&parts, now);
        assert_eq!((published.version, published.published, published.latest), (2, Some(1), 1));
        assert_eq!((published.published_parts.clone(), published.draft.is_none()), (vec![Part::Layout], true));
        assert_eq!(published.publishing(&TemplateParts::default(), now).published_parts, []);
    }
}
