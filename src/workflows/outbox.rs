//! Putting mail into the outbox, and the throttle of a mailbox.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::client::RequestedFrom;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{EmailVerificationId, MessageId};
use crate::domain::mail::MailKind;
use crate::domain::reset::Reset;
use crate::domain::user::User;
use crate::store::messages::Message;
use crate::store::{ConnectionTrait, throttles};

use super::{Engine, Outcome};

impl Engine {
    /// A mail that carries a reset's secret. It has no address: it goes to the
    /// one the user has when it is sent.
    #[must_use]
    pub fn secret_mail(
        &self,
        kind: MailKind,
        user: &User,
        reset: &Reset,
        from: &RequestedFrom,
        now: Timestamp,
    ) -> Message {
        Message {
            reset: Some(reset.id),
            recipient: None,
            locale: reset.locale.clone(),
            ..self.mail(kind, user, &Facts::from(from.clone()), now)
        }
    }

    /// A notice. It goes to the address the user has now, whatever happens to
    /// the account before it is sent: whoever takes it over cannot silence it.
    #[must_use]
    pub fn notice(&self, kind: MailKind, user: &User, facts: &Facts, now: Timestamp) -> Message {
        self.mail(kind, user, facts, now)
    }

    fn mail(&self, kind: MailKind, user: &User, facts: &Facts, now: Timestamp) -> Message {
        Message {
            id: MessageId::generate(now, &*self.entropy),
            application: user.application,
            tenant: user.tenant,
            kind,
            user: Some(user.id),
            reset: None,
            recipient: Some(user.email.clone()),
            mailbox: self.mailbox(user.tenant, &user.email_canonical),
            locale: user.locale.clone(),
            facts: facts.to_value(),
            attempts: 0,
            created_at: now,
        }
    }

    /// Takes a place in the mailbox's throttle: a burst, then a steady rate,
    /// and never more than so many a day. Says whether there was one.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn admit_to_mailbox(
        &self,
        transaction: &impl ConnectionTrait,
        mailbox: &str,
        now: Timestamp,
    ) -> Outcome<bool> {
        Ok(self.wait_for_mailbox(transaction, mailbox, now).await?.is_none())
    }

    /// The same, and says how long to wait when there was none.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn wait_for_mailbox(
        &self,
        transaction: &impl ConnectionTrait,
        mailbox: &str,
        now: Timestamp,
    ) -> Outcome<Option<Duration>> {
        if !self.limits.enabled {
            return Ok(None);
        }
        let (burst, daily) = (format!("mailbox:{mailbox}"), format!("mailbox-day:{mailbox}"));
        let quota = self.limits.mails_per_mailbox_daily;
        if let Some(wait) = throttles::is_full(transaction, &daily, quota, now).await? {
            return Ok(Some(wait));
        }
        if let Some(wait) = throttles::take(transaction, &burst, self.limits.mails_per_mailbox, 1, now).await? {
            return Ok(Some(wait));
        }
        Ok(throttles::mark(transaction, &daily, quota, now).await?)
    }
}

/// What the text of a mail tells besides who it is for: nothing secret, and
/// none of the caller's own words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Where the request came from.
    pub from: RequestedFrom,
    /// When the password changed, in milliseconds since the epoch.
    pub changed_at: Option<i64>,
    /// Whether a code was withheld because too many wrong ones were entered.
    pub throttled: bool,
    /// The verification whose code it carries.
    pub verification: Option<EmailVerificationId>,
    /// The registered page that its link leads to, when the caller named one.
    pub link_page: Option<String>,
}

impl Facts {
    /// A request from somewhere.
    #[must_use]
    pub fn from(from: RequestedFrom) -> Self {
        Self { from, ..Self::default() }
    }

    /// A password that changed at a time.
    #[must_use]
    pub fn changed(from: RequestedFrom, at: Timestamp) -> Self {
        Self { from, changed_at: Some(at.as_millis()), ..Self::default() }
    }

    /// As the row keeps it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        // A struct of plain values always serialises.
        serde_json::to_value(self).unwrap_or_default()
    }
}
