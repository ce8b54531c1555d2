//! Signing in to the console: address, password and code at once. Whichever of
//! them is wrong, the work and the answer are the same, so neither tells
//! whether there is such an operator.

use crate::credentials::sealed;
use crate::domain::audit::Act;
use crate::domain::client::client_key;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::keys::Purpose;
use crate::domain::operator::{ConsoleSession, Credential};
use crate::domain::second_factor::{Authenticator, Checked};
use crate::domain::secret::Secret;
use crate::store::throttles::BackOff;
use crate::store::{Transaction, operator_credentials, operators, throttles};
use crate::workflows::audit::record_above;
use crate::workflows::{Engine, Failure, Outcome};

use super::Visitor;
use super::signed_in::Begun;

/// A password and a code that are right, and not used yet.
struct Right {
    credential: Credential,
    step: i64,
    counted: Counted,
}

/// Where attempts are counted. Whoever only knows an address can spend the
/// attempts of those who sign in with it, but never those of a session that
/// lives.
#[derive(Debug, Clone)]
struct Counted {
    /// The account, or the session.
    key: String,
    /// The client, for those who are not signed in.
    client: Option<String>,
}

impl Engine {
    /// Signs an operator in, as a new session.
    ///
    /// # Errors
    /// `InvalidCredentials`, `Throttled`, `Busy`.
    pub async fn sign_in_operator(
        &self,
        email: &EmailAddress,
        password: &Secret,
        code: &Secret,
        visitor: &Visitor,
    ) -> Outcome<Begun> {
        let counted = Counted { key: self.console_account(email.canonical()), client: self.console_client(visitor) };
        let right = self.prove_operator(email.canonical(), password, code, counted).await?;
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        self.spend(&transaction, &right).await?;
        let operator = right.credential.operator;
        let begun = self.begin_console_session(&transaction, operator, visitor, now).await?;
        let act = Act::new("operator.signed_in", operator).with("sessionId", begun.session.id.to_string());
        record_above(&transaction, &visitor.acting_as(operator), &*self.entropy, now, act).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    /// Takes password and code again, for what cannot be undone. The session
    /// goes on under a new token.
    ///
    /// # Errors
    /// `InvalidCredentials`, `Throttled`, `Busy`.
    pub async fn confirm_operator(
        &self,
        session: &ConsoleSession,
        password: &Secret,
        code: &Secret,
        visitor: &Visitor,
    ) -> Outcome<Begun> {
        let held = operator_credentials::find(self.database.read(), session.operator).await?;
        let address = held.ok_or(Failure::InvalidCredentials)?.email_canonical;
        let counted = Counted { key: format!("console-session:{}", session.id), client: None };
        let right = self.prove_operator(&address, password, code, counted).await?;
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        self.spend(&transaction, &right).await?;
        let begun = self.prove_console_session(&transaction, session, now).await?;
        let act = Act::new("operator.confirmed", session.operator).with("sessionId", session.id.to_string());
        record_above(&transaction, &visitor.acting_as(session.operator), &*self.entropy, now, act).await?;
        transaction.commit().await?;
        Ok(begun)
    }

    /// Counts the attempt, then compares. Whoever could not be compared has
    /// not failed.
    async fn prove_operator(
        &self,
        address: &str,
        password: &Secret,
        code: &Secret,
        counted: Counted,
    ) -> Outcome<Right> {
        let now = self.now().await?;
        self.reserve_operator(&counted, now).await?;
        let credential = operator_credentials::find_by_address(self.database.read(), address).await;
        let outcome = match credential {
            Ok(credential) => self.compare_operator(credential, password, code, now).await,
            Err(error) => Err(error.into()),
        };
        if matches!(outcome, Err(Failure::Store(_) | Failure::Busy { .. })) {
            // Overload is no wrong password. Where even this fails the mark
            // stays, which errs towards waiting.
            self.release_operator(&counted, now).await.ok();
        }
        outcome.map(|(credential, step)| Right { credential, step, counted })
    }

    async fn release_operator(&self, counted: &Counted, now: Timestamp) -> Outcome<()> {
        let transaction = self.database.begin().await?;
        throttles::unmark(&transaction, &counted.key, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn compare_operator(
        &self,
        credential: Option<Credential>,
        typed: &Secret,
        code: &Secret,
        now: Timestamp,
    ) -> Outcome<(Credential, i64)> {
        let password = self.operator_passwords().normalize(typed);
        let Some(mut credential) = credential else {
            self.hasher.verify_nothing(typed, password).await?;
            return Err(Failure::InvalidCredentials);
        };
        let stored = credential.password_hash.clone();
        let verdict = self.hasher.verify_typed(typed, password, stored).await?;
        let owner = credential.operator.to_string();
        let opened = sealed::open(&self.keys, Purpose::OperatorTotp, &owner, &credential.sealed).ok();
        let authenticator = opened.and_then(|secret| Authenticator::read(&secret));
        // A secret whose key was revoked counts as told: it has no right code.
        let checked = authenticator.as_ref().map(|own| own.check(code, now, credential.last_step));
        let (true, Some(Checked::Right(step)), Some(authenticator)) = (verdict.matches, checked, authenticator) else {
            return Err(Failure::InvalidCredentials);
        };
        if !sealed::is_current(&self.keys, &credential.sealed) {
            credential.sealed = self.seal_for(credential.operator, &authenticator)?;
            self.keys.current().id().clone_into(&mut credential.key_id);
        }
        Ok((credential, step))
    }

    /// Uses the code up and forgets the failures before it, in the transaction
    /// of what it proves.
    async fn spend(&self, transaction: &Transaction, right: &Right) -> Outcome<()> {
        let Right { credential, step, counted } = right;
        let first = operator_credentials::use_step(transaction, credential, *step).await?;
        let operator = operators::find(transaction, credential.operator).await?;
        if !first || operator.is_none_or(|operator| operator.disabled) {
            return Err(Failure::InvalidCredentials);
        }
        throttles::clear(transaction, &[&counted.key]).await?;
        if let Some(key) = &counted.client {
            throttles::unmark_latest(transaction, key).await?;
        }
        Ok(())
    }

    /// The cap per account holds even where throttles are off: behind this
    /// door is everything.
    async fn reserve_operator(&self, counted: &Counted, now: Timestamp) -> Outcome<()> {
        let (first, longest) = self.limits.sign_in_wait;
        let back_off = BackOff { free: self.limits.sign_in_failures, first, longest };
        let transaction = self.database.begin().await?;
        let mut wait = throttles::back_off(&transaction, &counted.key, back_off, now).await?;
        if let (None, Some(key)) = (wait, &counted.client) {
            wait = throttles::mark(&transaction, key, self.limits.sign_in_failures_per_client, now).await?;
        }
        match wait {
            Some(retry_after) => Err(Failure::Throttled { retry_after }),
            None => Ok(transaction.commit().await?),
        }
    }

    fn console_account(&self, address: &str) -> String {
        format!("console:{}", self.keys.pseudonym(Purpose::AddressPseudonym, &[b"console", address.as_bytes()]))
    }

    fn console_client(&self, visitor: &Visitor) -> Option<String> {
        let ip = visitor.client.ip.filter(|_| self.limits.enabled)?;
        let pseudonym = self.keys.pseudonym(Purpose::AddressPseudonym, &[b"console", client_key(ip).as_bytes()]);
        Some(format!("console-client:{pseudonym}"))
    }
}
