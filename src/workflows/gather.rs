//! What mails that are written side by side need from the database, asked for
//! together. What could not be read so is asked for again mail by mail, so
//! that only the mail that it belongs to fails for it.

use std::collections::{BTreeSet, HashMap};

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::{ApplicationId, PasswordResetId, TenantId, UserId};
use crate::domain::mail::MailKind;
use crate::domain::reset::Reset;
use crate::domain::user::User;
use crate::store::messages::Message;
use crate::store::{resets, suppressions, users};

use super::email_templates::Shelf;
use super::{Engine, Outcome};

/// What was read for some messages.
#[derive(Debug, Default)]
pub struct Gathered {
    users: HashMap<UserId, User>,
    resets: HashMap<PasswordResetId, Reset>,
    shelves: HashMap<(ApplicationId, TenantId, MailKind), Shelf<'static>>,
    /// Addresses by pseudonym, and whether they get no mail.
    suppressed: HashMap<(ApplicationId, String), bool>,
}

impl Engine {
    /// Reads what these messages need.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn gather(&self, messages: &[Message], now: Timestamp) -> Outcome<Gathered> {
        let database = self.database.read();
        let ids: BTreeSet<_> = messages.iter().filter_map(|message| message.user).collect();
        let users = users::list_readable(database, ids).await?;
        let ids: BTreeSet<_> = messages.iter().filter_map(|message| message.reset).collect();
        let resets = resets::list_readable(database, ids).await?;
        let mut gathered = Gathered {
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            resets: resets.into_iter().map(|reset| (reset.id, reset)).collect(),
            ..Gathered::default()
        };
        let addresses: BTreeSet<_> =
            messages.iter().filter_map(|message| self.address_of(message, &gathered)).collect();
        let held = suppressions::list_held(database, &addresses, now).await?;
        gathered.suppressed =
            addresses.into_iter().map(|address| (held.contains(&address), address)).map(|(is, of)| (of, is)).collect();
        for message in messages {
            let of = (message.application, message.tenant, message.kind);
            if gathered.shelves.contains_key(&of) {
                continue;
            }
            let scope = Scope::of_record(message.application);
            // Where the database does not answer now, it is not asked for the others either.
            let Ok(stock) = self.shelf(&scope, Some(message.tenant), message.kind, None).await else { break };
            gathered.shelves.insert(of, stock);
        }
        Ok(gathered)
    }

    /// The pseudonym of the address that a message goes to, as far as is known.
    fn address_of(&self, message: &Message, gathered: &Gathered) -> Option<(ApplicationId, String)> {
        let of_user = || Some(gathered.users.get(&message.user?)?.email.as_str());
        let to = EmailAddress::parse(message.recipient.as_deref().or_else(of_user)?).ok()?;
        Some((message.application, self.address_pseudonym(message.application, to.canonical())))
    }

    /// The user of a message.
    pub(super) async fn user_of(&self, message: &Message, gathered: &Gathered) -> Outcome<Option<User>> {
        let Some(id) = message.user else { return Ok(None) };
        match gathered.users.get(&id).filter(|user| user.application == message.application) {
            Some(user) => Ok(Some(user.clone())),
            None => Ok(users::find(self.database.read(), &Scope::of_record(message.application), id).await?),
        }
    }

    /// The reset of a message.
    pub(super) async fn reset_of(&self, message: &Message, gathered: &Gathered) -> Outcome<Option<Reset>> {
        let Some(id) = message.reset else { return Ok(None) };
        match gathered.resets.get(&id).filter(|reset| reset.application == message.application) {
            Some(reset) => Ok(Some(reset.clone())),
            None => Ok(resets::find(self.database.read(), &Scope::of_record(message.application), id).await?),
        }
    }

    /// Whether an address gets no mail of an application now.
    pub(super) async fn is_suppressed(
        &self,
        (application, address): (ApplicationId, &str),
        gathered: &Gathered,
        now: Timestamp,
    ) -> Outcome<bool> {
        match gathered.suppressed.get(&(application, address.to_owned())) {
            Some(is_suppressed) => Ok(*is_suppressed),
            None => Ok(suppressions::holds(self.database.read(), application, address, now).await?),
        }
    }
}

impl Gathered {
    /// The templates that there are for a message, if they were read.
    pub(super) fn shelf(&self, message: &Message) -> Option<&Shelf<'static>> {
        self.shelves.get(&(message.application, message.tenant, message.kind))
    }
}
