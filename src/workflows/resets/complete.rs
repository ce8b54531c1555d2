//! A proof and a new password: the completion.
//!
//! Order: throttle → proof → second factor → policy → hash → one transaction
//! that repeats the proof's preconditions and changes everything at once. Whatever fails before
//! the commit leaves the proof usable.

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::event::EventKind;
use crate::domain::ids::UserId;
use crate::domain::mail::MailKind;
use crate::domain::password::Violation;
use crate::domain::reset::{Mode, Proof, Refusal, Reset};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::batch::Batch;
use crate::store::resets::Completion;
use crate::store::{Transaction, auth_factors, events, messages, requests, resets, throttles, users};
use crate::telemetry::metrics::{self, ResetStep};
use crate::workflows::journal::Journal;
use crate::workflows::outbox::Facts;
use crate::workflows::passwords::keep_password;
use crate::workflows::second_factor::at_reset::{self, window_of};
use crate::workflows::second_factor::compare::RightCode;
use crate::workflows::tenancy::Tenancy;
use crate::workflows::{Engine, Failure, Outcome};

use super::Client;
use super::prove::{Proven, budget_key};
use super::session_code;

/// What is to be completed.
#[derive(Debug)]
pub struct Complete {
    /// The proof; its variant is the mode.
    pub proof: Proof,
    /// The new password, as typed.
    pub new_password: Secret,
    /// The code of an authenticator, for users who have one.
    pub totp_code: Option<Secret>,
    /// Whether to leave out the "password updated" mail, where the policy
    /// allows that.
    pub suppress_notice: bool,
    /// The client behind the call.
    pub client: Client,
}

/// The answer to a completion, the same when it has to be given again.
#[derive(Debug)]
pub struct Completed {
    /// Whose password it is.
    pub user: UserId,
    /// Where to go now, if anywhere.
    pub redirect_url: Option<String>,
    /// The code to exchange for a session, under Immediate Login, and until
    /// when.
    pub auth_session: Option<(Secret, Timestamp)>,
    /// Whether Immediate Login is withheld, because the tenant wants a second
    /// factor and the user has none yet.
    pub enrollment_required: bool,
    /// How many sessions it ended.
    pub sessions_revoked: u32,
}

impl Engine {
    /// Completes a reset.
    ///
    /// # Errors
    /// `InvalidProof`, `ExpiredProof`, `Throttled`, `PasswordAuthDisabled`,
    /// `MfaRequired`, `InvalidTotpCode`, `UsedTotpCode`, `Password`, `Busy`; none
    /// of them consumes the proof.
    pub async fn complete_reset(&self, scope: &Scope, ask: &Complete) -> Outcome<Completed> {
        let outcome = self.complete(scope, ask).await;
        match &outcome {
            Ok(_) => metrics::reset(ResetStep::Completed, ask.proof.mode()),
            // A question, and no failure.
            Err(Failure::MfaRequired) => {}
            Err(_) => metrics::reset(ResetStep::Failed, ask.proof.mode()),
        }
        outcome
    }

    async fn complete(&self, scope: &Scope, ask: &Complete) -> Outcome<Completed> {
        let now = self.now().await?;
        let reset = match self.prove(scope, &ask.proof, &ask.client, now).await? {
            Proven::Usable(reset) => reset,
            Proven::Completed(reset) => return self.repeat_answer(&reset, &ask.new_password, now).await,
        };
        let place = self.in_flight.enter(reset.id, self.limits.completions_per_reset).await?;
        let owned = Scope::of_record(reset.application);
        // Whoever had to wait looks again before it costs a hash.
        if place.waited {
            let now = self.now().await?;
            let found = resets::find(self.database.read(), &owned, reset.id).await?;
            let reset = found.ok_or(Failure::InvalidProof(reset.mode))?;
            if let Err(refusal) = reset.usable(now) {
                return self.refuse(&reset, refusal, ask, now).await;
            }
        }
        let found = users::find_with_factor(self.database.read(), &owned, reset.user).await?;
        let (user, has_factor) = found.ok_or(Failure::InvalidProof(reset.mode))?;
        let tenancy = self.tenancy(&owned, Some(reset.tenant)).await?;
        if !tenancy.workflow.password_auth_enabled {
            return Err(Failure::PasswordAuthDisabled);
        }
        let factor = match self.check_second_factor((&user, has_factor), ask.totp_code.as_ref(), now).await {
            // Used by whom? The same call may have come first, and its answer been lost.
            Err(Failure::UsedTotpCode) => return self.lost_or(&reset, ask, Failure::UsedTotpCode).await,
            checked => checked?,
        };
        let password = match self.accept_password(&tenancy, &user, &ask.new_password).await {
            // Whose password is it? The same call may have come first, and its answer been lost.
            Err(Failure::Password(reasons)) if reasons == [Violation::Reused] => {
                return self.lost_or(&reset, ask, Failure::Password(reasons)).await;
            }
            accepted => accepted?,
        };
        let phc = self.hash(password).await?;
        if let Some(completed) = self.commit_completion(&tenancy, &reset, phc, factor.as_ref(), ask).await? {
            return Ok(completed);
        }
        // Somebody else was first, or the account is disabled, or the codes have run out.
        self.lost_or(&reset, ask, Failure::InvalidProof(reset.mode)).await
    }

    /// Looks again at a proof that was right a moment ago: the loser of a race
    /// for it enters the rule of the lost answer. `failure` when it is usable
    /// still.
    async fn lost_or(&self, reset: &Reset, ask: &Complete, failure: Failure) -> Outcome<Completed> {
        let owned = Scope::of_record(reset.application);
        let lost = resets::find(self.database.read(), &owned, reset.id).await?;
        let lost = lost.ok_or(Failure::InvalidProof(reset.mode))?;
        let now = self.now().await?;
        match lost.usable(now) {
            Err(refusal) => self.refuse(&lost, refusal, ask, now).await,
            Ok(()) => Err(failure),
        }
    }

    /// Answers a proof that was right and is not usable any more: one that was
    /// used may have lost its answer.
    async fn refuse(&self, reset: &Reset, refusal: Refusal, ask: &Complete, now: Timestamp) -> Outcome<Completed> {
        match refusal {
            Refusal::Used => self.repeat_answer(reset, &ask.new_password, now).await,
            Refusal::Expired => Err(Failure::ExpiredProof(reset.mode)),
            Refusal::Superseded | Refusal::Exhausted | Refusal::Cancelled => Err(Failure::InvalidProof(reset.mode)),
        }
    }

    /// The one transaction. `None` when the proof is not usable any more.
    async fn commit_completion(
        &self,
        tenancy: &Tenancy,
        reset: &Reset,
        phc: String,
        factor: Option<&RightCode>,
        ask: &Complete,
    ) -> Outcome<Option<Completed>> {
        // Hashing took its time: the expiry is compared with the time of now.
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let scope = Scope::of_record(reset.application);
        // First of all, because it locks the user: two who change one queue up.
        keep_password(&transaction, &scope, tenancy, reset.user, now).await?;
        let replaced = users::replace_password(&transaction, &scope, reset.user, &phc, now).await?;
        let Some((mut user, sessions)) = replaced else { return Ok(None) };
        if !self.attempts_left(&transaction, tenancy, reset).await? {
            return Ok(None);
        }
        // What follows needs no answer before the end of it.
        let mut batch = Batch::new(&transaction);
        let mut journal = Journal::new(&*self.entropy, now);
        journal.reset(EventKind::PasswordResetSucceeded, reset);
        let sessions_revoked = journal.ended_sessions(&sessions);
        if !user.email_verified && shows_address(&user, reset) {
            user.email_verified = true;
            batch.add(&users::verifying_address(user.id));
            journal.user(EventKind::UserUpdated, &user);
        }
        let enrollment_required = session_code::withheld(tenancy, factor.is_some());
        let auth_session = session_code::grant(self, tenancy, reset, now).filter(|_| !enrollment_required);
        let completion = Completion {
            sessions_revoked,
            credential_version: user.credential_version,
            auth_session: auth_session.as_ref().map(|(code, expiry)| (code.digest(), *expiry)),
        };
        resets::complete(&mut batch, user.id, reset.id, &completion, now);
        // The wrong codes before it, and the guesses at a password that is gone;
        // in the order in which attempts are taken, so that the two never cross.
        if factor.is_some() {
            batch.add(&throttles::clearing(&[&window_of(user.id)]));
        }
        let guesses = [&*budget_key(&user.id.to_string()), &self.sign_in_account(user.tenant, &user.email_canonical)];
        batch.add(&throttles::clearing(&guesses));
        if !(ask.suppress_notice && tenancy.workflow.suppress_updated_email_allowed) {
            let told = Facts::changed(ask.client.requested_from(), now);
            messages::queue(&mut batch, &[self.notice(MailKind::PasswordUpdated, &user, &told, now)])?;
        }
        events::write(&mut batch, journal.events());
        if factor.is_none() {
            auth_factors::ask_for_any(&mut batch, user.id);
        }
        let answers = batch.run(&transaction).await?;
        if !resets::is_completed(&answers, reset.id)? {
            return Ok(None);
        }
        events::pass_on(&transaction, journal.events(), &answers).await?;
        // After the proof: who lost a race for it may have lost their answer only.
        at_reset::spend(&transaction, factor, &answers).await?;
        transaction.commit().await?;
        Ok(Some(Completed {
            user: user.id,
            redirect_url: self.redirect_after(tenancy, reset),
            auth_session,
            enrollment_required,
            sessions_revoked,
        }))
    }

    /// Whether the reset's wrong codes have not run out meanwhile; the job that
    /// ends it for that may still be waiting.
    async fn attempts_left(&self, transaction: &Transaction, tenancy: &Tenancy, reset: &Reset) -> Outcome<bool> {
        if reset.mode != Mode::EmailOtp {
            return Ok(true);
        }
        let request = requests::find_by_reset(transaction, reset.id).await?;
        let limit = self.limits.codes_per_reset(&tenancy.workflow);
        Ok(request.is_some_and(|request| request.attempts < limit))
    }

    /// Hashes a password that the policy has accepted.
    ///
    /// # Errors
    /// `Busy` when the queue is full.
    pub async fn hash(&self, password: Secret) -> Outcome<String> {
        Ok(self.hasher.hash(password, self.entropy.u128().to_le_bytes()).await?)
    }
}

/// Gives a user a new password hash.
pub fn set_password(user: &mut User, phc: String, now: Timestamp) {
    user.password_hash = Some(phc);
    user.credential_version += 1;
    user.updated_at = now;
}

/// Whether a reset shows that its user reads their address: its proof
/// travelled there by our email.
fn shows_address(user: &User, reset: &Reset) -> bool {
    let unchanged = EmailAddress::parse(&reset.email).is_ok_and(|sent| sent.canonical() == user.email_canonical);
    match reset.mode {
        Mode::EmailLink | Mode::EmailOtp => reset.by_email && unchanged,
        Mode::ResetLink => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Authority, Origin};
    use crate::workflows::fixture::Fixture;
    use crate::workflows::resets::trusted::{CreateLink, LinkAuthority};
    use crate::workflows::second_factor::enroll::NewTotp;
    use crate::workflows::users::NewUser;

    async fn link(engine: &Engine, authority: &Authority, user: UserId) -> Secret {
        let scope = authority.scope();
        let may = LinkAuthority { execute: scope.clone(), secret: Some(scope.clone()), protected: None };
        let client = Client::default();
        let ask = CreateLink { user, lifetime: None, redirect_url: None, reason: None, client, idempotent: None };
        engine.create_reset_link(&may, authority, ask).await.unwrap().code
    }

    fn completing(link: &Secret, password: &str) -> Complete {
        Complete {
            proof: Proof::ResetLink(link.clone()),
            new_password: Secret::new(password),
            totp_code: None,
            suppress_notice: false,
            client: Client::default(),
        }
    }

    #[tokio::test]
    async fn whoever_lost_the_race_is_not_asked_for_a_factor_that_came_meanwhile() {
        let fixture = Fixture::new().await;
        let (engine, scope) = (fixture.engine(), &fixture.scope);
        let authority = Authority::new(scope.clone(), Origin::command_line());
        let email = EmailAddress::parse("ada@example.com").unwrap();
        let user = engine.create_user(&authority, &email, NewUser::default()).await.unwrap();
        let tenancy = engine.tenancy(scope, Some(user.tenant)).await.unwrap();
        let hash = || "the hash of a late answer".to_owned();
        let prove = async |ask: &Complete| match engine.prove(scope, &ask.proof, &ask.client, fixture.now()).await {
            Ok(Proven::Usable(reset)) => reset,
            other => panic!("{other:?}"),
        };

        let token = link(&engine, &authority, user.id).await;
        let late = completing(&token, "a late answer");
        let lost = prove(&late).await;
        engine.complete_reset(scope, &completing(&token, "the first answer to come")).await.unwrap();
        let token = link(&engine, &authority, user.id).await;
        let asked = completing(&token, "a late answer");
        let usable = prove(&asked).await;
        engine.enroll_totp(scope, None, user.id, NewTotp::default()).await.unwrap();

        let of_lost = engine.commit_completion(&tenancy, &lost, hash(), None, &late).await;
        assert!(matches!(of_lost, Ok(None)), "{of_lost:?}");
        let of_usable = engine.commit_completion(&tenancy, &usable, hash(), None, &asked).await;
        assert!(matches!(of_usable, Err(Failure::MfaRequired)), "{of_usable:?}");
        assert_eq!(prove(&asked).await.id, usable.id, "neither of them used it up");
    }
}
