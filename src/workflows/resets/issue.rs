//! Making a reset: the older ones are superseded, the row, its mail and its
//! event appear, all in the caller's transaction.

use std::time::Duration;

use crate::domain::client::RequestedFrom;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::PasswordResetId;
use crate::domain::mail::MailKind;
use crate::domain::reset::{Mode, Origin, Reset, Status};
use crate::domain::secret::SecretDigest;
use crate::domain::user::User;
use crate::store::messages::Message;
use crate::store::resets::{self, Provenance};
use crate::store::{Transaction, events, messages};
use crate::telemetry::metrics::{self, ResetStep};
use crate::workflows::journal::Journal;
use crate::workflows::outbox::Facts;
use crate::workflows::{Engine, Outcome};

/// What kind of reset to make.
#[derive(Debug)]
pub struct NewReset {
    /// How it will be proven.
    pub mode: Mode,
    /// Who asked.
    pub origin: Origin,
    /// Whether its proof travels by our email.
    pub by_email: bool,
    /// Whether the account's budget of wrong codes is spent: its owner is told
    /// so instead of being mailed a code that would be refused.
    pub code_withheld: bool,
    /// How long it lives.
    pub lifetime: Duration,
    /// The language asked for.
    pub locale: Option<String>,
    /// Where to go after success.
    pub redirect_url: Option<String>,
    /// The caller's own text.
    pub state: Option<String>,
    /// Who made it and why, for the record.
    pub provenance: Provenance,
    /// The registered page that the emailed link leads to, instead of the
    /// policy's.
    pub link_page: Option<String>,
    /// Where the request came from.
    pub from: RequestedFrom,
}

/// A reset that is decided and not yet written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) reset: Reset,
    token: Option<SecretDigest>,
    provenance: Provenance,
    mail: Option<Message>,
}

impl Engine {
    /// Makes a reset for a user whose row the caller has locked.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn issue(&self, transaction: &Transaction, user: &User, new: NewReset, now: Timestamp) -> Outcome<Reset> {
        let supersedes_all = new.origin.supersedes_handed_over();
        let draft = self.draft(user, new, now)?;
        let reset = draft.reset.clone();
        self.land(transaction, vec![draft], supersedes_all, now).await?;
        Ok(reset)
    }

    /// Decides what a new reset is and what it causes; writes nothing.
    ///
    /// # Errors
    /// When the key ring cannot make secrets.
    pub(super) fn draft(&self, user: &User, new: NewReset, now: Timestamp) -> Outcome<Draft> {
        let reset = Reset {
            id: PasswordResetId::generate(now, &*self.entropy),
            application: user.application,
            tenant: user.tenant,
            user: user.id,
            mode: new.mode,
            origin: new.origin,
            by_email: new.by_email,
            status: Status::Pending,
            key_id: self.keys.current().id().to_owned(),
            nonce: self.entropy.nonce(),
            email: user.email.clone(),
            locale: new.locale,
            redirect_url: new.redirect_url,
            state: new.state,
            created_at: now,
            expires_at: Some(now + new.lifetime),
            finished_at: None,
            sessions_revoked: 0,
            credential_version: None,
            auth_session_expires_at: None,
        };
        let token = self.link_token(&reset)?.map(|token| token.digest());
        let mail = if new.code_withheld {
            Some(self.code_withheld(user, new.from, now))
        } else {
            self.first_mail(user, &reset, &new.from, new.link_page, now)
        };
        Ok(Draft { reset, token, provenance: new.provenance, mail })
    }

    /// Writes drafts, each of another user whose row the caller has locked: a
    /// statement per table, however many there are.
    ///
    /// # Errors
    /// When the database is gone.
    pub(super) async fn land(
        &self,
        transaction: &Transaction,
        drafts: Vec<Draft>,
        supersedes_all: bool,
        now: Timestamp,
    ) -> Outcome<()> {
        let users: Vec<_> = drafts.iter().map(|draft| draft.reset.user).collect();
        let superseded = resets::supersede(transaction, &users, supersedes_all, now).await?;
        // What nobody has begun to send need not be looked at again by anybody.
        messages::drop_over(transaction, &superseded, now).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        let mut mails = Vec::with_capacity(drafts.len());
        let mut rows = Vec::with_capacity(drafts.len());
        for draft in drafts {
            journal.reset(EventKind::PasswordResetCreated, &draft.reset);
            metrics::reset(ResetStep::Issued, draft.reset.mode);
            mails.extend(draft.mail);
            rows.push((draft.reset, draft.token, draft.provenance));
        }
        resets::insert(transaction, rows).await?;
        messages::insert(transaction, &mails).await?;
        events::append(transaction, journal.events()).await?;
        Ok(())
    }

    /// The mail that a new reset causes.
    fn first_mail(
        &self,
        user: &User,
        reset: &Reset,
        from: &RequestedFrom,
        link_page: Option<String>,
        now: Timestamp,
    ) -> Option<Message> {
        let kind = match reset.mode {
            Mode::ResetLink => {
                let told = Facts::from(from.clone());
                let notice = self.notice(MailKind::PasswordResetLinkCreated, user, &told, now);
                return Some(Message { reset: Some(reset.id), ..notice });
            }
            _ if !reset.by_email => return None,
            Mode::EmailLink => MailKind::PasswordResetLink,
            Mode::EmailOtp => MailKind::PasswordResetCode,
        };
        let facts = Facts { link_page, ..Facts::from(from.clone()) };
        Some(Message { facts: facts.to_value(), ..self.secret_mail(kind, user, reset, from, now) })
    }
}
