//! One email from its row to a provider: what it says is put together now,
//! with the secret derived now, and the outcome is written back with the
//! provider's own words.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::email_policy::EmailFields;
use crate::domain::mail::{
    Application, AttemptsExhausted, Expiry, GivenName, LinkCreated, MailContext, MailKind, NoAccount, Parties,
    PasswordUpdated, ResetCode, ResetLink, Tenant, User as Recipient,
};
use crate::domain::reset::{Reset, proof};
use crate::domain::secret::Secret;
use crate::domain::sender::AllowedSender;
use crate::domain::user::User;
use crate::mail::chain::Transports;
use crate::mail::dkim::DkimSigner;
use crate::mail::message::{Addressing, MessageId, OutgoingMessage, Party};
use crate::mail::render::{Rendered, Renderer};
use crate::store::StoreError;
use crate::store::messages::{self, Message, MessageState};

use super::email_templates::{Choice, NotDone};
use super::gather::Gathered;
use super::outbox::Facts;
use super::settle::{Delivered, Trouble};
use super::tenancy::Tenancy;
use super::{Engine, Failure, Outcome};

/// What delivery works with.
#[derive(Debug)]
pub struct Mailer {
    /// The templates.
    pub renderer: Arc<Renderer>,
    /// The ways out.
    pub transports: Arc<Transports>,
    /// What policies may send from.
    pub allowed_from: Vec<AllowedSender>,
    /// What signs mails, the most specific domain first.
    pub signers: Vec<DkimSigner>,
    /// How long an address gets no mail after it was refused.
    pub suppressed_for: Duration,
    /// Who the mails are from.
    pub from: Party,
    /// Where answers go, if not there.
    pub reply_to: Option<Party>,
    /// The right part of every `Message-ID`.
    pub domain: String,
}

/// What could not be read when a template failed.
pub(super) const UNRENDERED: &str = "the template of the mail";
/// What could not be read when a mail could not be signed.
pub(super) const UNSIGNED: &str = "the signature of the mail";

impl Mailer {
    /// Who a mail is from and where answers go, as the policy wishes. An address
    /// that the operator does not allow (any more) is not used.
    pub(super) fn envelope(&self, fields: &EmailFields, application: &str, tenant: &str) -> (Party, Option<Party>) {
        let wished = fields.from_address.as_deref().and_then(|text| EmailAddress::parse(text).ok());
        let allowed = wished.filter(|address| self.may_send_from(address, application, tenant));
        if allowed.is_none() && fields.from_address.is_some() {
            tracing::warn!(application, tenant, "the sender address of an email policy is not allowed here");
        }
        let name = fields.from_name.clone().map_or_else(|| self.from.name.clone(), Some);
        let name = name.filter(|name| !name.is_empty());
        let reply_to = fields.reply_to.as_deref().and_then(|text| Party::parse(text).ok());
        let from = Party { name, address: allowed.unwrap_or_else(|| self.from.address.clone()) };
        (from, reply_to.or_else(|| self.reply_to.clone()))
    }

    /// Whether a tenant's policy may send from an address.
    #[must_use]
    pub fn may_send_from(&self, address: &EmailAddress, application: &str, tenant: &str) -> bool {
        self.allowed_from.iter().any(|allowed| allowed.allows(application, tenant, address))
    }

    /// A mail as it leaves, signed where there is a key for its sender.
    ///
    /// # Errors
    /// When it cannot be written; the log says why.
    pub(super) fn enclose(
        &self,
        rendered: Rendered,
        (from, reply_to): (Party, Option<Party>),
        to: EmailAddress,
        id: &str,
        date: Timestamp,
    ) -> Result<OutgoingMessage, StoreError> {
        let unwritable = |error: &dyn std::error::Error, what| {
            tracing::error!(message_id = id, error = %error, "a mail cannot be written");
            StoreError::Corrupt(what)
        };
        let signer = self.signer(&from.address);
        let message_id = MessageId::new(id, &self.domain).map_err(|error| unwritable(&error, "messages.id"))?;
        let addressing = Addressing { from, reply_to, return_path: None, to, message_id, date };
        let mail = OutgoingMessage::new(addressing, rendered)
            .map_err(|error| unwritable(&error, "the addresses of the mail"))?;
        match signer {
            Some(signer) => mail.signed(signer).map_err(|error| unwritable(&error, UNSIGNED)),
            None => Ok(mail),
        }
    }

    /// What signs mails from an address.
    fn signer(&self, from: &EmailAddress) -> Option<&DkimSigner> {
        let domain = from.canonical().rsplit_once('@')?.1;
        self.signers.iter().find(|signer| signer.stands_for(domain))
    }
}

/// What [`Engine::compose`] made of a message.
#[derive(Debug)]
pub enum Composition {
    /// A mail, to be sent.
    Mail(Box<Letter>),
    /// No mail; it was ended or put off.
    Ended(Delivered),
}

/// A mail and the way it goes.
#[derive(Debug)]
pub struct Letter {
    /// What is sent.
    pub mail: OutgoingMessage,
    /// The transports that it is offered to, in this order.
    pub chain: Vec<String>,
    /// What the row remembers of its templates.
    pub(super) template: serde_json::Value,
    /// The secret in it, which no provider's answer may carry into a row.
    pub(super) secret: Option<Secret>,
    /// Keyed pseudonym of application and address.
    pub(super) address: String,
    /// Whether the address gets no mail at the moment, but alarms.
    pub(super) is_suppressed: bool,
}

/// What a row turned into.
enum Composed {
    Mail(Box<Letter>),
    /// Not worth sending any more, and why.
    Pointless(&'static str),
    /// The address gets no mail for a while.
    Suppressed,
}

impl Engine {
    /// Puts together the mail of a message, with its secret. A message that
    /// makes no mail is ended at once.
    ///
    /// # Errors
    /// When the database is gone; the lease then runs out by itself.
    pub async fn compose(&self, worker: &str, message: &Message, gathered: &Gathered) -> Outcome<Composition> {
        let now = self.now().await?;
        match self.compose_at(message, gathered, now).await {
            Ok(Composed::Mail(letter)) => Ok(Composition::Mail(letter)),
            Ok(Composed::Pointless(why)) => {
                messages::finish(self.database.write(), worker, message.id, MessageState::Dropped, why, None, now)
                    .await?;
                Ok(Composition::Ended(Delivered::Dropped))
            }
            Ok(Composed::Suppressed) => {
                let (state, why) = (MessageState::Suppressed, "the address gets no mail for a while");
                messages::finish(self.database.write(), worker, message.id, state, why, None, now).await?;
                Ok(Composition::Ended(Delivered::Suppressed))
            }
            Err(failure) => {
                let trouble = Trouble::composing(failure)?;
                self.defer(self.database.write(), worker, message, trouble, None).await.map(Composition::Ended)
            }
        }
    }

    async fn compose_at(&self, message: &Message, gathered: &Gathered, now: Timestamp) -> Outcome<Composed> {
        let scope = Scope::of_record(message.application);
        let tenancy = self.tenancy(&scope, Some(message.tenant)).await?;
        let user = self.user_of(message, gathered).await?;
        let reset = self.reset_of(message, gathered).await?;
        let mut verification = None;
        let to = match message.kind {
            MailKind::EmailVerification => {
                match self.verification_to_mail(&scope, message, user.as_ref(), now).await? {
                    Ok((found, address)) => {
                        verification = Some(found);
                        address
                    }
                    Err(why) => return Ok(Composed::Pointless(why)),
                }
            }
            kind if kind.carries_secret() => match secret_recipient(user.as_ref(), reset.as_ref(), now) {
                Ok(address) => address,
                Err(why) => return Ok(Composed::Pointless(why)),
            },
            _ => message.recipient.clone().unwrap_or_default(),
        };
        let Ok(to) = EmailAddress::parse(&to) else {
            return Ok(Composed::Pointless("the address cannot be mailed to"));
        };
        if let Some(reset) = reset.as_ref().filter(|_| message.kind.carries_secret())
            && self.keys.is_revoked(&reset.key_id)
        {
            return Ok(Composed::Pointless("the key of the reset was revoked"));
        }
        let address = self.address_pseudonym(message.application, to.canonical());
        let is_suppressed = self.is_suppressed((message.application, &address), gathered, now).await?;
        if is_suppressed && !message.kind.is_alarm() {
            return Ok(Composed::Suppressed);
        }
        let languages = (message.locale.as_deref(), user.as_ref().and_then(|user| user.locale.as_deref()));
        let stock = gathered.shelf(message);
        let templates = self.choose_templates(&scope, &tenancy, message.kind, languages, stock).await;
        let templates = templates.map_err(unchosen)?;
        let parties = parties(&self.public_url, &tenancy, user.as_ref(), &to, &templates);
        let context = match &verification {
            Some(verification) => Some(self.verification_context(parties, verification, now)?),
            None => self.context(message, parties, &tenancy, reset.as_ref(), now)?,
        };
        let Some(context) = context else {
            return Ok(Composed::Pointless("what it tells of is gone"));
        };
        let fields = tenancy.emails.of(message.kind);
        let (application, tenant) = (&tenancy.application.name, &tenancy.tenant.name);
        let chain = self.mailer.transports.chain(fields.transports.as_deref(), application, tenant);
        let secret = context.secret().map(|(_, secret)| secret.clone());
        let envelope = self.mailer.envelope(&fields, application, tenant);
        let mail = self.write(message, &context, &templates, envelope, to)?;
        let template = templates.record();
        Ok(Composed::Mail(Box::new(Letter { mail, chain, template, secret, address, is_suppressed })))
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
                let action_url = self.mailed_link(tenancy, reset.mode, facts.link_page.as_deref(), &token);
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
            // The one is put together elsewhere, the other nothing here queues.
            MailKind::EmailVerification | MailKind::Test => return Ok(None),
        }))
    }

    fn write(
        &self,
        message: &Message,
        context: &MailContext,
        templates: &Choice,
        envelope: (Party, Option<Party>),
        to: EmailAddress,
    ) -> Outcome<OutgoingMessage> {
        let rendered = self.mailer.renderer.render(context, &templates.set).map_err(|error| {
            tracing::error!(message_id = %message.id, error = %error, "a mail cannot be written");
            StoreError::Corrupt(UNRENDERED)
        })?;
        // The name and the time are the row's, so that a retry is the same message.
        Ok(self.mailer.enclose(rendered, envelope, to, &message.id.to_string(), message.created_at)?)
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

/// Why no templates could be chosen.
fn unchosen(error: NotDone) -> Failure {
    match error {
        NotDone::Failure(failure) => failure,
        other => {
            tracing::error!(error = %other, "no templates could be chosen");
            StoreError::Corrupt(UNRENDERED).into()
        }
    }
}

fn parties(public_url: &str, tenancy: &Tenancy, user: Option<&User>, to: &EmailAddress, templates: &Choice) -> Parties {
    Parties {
        user: Recipient {
            given_name: user.and_then(|user| user.first_name.as_deref()).and_then(GivenName::from_stored),
            email: to.original().to_owned(),
            locale: templates.chosen.wording.locale.to_string(),
        },
        tenant: Tenant {
            name: tenancy.tenant.name.clone(),
            display_name: tenancy.branding.display_name.clone().unwrap_or_else(|| tenancy.tenant.display_name.clone()),
            logo_url: tenancy.branding.logo.as_ref().map(|logo| {
                let (application, tenant) = (tenancy.application.id, tenancy.tenant.id);
                format!("{public_url}/brand/{application}/{tenant}/logo?v={}", logo.digest)
            }),
        },
        application: Application {
            name: tenancy.application.name.clone(),
            display_name: tenancy.application.display_name.clone(),
            support_email: tenancy.application.support_email.clone(),
        },
    }
}
