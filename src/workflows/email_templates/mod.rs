//! Email templates of applications and tenants: written, tried out, published
//! and taken back; and chosen when a mail is sent.

mod cache;
mod choose;
mod draft;
mod effective;
mod preview;
mod publish;
mod reading;
mod test_send;
mod transfer;

pub use cache::TemplateCache;
pub use choose::Choice;
pub(super) use choose::Shelf;
pub use effective::{Effective, EffectivePart};
pub use preview::{Previewed, Wanted};
pub use publish::NewVersion;
pub use test_send::{TestAnswer, TestMail};
pub use transfer::{Imported, TransferredTemplate};

use thiserror::Error;

use crate::domain::access::Authority;
use crate::domain::mail::MailKind;
use crate::domain::template::{Author, Mark, Slot};
use crate::mail::render::RenderError;
use crate::store::StoreError;

use super::{Engine, Failure};

/// How many templates an application may have, over all levels: each tenant
/// may set each kind in several languages.
const MOST: u64 = 10_000;

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum NotDone {
    /// What every use case may fail with; a stale version among it.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// Something is wrong with the templates.
    #[error("the templates are not fit: {}", .0.iter().map(|mark| mark.message.as_str()).collect::<Vec<_>>().join(" "))]
    Marks(Vec<Mark>),
    /// There is no draft to publish.
    #[error("there is no draft")]
    NoDraft,
    /// There is no version of this number.
    #[error("there is no such version")]
    NoVersion,
    /// The application has as many templates as it may have.
    #[error("there are too many templates")]
    TooMany,
    /// The data of a preview is not that of a mail of the kind.
    #[error("{0}")]
    Data(String),
    /// A mail cannot be rendered, with the name of its language.
    #[error("the mail cannot be rendered in {0}: {1}")]
    Unrendered(String, String),
}

impl From<StoreError> for NotDone {
    fn from(error: StoreError) -> Self {
        Self::Failure(Failure::Store(error))
    }
}

/// What a failed rendering is for the caller.
fn unrendered(locale: &str, error: RenderError) -> NotDone {
    match error {
        RenderError::Failed { mark } => NotDone::Marks(vec![mark]),
        RenderError::UnknownData(what) => NotDone::Data(format!("A mail of this kind has no {what}.")),
        other => NotDone::Unrendered(locale.to_owned(), other.to_string()),
    }
}

impl Engine {
    /// Who acts, as a version remembers them.
    async fn author(&self, authority: &Authority) -> Result<Author, NotDone> {
        let actor = authority.actor();
        let (kind, id) = (actor.kind().to_owned(), actor.id());
        let name = match &id {
            Some(id) => self.name_of(Some(authority.scope()), id).await?,
            None => None,
        };
        Ok(Author { kind, id, name })
    }

    /// The failure of a write that was made for another version.
    async fn stale_template(&self, authority: &Authority, slot: &Slot) -> NotDone {
        NotDone::Failure(self.stale(authority.scope(), slot.name()).await)
    }
}

/// A kind whose sample a mail is tried out with.
fn sample_of(slot: &Slot, wanted: Option<MailKind>) -> MailKind {
    wanted.filter(|_| slot.kind.parts().len() == 1).unwrap_or(slot.kind.sample())
}
