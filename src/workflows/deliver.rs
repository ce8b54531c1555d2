//! One email from its row to a provider: what it says is put together now,
//! with the secret derived now, and the outcome is written back with the
//! provider's own words.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::mail::{
    Application, AttemptsExhausted, Expiry, GivenName, LinkCreated, MailContext, MailKind, NoAccount, Parties,
    PasswordUpdated, ResetCode, ResetLink, Tenant, User as Recipient,
};
use crate::domain::reset::{Mode, Reset, proof};
use crate::domain::user::User;
use crate::mail::message::{Addressing, MessageId, OutgoingMessage, Party};
use crate::mail::render::Renderer;
use crate::mail::transport::{FailureKind, SendError, Transport};
use crate::store::messages::{self, Message, MessageState};
use crate::store::{StoreError, resets, users};
use crate::telemetry::metrics::{self, ResetStep};

use super::engine::UNKNOWN_KEY;
use super::outbox::Facts;
use super::tenancy::Tenancy;
use super::{Engine, Failure, Outcome};

/// What delivery works with.
#[derive(Debug)]
pub struct Mailer {
    /// The templates.
    pub renderer: Renderer,
    /// The way out.
    pub transport: Arc<Transport>,
    /// Who the mails are from.
    pub from: Party,
    /// Where answers go, if not there.
    pub reply_to: Option<Party>,
    /// The right part of every `Message-ID`.
    pub domain: String,
}

/// How a delivery ended, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// A provider took it.
    Sent,
    /// It is tried again later.
    Deferred,
    /// It was given up.
    Dead,
    /// It was not to be sent any more.
    Dropped,
}

/// The first wait after a failure, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(30 * 60));
/// After this many tries a notice is given up: about ten hours.
const TRIES: u32 = 30;

/// What could not be read when a template failed.
const UNRENDERED: &str = "the template of the mail";

/// What a row turned into.
enum Composed {
    Mail(Box<OutgoingMessage>),
    /// Not worth sending any more, and why.
    Pointless(&'static str),
}

/// Why a mail did not get out this time.
struct Trouble {
    stage: &'static str,
    /// For the row: nothing secret.
    answer: String,
    /// Whether trying again cannot help.
    is_final: bool,
}

impl From<&SendError> for Trouble {
    fn from(error: &SendError) -> Self {
        let stage = error.stage.as_str();
        let answer = format!("{stage}: {}", error.answer);
        Self { stage, answer, is_final: error.kind == FailureKind::Permanent }
    }
}

impl Trouble {
    /// A mail that could not be put together. A template can be mended, and a
    /// key that is not known yet may be with the next start; what is not
    /// there, or not readable, stays so.
    ///
    /// # Errors
    /// When the database is gone: that says nothing about the mail.
    fn composing(failure: Failure) -> Outcome<Self> {
        if matches!(failure, Failure::Store(StoreError::Database(_))) {
            return Err(failure);
        }
        let is_final = !matches!(failure, Failure::Store(StoreError::Corrupt(UNRENDERED | UNKNOWN_KEY)));
        Ok(Self { stage: "compose", answer: format!("compose: {failure}"), is_final })
    }
}

impl Engine {
    /// Delivers one message that `worker` has leased.
    ///
    /// # Errors
    /// When the database is gone; the lease then runs out by itself.
    pub async fn deliver(&self, worker: &str, message: &Message) -> Outcome<Delivered> {
        let now = self.now().await?;
        let (state, answer) = match self.compose(message, now).await {
            Ok(Composed::Pointless(why)) => (MessageState::Dropped, why.to_owned()),
            Ok(Composed::Mail(mail)) => match self.mailer.transport.send(&mail).await {
                Ok(accepted) => {
                    count_sent(message.kind);
                    (MessageState::Sent, accepted.answer)
                }
                Err(error) => return self.defer(worker, message, Trouble::from(&error)).await,
            },
            Err(failure) => return self.defer(worker, message, Trouble::composing(failure)?).await,
        };
        messages::finish(self.database.write(), worker, message.id, state, &answer, self.now().await?).await?;
        Ok(if state == MessageState::Sent { Delivered::Sent } else { Delivered::Dropped })
    }

    /// A failure: another try later, or the dead letters.
    async fn defer(&self, worker: &str, message: &Message, trouble: Trouble) -> Outcome<Delivered> {
        let now = self.now().await?;
        let Trouble { stage, answer, is_final } = trouble;
        let hopeless = is_final || message.attempts >= TRIES;
        tracing::warn!(message_id = %message.id, kind = message.kind.as_str(), stage, hopeless,
            attempts = message.attempts, "a mail did not get out");
        if hopeless {
            messages::finish(self.database.write(), worker, message.id, MessageState::Dead, &answer, now).await?;
            return Ok(Delivered::Dead);
        }
        let wait = back_off(message.attempts, self.entropy.u128());
        messages::retry(self.database.write(), worker, message.id, &answer, now + wait).await?;
        Ok(Delivered::Deferred)
    }

    async fn compose(&self, message: &Message, now: Timestamp) -> Outcome<Composed> {
        let scope = Scope::of_record(message.application);
        let database = self.database.read();
        let tenancy = self.tenancy(&scope, Some(message.tenant)).await?;
        let user = match message.user {
            Some(id) => users::find(database, &scope, id).await?,
            None => None,
        };
        let reset = match message.reset {
            Some(id) => resets::find(database, &scope, id).await?,
            None => None,
        };
        let to = if message.kind.carries_secret() {
            match secret_recipient(user.as_ref(), reset.as_ref(), now) {
                Ok(address) => address,
                Err(why) => return Ok(Composed::Pointless(why)),
            }
        } else {
            message.recipient.clone().unwrap_or_default()
        };
        let Ok(to) = EmailAddress::parse(&to) else {
            return Ok(Composed::Pointless("the address cannot be mailed to"));
        };
        if let Some(reset) = reset.as_ref().filter(|_| message.kind.carries_secret())
            && self.keys.is_revoked(&reset.key_id)
        {
            return Ok(Composed::Pointless("the key of the reset was revoked"));
        }
        let parties = parties(&tenancy, user.as_ref(), &to, message);
        let Some(context) = self.context(message, parties, &tenancy, reset.as_ref(), now)? else {
            return Ok(Composed::Pointless("what it tells of is gone"));
        };
        Ok(Composed::Mail(Box::new(self.write(message, &context, to)?)))
    }

    /// The context of the kind. `None` when what it tells of does not exist
    /// any more.
    fn context(
        &self,
        message: &Message,
        parties: Parties,
        tenancy: &Tenancy,
        reset: Option<&Reset>,
        now: Timestamp,
    ) -> Outcome<Option<MailContext>> {
        let facts: Facts = serde_json::from_value(message.facts.clone()).unwrap_or_default();
        let (requested_from, occurred_at) = (facts.from, message.created_at);
        let expiry = reset.and_then(|reset| reset.expires_at).map(|expires_at| Expiry::new(expires_at, now));
        Ok(Some(match message.kind {
            MailKind::PasswordResetLink => {
                let (Some(reset), Some(expiry)) = (reset, expiry) else { return Ok(None) };
                let Some(token) = self.link_token(reset)? else { return Ok(None) };
                let action_url = self.link_url(tenancy, reset.mode, &token);
                MailContext::PasswordResetLink(ResetLink { parties, requested_from, action_url, expiry })
            }
            MailKind::PasswordResetCode => {
                let (Some(reset), Some(expiry)) = (reset, expiry) else { return Ok(None) };
                let key = self.key(&reset.key_id)?;
                let verification_code =
                    proof::verification_code(key, reset.application, &reset.id.to_string(), &reset.nonce);
                MailContext::PasswordResetCode(ResetCode { parties, requested_from, verification_code, expiry })
            }
            MailKind::PasswordResetLinkCreated => {
                let Some(expiry) = expiry else { return Ok(None) };
                MailContext::PasswordResetLinkCreated(LinkCreated { parties, occurred_at, expiry })
            }
            MailKind::PasswordUpdated => {
                let occurred_at = facts.changed_at.map_or(occurred_at, Timestamp::from_millis);
                MailContext::PasswordUpdated(PasswordUpdated { parties, requested_from, occurred_at })
            }
            MailKind::ResetAttemptsExhausted => MailContext::ResetAttemptsExhausted(AttemptsExhausted {
                parties,
                requested_from,
                occurred_at,
                throttled: facts.throttled,
            }),
            MailKind::NoAccount => MailContext::NoAccount(NoAccount { parties, requested_from }),
            // Nothing here queues these kinds.
            MailKind::EmailVerification | MailKind::Test => return Ok(None),
        }))
    }

    fn write(&self, message: &Message, context: &MailContext, to: EmailAddress) -> Outcome<OutgoingMessage> {
        let unwritable = |error: &dyn std::error::Error, what| {
            tracing::error!(message_id = %message.id, error = %error, "a mail cannot be written");
            StoreError::Corrupt(what)
        };
        let rendered = self.mailer.renderer.render(context).map_err(|error| unwritable(&error, UNRENDERED))?;
        let addressing = Addressing {
            from: self.mailer.from.clone(),
            reply_to: self.mailer.reply_to.clone(),
            return_path: None,
            to,
            // From the row, so that a retry is the same message.
            message_id: MessageId::new(&message.id.to_string(), &self.mailer.domain)
                .map_err(|error| unwritable(&error, "messages.id"))?,
            date: message.created_at,
        };
        Ok(OutgoingMessage::new(addressing, rendered)
            .map_err(|error| unwritable(&error, "the addresses of the mail"))?)
    }
}

/// The step of the reset funnel that a mail completes, if it is one.
fn count_sent(kind: MailKind) {
    match kind {
        MailKind::PasswordResetLink => metrics::reset(ResetStep::Sent, Mode::EmailLink),
        MailKind::PasswordResetCode => metrics::reset(ResetStep::Sent, Mode::EmailOtp),
        _ => {}
    }
}

/// Where a mail with a secret may go: to the user's address of now, if it is
/// the one the reset was made for, while the reset can still be used.
fn secret_recipient(user: Option<&User>, reset: Option<&Reset>, now: Timestamp) -> Result<String, &'static str> {
    let (Some(user), Some(reset)) = (user, reset) else { return Err("the user or the reset is gone") };
    if reset.usable(now).is_err() {
        return Err("the reset is not pending any more");
    }
    if user.disabled || user.email != reset.email {
        return Err("the account has changed since");
    }
    Ok(user.email.clone())
}

fn parties(tenancy: &Tenancy, user: Option<&User>, to: &EmailAddress, message: &Message) -> Parties {
    let locale = message.locale.clone().or_else(|| user.and_then(|user| user.locale.clone()));
    Parties {
        user: Recipient {
            given_name: user.and_then(|user| user.first_name.as_deref()).and_then(GivenName::from_stored),
            email: to.original().to_owned(),
            locale: locale.or_else(|| tenancy.tenant.locale.clone()).unwrap_or_else(|| "en".to_owned()),
        },
        tenant: Tenant {
            name: tenancy.tenant.name.clone(),
            display_name: tenancy.tenant.display_name.clone(),
            logo_url: None,
        },
        application: Application {
            name: tenancy.application.name.clone(),
            display_name: tenancy.application.display_name.clone(),
            support_email: tenancy.application.support_email.clone(),
        },
    }
}

/// Doubling from the first wait to the longest, a fifth more or less by
/// chance, so that messages that failed together do not come back together.
#[must_use]
pub fn back_off(attempts: u32, chance: u128) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let wait = WAIT.0.saturating_mul(1 << doublings).min(WAIT.1);
    let fifth = wait / 5;
    let jitter = u32::try_from(chance % 1000).unwrap_or_default();
    wait.saturating_sub(fifth) + fifth * 2 * jitter / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_five_seconds_to_half_an_hour() {
        assert_eq!(back_off(1, 500), Duration::from_secs(5));
        assert_eq!(back_off(3, 500), Duration::from_secs(20));
        assert_eq!(back_off(60, 500), Duration::from_secs(1800));
        assert!(back_off(1, 0) >= Duration::from_secs(4) && back_off(1, 999) < Duration::from_secs(6));
    }
}
