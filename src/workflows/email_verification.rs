//! Proving a user's address: a code goes there by mail, and comes back.
//!
//! A trusted backend asks for both. Its users type the codes, so wrong ones
//! are counted as those of resets are: paid for before they are compared, and
//! given back when they are right.

use std::time::Duration;

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::event::EventKind;
use crate::domain::ids::{EmailVerificationId, UserId};
use crate::domain::mail::{EmailVerification as VerificationMail, Expiry, MailContext, MailKind, Parties};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::domain::verification::{EmailVerification, Refusal, Status, parse_code};
use crate::store::messages::Message;
use crate::store::{events, messages, throttles, users, verifications};

use super::journal::Journal;
use super::outbox::Facts;
use super::{Engine, Failure, Noun, Outcome};

/// How long a code is good, at most and unless the policy says less.
const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The shortest life that a policy may give it.
const SHORTEST: Duration = Duration::from_secs(2 * 60);

/// The budget of wrong codes of one account, over all its verifications.
fn budget_key(user: UserId) -> String {
    format!("email-codes:{user}")
}

impl Engine {
    /// Mails a user a code that proves their address. Codes from before are
    /// good no more.
    ///
    /// # Errors
    /// `NotFound(User)`, `Verification(Verified)`, `Throttled`.
    pub async fn send_email_verification(&self, scope: &Scope, user: UserId) -> Outcome<User> {
        let now = self.now().await?;
        let missing = || Failure::NotFound(Noun::User);
        let home = users::find(self.database.read(), scope, user).await?.ok_or_else(missing)?.tenant;
        let fields = self.tenancy(scope, Some(home)).await?.emails.of(MailKind::EmailVerification);
        let lifetime = fields.lifetime().unwrap_or(LIFETIME).clamp(SHORTEST, LIFETIME);
        let transaction = self.database.begin().await?;
        let user = users::lock(&transaction, scope, user).await?.filter(|user| !user.disabled);
        let user = user.ok_or_else(missing)?;
        if user.email_verified {
            return Err(Failure::Verification(Refusal::Verified));
        }
        let mailbox = self.mailbox(user.tenant, &user.email_canonical);
        if let Some(retry_after) = self.wait_for_mailbox(&transaction, &mailbox, now).await? {
            return Err(Failure::Throttled { retry_after });
        }
        let verification = self.new_verification(&user, lifetime, now);
        verifications::supersede(&transaction, user.id, now).await?;
        verifications::insert(&transaction, &verification).await?;
        messages::insert(&transaction, &[self.verification_mail(&user, &verification, now)]).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.verification(EventKind::EmailVerificationCreated, &verification);
        events::append(&transaction, journal.events()).await?;
        transaction.commit().await?;
        Ok(user)
    }

    fn new_verification(&self, user: &User, lifetime: Duration, now: Timestamp) -> EmailVerification {
        EmailVerification {
            id: EmailVerificationId::generate(now, &*self.entropy),
            application: user.application,
            tenant: user.tenant,
            user: user.id,
            email: user.email.clone(),
            status: Status::Pending,
            key_id: self.keys.current().id().to_owned(),
            nonce: self.entropy.nonce(),
            attempts: 0,
            created_at: now,
            updated_at: now,
            expires_at: now + lifetime,
        }
    }

    /// Like every mail with a secret it goes to the address the user has when
    /// it is sent.
    fn verification_mail(&self, user: &User, verification: &EmailVerification, now: Timestamp) -> Message {
        let facts = Facts { verification: Some(verification.id), ..Facts::default() };
        Message { recipient: None, ..self.notice(MailKind::EmailVerification, user, &facts, now) }
    }

    /// Verifies the address of a user with the code that was mailed there.
    ///
    /// # Errors
    /// `NotFound(User)`, `Verification`, `Throttled` when the account has had
    /// too many wrong codes.
    pub async fn confirm_email_verification(&self, scope: &Scope, user: UserId, code: &Secret) -> Outcome<User> {
        let now = self.now().await?;
        let incorrect = || Failure::Verification(Refusal::Incorrect);
        let user = users::find(self.database.read(), scope, user).await?.filter(|user| !user.disabled);
        let user = user.ok_or(Failure::NotFound(Noun::User))?;
        if user.email_verified {
            return Err(Failure::Verification(Refusal::Verified));
        }
        let code = parse_code(code.expose()).ok_or_else(incorrect)?;
        let current = verifications::find_current(self.database.read(), user.id).await?.ok_or_else(incorrect)?;
        self.reserve_verification_attempt(&current, now).await?;
        // Under a revoked key no code is right: whoever has it makes them all.
        let right = self.keys.find(&current.key_id).is_some_and(|key| current.code(key).matches(&code));
        if right { self.settle_verification(scope, &current, now).await } else { Err(incorrect()) }
    }

    /// Takes one attempt from the verification and one from the account,
    /// committed before anything is compared.
    async fn reserve_verification_attempt(&self, current: &EmailVerification, now: Timestamp) -> Outcome<()> {
        let transaction = self.database.begin().await?;
        let budget = budget_key(current.user);
        if let Some(retry_after) = throttles::mark(&transaction, &budget, self.limits.codes_per_account, now).await? {
            return Err(Failure::Throttled { retry_after });
        }
        if !verifications::take_attempt(&transaction, current.id, self.limits.codes_per_reset).await? {
            return Err(Failure::Verification(Refusal::Incorrect));
        }
        Ok(transaction.commit().await?)
    }

    /// What a right code does: it verifies the address, or says why not. The
    /// attempt is given back either way.
    async fn settle_verification(
        &self,
        scope: &Scope,
        current: &EmailVerification,
        paid_at: Timestamp,
    ) -> Outcome<User> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let user = users::lock(&transaction, scope, current.user).await?.filter(|user| !user.disabled);
        let mut user = user.ok_or(Failure::NotFound(Noun::User))?;
        let found = verifications::find(&transaction, scope, current.id).await?;
        // In the order in which they were taken: two that cross would wait for each other.
        throttles::unmark(&transaction, &budget_key(user.id), paid_at).await?;
        verifications::give_attempt_back(&transaction, current.id).await?;
        let verdict = found.ok_or(Refusal::Incorrect).and_then(|found| found.usable(&user, now));
        if let Err(refusal) = verdict {
            transaction.commit().await?;
            return Err(Failure::Verification(refusal));
        }
        if !verifications::complete(&transaction, current.id, now).await? {
            return Err(Failure::Verification(Refusal::Used));
        }
        (user.email_verified, user.updated_at) = (true, now);
        users::update(&transaction, &user).await?;
        throttles::clear(&transaction, &[&budget_key(user.id)]).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.user(EventKind::UserUpdated, &user);
        events::append(&transaction, journal.events()).await?;
        transaction.commit().await?;
        Ok(user)
    }

    /// Reads a verification with its code.
    ///
    /// # Errors
    /// `NotFound(EmailVerification)`, also when its key was revoked.
    pub async fn read_email_verification(
        &self,
        scope: &Scope,
        id: EmailVerificationId,
    ) -> Outcome<(EmailVerification, Secret)> {
        let missing = || Failure::NotFound(Noun::EmailVerification);
        let found = verifications::find(self.database.read(), scope, id).await?.ok_or_else(missing)?;
        let code = found.code(self.keys.find(&found.key_id).ok_or_else(missing)?);
        Ok((found, code))
    }

    /// The verification that a mail carries the code of, and the address to
    /// send it to, if it is still worth sending.
    pub(super) async fn verification_to_mail(
        &self,
        scope: &Scope,
        message: &Message,
        user: Option<&User>,
        now: Timestamp,
    ) -> Outcome<Result<(EmailVerification, String), &'static str>> {
        let facts: Facts = serde_json::from_value(message.facts.clone()).unwrap_or_default();
        let found = match facts.verification {
            Some(id) => verifications::find(self.database.read(), scope, id).await?,
            None => None,
        };
        let (Some(user), Some(found)) = (user, found) else { return Ok(Err("the user or the verification is gone")) };
        if user.disabled || found.usable(user, now).is_err() || found.email != user.email {
            return Ok(Err("the verification is not pending any more, or the account has changed"));
        }
        if self.keys.is_revoked(&found.key_id) {
            return Ok(Err("the key of the verification was revoked"));
        }
        Ok(Ok((found, user.email.clone())))
    }

    /// What the mail of a verification is written from.
    pub(super) fn verification_context(
        &self,
        parties: Parties,
        verification: &EmailVerification,
        now: Timestamp,
    ) -> Outcome<MailContext> {
        let verification_code = verification.code(self.key(&verification.key_id)?);
        let expiry = Expiry::new(verification.expires_at, now);
        Ok(MailContext::EmailVerification(VerificationMail { parties, verification_code, expiry }))
    }
}
