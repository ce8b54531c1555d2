//! Messages and suppressions: looked at, sent once more and lifted by a person.

use thiserror::Error;

use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::{MessageId, SuppressionId};
use crate::domain::mail::MailKind;
use crate::domain::suppression::Suppression;
use crate::store::message_attempts::{self, Attempt};
use crate::store::message_records::{self, MessageAttribute, MessageFilter, MessageRecord};
use crate::store::messages::{Message, MessageState};
use crate::store::slice::{Slice, Term};
use crate::store::suppressions::{self, SuppressionAttribute};
use crate::store::{resets, users, verifications};

use super::outbox::Facts;
use super::{Engine, Failure, Noun, Outcome};

/// Why a message is not sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplayRefusal {
    /// It waits, was taken, or is not to be sent any more.
    #[error("only what is dead or suppressed can be sent once more")]
    State,
    /// What it carries is good no more.
    #[error("what it carries is over")]
    SecretOver,
}

impl Engine {
    /// A page of the messages inside the scope, and how many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_messages(
        &self,
        scope: &Scope,
        filter: MessageFilter,
        terms: &[Term<MessageAttribute>],
        slice: Slice,
    ) -> Outcome<(u64, Vec<MessageRecord>)> {
        Ok(message_records::page(self.database.read(), scope, filter, terms, slice).await?)
    }

    /// A message inside the scope, with every attempt to hand it over.
    ///
    /// # Errors
    /// `NotFound(Message)`.
    pub async fn get_message(&self, scope: &Scope, id: MessageId) -> Outcome<(MessageRecord, Vec<Attempt>)> {
        let found = message_records::find(self.database.read(), scope, id).await?;
        let found = found.ok_or(Failure::NotFound(Noun::Message))?;
        let attempts = message_attempts::list(self.database.read(), found.message.id).await?;
        Ok((found, attempts))
    }

    /// Sends a message once more that was given up, or kept from an address.
    ///
    /// # Errors
    /// `NotFound(Message)`; `Replay`.
    pub async fn replay_message(&self, authority: &Authority, id: MessageId) -> Outcome<MessageRecord> {
        let (scope, now) = (authority.scope(), self.now().await?);
        let (found, _) = self.get_message(scope, id).await?;
        if !matches!(found.state, MessageState::Dead | MessageState::Suppressed) {
            return Err(ReplayRefusal::State.into());
        }
        if found.message.kind.carries_secret() && !self.is_secret_good(&found.message, now).await? {
            return Err(ReplayRefusal::SecretOver.into());
        }
        let transaction = self.database.begin().await?;
        if !message_records::replay(&transaction, id, found.state, now).await? {
            return Err(ReplayRefusal::State.into());
        }
        let message = Message { attempts: 0, ..found.message };
        let act = Act::new("message.replayed", id).of_tenant(message.tenant).with("kind", message.kind.as_str());
        self.commit_act(transaction, authority, now, act).await?;
        let state = MessageState::Queued;
        let version = found.version + 1;
        Ok(MessageRecord { message, state, run_at: now, finished_at: None, updated_at: now, version, ..found })
    }

    /// Whether what a message carries can still be used.
    async fn is_secret_good(&self, message: &Message, now: Timestamp) -> Outcome<bool> {
        let (database, scope) = (self.database.read(), Scope::of_record(message.application));
        let Some(user) = message.user else { return Ok(false) };
        let Some(user) = users::find(database, &scope, user).await? else { return Ok(false) };
        if message.kind == MailKind::EmailVerification {
            let facts: Facts = serde_json::from_value(message.facts.clone()).unwrap_or_default();
            let Some(id) = facts.verification else { return Ok(false) };
            let found = verifications::find(database, &scope, id).await?;
            return Ok(found.is_some_and(|found| found.usable(&user, now).is_ok()));
        }
        let Some(reset) = message.reset else { return Ok(false) };
        let found = resets::find(database, &scope, reset).await?;
        Ok(found.is_some_and(|reset| reset.usable(now).is_ok() && !user.disabled && user.email == reset.email))
    }

    /// A page of the addresses inside the scope that get no mail now; of one
    /// address only, if there is one.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn page_suppressions(
        &self,
        scope: &Scope,
        email: Option<&str>,
        terms: &[Term<SuppressionAttribute>],
        slice: Slice,
    ) -> Outcome<(u64, Vec<Suppression>)> {
        let address = match email.map(EmailAddress::parse) {
            None => None,
            Some(Ok(email)) => Some(self.address_pseudonym(scope.application(), email.canonical())),
            // What is no address is on no list.
            Some(Err(_)) => return Ok((0, Vec::new())),
        };
        let now = self.now().await?;
        Ok(suppressions::page(self.database.read(), scope, address.as_deref(), terms, slice, now).await?)
    }

    /// Lets an address have mail again.
    ///
    /// # Errors
    /// `NotFound(Suppression)`.
    pub async fn remove_suppression(&self, authority: &Authority, id: SuppressionId) -> Outcome<()> {
        let now = self.now().await?;
        let missing = || Failure::NotFound(Noun::Suppression);
        let transaction = self.database.begin().await?;
        let found = suppressions::find(&transaction, authority.scope(), id, now).await?.ok_or_else(missing)?;
        if !suppressions::delete(&transaction, id).await? {
            return Err(missing());
        }
        let act = Act::new("suppression.deleted", id).of_tenant(found.tenant);
        self.commit_act(transaction, authority, now, act).await
    }
}
