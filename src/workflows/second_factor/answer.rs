//! Answering the question for a second factor, which completes a sign-in.

use crate::domain::access::Scope;
use crate::domain::clock::Timestamp;
use crate::domain::ids::{AuthChallengeId, UserId};
use crate::domain::reset::proof;
use crate::domain::second_factor::{PendingSignIn, Unusable, parse_code};
use crate::domain::secret::Secret;
use crate::store::throttles::BackOff;
use crate::store::{auth_factors, events, pending_sign_ins, throttles, users};
use crate::workflows::journal::Journal;
use crate::workflows::resets::Client;
use crate::workflows::sessions::SignedIn;
use crate::workflows::{Engine, Failure, Outcome};

use super::compare::{RightCode, turn_of};

/// The answer.
#[derive(Debug)]
pub struct ChallengeAnswer {
    /// The token of the sign-in that waits.
    pub token: Secret,
    /// The challenge that it answers.
    pub challenge: AuthChallengeId,
    /// The code, as typed.
    pub code: Secret,
    /// The client behind the call.
    pub client: Client,
}

/// The window of wrong codes of an account, over all its sign-ins.
fn window_of(user: UserId) -> String {
    format!("sign-in-code:{user}")
}

impl From<Unusable> for Failure {
    fn from(reason: Unusable) -> Self {
        match reason {
            Unusable::Over => Self::InvalidPendingSignIn,
            Unusable::Exhausted => Self::TooManyTotpCodes,
        }
    }
}

impl Engine {
    /// Completes a sign-in with a code of an authenticator.
    ///
    /// # Errors
    /// `InvalidPendingSignIn`, `InvalidTotpCode`, `UsedTotpCode`,
    /// `TooManyTotpCodes`, `Throttled`.
    pub async fn answer_challenge(&self, scope: &Scope, answer: &ChallengeAnswer) -> Outcome<SignedIn> {
        let now = self.now().await?;
        let sign_in = self.find_pending(scope, &answer.token).await?.ok_or(Failure::InvalidPendingSignIn)?;
        sign_in.usable(self.limits.codes_per_reset, now)?;
        let code = parse_code(answer.code.expose()).ok_or(Failure::InvalidTotpCode)?;
        let _turn = self.in_flight.enter(turn_of(sign_in.user), 1).await?;
        let factors = auth_factors::list(self.database.read(), sign_in.user).await?;
        if !sign_in.takes(answer.challenge, &factors, now) {
            return Err(Failure::InvalidPendingSignIn);
        }
        self.reserve_answer(&sign_in, now).await?;
        match self.compare_totp(factors, &code, now) {
            Ok(right) => self.finish_answer(scope, &sign_in, &right, &answer.client).await,
            Err(refusal) => {
                self.note_wrong_answer(scope, &sign_in, &answer.client, now).await?;
                Err(refusal)
            }
        }
    }

    /// The sign-in that a token goes on with, when a key that still counts
    /// makes this very token.
    async fn find_pending(&self, scope: &Scope, token: &Secret) -> Outcome<Option<PendingSignIn>> {
        if !proof::is_token_shaped(token.expose()) {
            return Ok(None);
        }
        let found = pending_sign_ins::find_by_token(self.database.read(), scope, &token.digest()).await?;
        let own = |sign_in: &PendingSignIn| self.keys.find(&sign_in.key_id).map(|key| sign_in.token(key));
        Ok(found.filter(|sign_in| own(sign_in).is_some_and(|own| own.matches(token))))
    }

    /// Takes one attempt from the sign-in and one from the account, committed
    /// before anything is compared. The account's wait grows and is never a
    /// lock: who knows the password must not shut its owner out for good. It
    /// holds whether or not throttles are on, because it bounds guessing.
    async fn reserve_answer(&self, sign_in: &PendingSignIn, now: Timestamp) -> Outcome<()> {
        let limit = self.limits.codes_per_reset;
        let (first, longest) = self.limits.sign_in_wait;
        let back_off = BackOff { free: self.limits.sign_in_failures, first, longest };
        let transaction = self.database.begin().await?;
        if !pending_sign_ins::take_attempt(&transaction, sign_in.id, limit, now).await? {
            return Err(Failure::TooManyTotpCodes);
        }
        let window = window_of(sign_in.user);
        if let Some(retry_after) = throttles::back_off(&transaction, &window, back_off, now).await? {
            return Err(Failure::Throttled { retry_after });
        }
        Ok(transaction.commit().await?)
    }

    async fn note_wrong_answer(
        &self,
        scope: &Scope,
        sign_in: &PendingSignIn,
        client: &Client,
        now: Timestamp,
    ) -> Outcome<()> {
        let Some(user) = users::find(self.database.read(), scope, sign_in.user).await? else { return Ok(()) };
        let mut journal = Journal::new(&*self.entropy, now);
        journal.second_factor_wrong(&user, client);
        let transaction = self.database.begin().await?;
        events::append(&transaction, journal.events()).await?;
        Ok(transaction.commit().await?)
    }

    async fn finish_answer(
        &self,
        scope: &Scope,
        sign_in: &PendingSignIn,
        right: &RightCode,
        client: &Client,
    ) -> Outcome<SignedIn> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let user = users::lock(&transaction, scope, sign_in.user).await?.filter(|user| {
            // The password that was checked must still be the one that counts.
            !user.disabled && user.credential_version == sign_in.credential_version
        });
        let user = user.ok_or(Failure::InvalidPendingSignIn)?;
        if !pending_sign_ins::use_up(&transaction, sign_in.id, now).await? {
            return Err(Failure::InvalidPendingSignIn);
        }
        right.spend(&transaction).await?;
        let guesses = [&*window_of(user.id), &self.sign_in_account(user.tenant, &user.email_canonical)];
        throttles::clear(&transaction, &guesses).await?;
        let mut journal = Journal::new(&*self.entropy, now);
        journal.second_factor_right(&user, client);
        events::append(&transaction, journal.events()).await?;
        let signed_in = self.welcome(&transaction, user, client, now).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }
}
