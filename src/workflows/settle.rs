//! What came of a mail, written back: every attempt with the provider's own
//! words, and what follows for the message and for the address.

use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::domain::ids::{ApplicationId, MailAttemptId, SuppressionId};
use crate::domain::keys::Purpose;
use crate::domain::mail::MailKind;
use crate::domain::reset::Mode;
use crate::domain::secret::Secret;
use crate::domain::suppression::Suppression;
use crate::mail::chain::{Dispatch, Try};
use crate::mail::transport::{FailureKind, SendError};
use crate::store::batch::Batch;
use crate::store::message_attempts::{self, Attempt, AttemptOutcome};
use crate::store::messages::{self, Message, MessageState, Sent};
use crate::store::{ConnectionTrait, StoreError, suppressions};
use crate::telemetry::metrics::{self, ResetStep};

use super::deliver::{Letter, UNRENDERED, UNSIGNED};
use super::engine::UNKNOWN_KEY;
use super::{Engine, Failure, Outcome};

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
    /// The address gets no mail for a while.
    Suppressed,
}

/// A mail that was offered to the transports of its chain.
#[derive(Debug)]
pub struct SentMail {
    /// Its row.
    pub message: Message,
    /// What was sent.
    pub letter: Box<Letter>,
    /// What they said.
    pub dispatch: Dispatch,
}

impl SentMail {
    /// What its row remembers if a provider took it, whose words are in the
    /// attempts.
    fn taken<'a>(&'a self, attempts: &'a [Attempt]) -> Option<Sent<'a>> {
        self.dispatch.tries.last()?.result.as_ref().ok()?;
        let answer = attempts.last().map(|attempt| &*attempt.answer).unwrap_or_default();
        Some(Sent { id: self.message.id, answer, template: &self.letter.template })
    }
}

/// The first wait after a failure, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(30 * 60));
/// After this many tries a message is given up: about ten hours. While every
/// transport is known to be down none is made.
const TRIES: u32 = 30;
/// So many characters of a secret at the end of a text give it away.
const TELLING: usize = 6;
/// What stands where a secret would.
const HIDDEN: &str = "(hidden)";

/// Why a mail did not get out this time.
pub(super) struct Trouble {
    stage: &'static str,
    /// For the row: nothing secret.
    answer: String,
    /// Whether trying again cannot help.
    is_final: bool,
    /// Whether others to the same mailbox may fare better.
    is_own: bool,
}

impl Trouble {
    /// A mail that could not be put together. A template can be mended, and a
    /// key that is not known yet may be with the next start; what is not
    /// there, or not readable, stays so.
    ///
    /// # Errors
    /// When the database is gone: that says nothing about the mail.
    pub(super) fn composing(failure: Failure) -> Outcome<Self> {
        if matches!(failure, Failure::Store(StoreError::Database(_))) {
            return Err(failure);
        }
        let mendable = [UNRENDERED, UNSIGNED, UNKNOWN_KEY];
        let is_final = !matches!(failure, Failure::Store(StoreError::Corrupt(what)) if mendable.contains(&what));
        Ok(Self { stage: "compose", answer: format!("compose: {failure}"), is_final, is_own: true })
    }

    /// A mail that nobody took. It is hopeless when everybody refused it for
    /// good, or somebody who knows the address.
    fn sending(latest: &SendError, tries: &[Try], answer: &str) -> Self {
        let refused = |error: &SendError| error.kind == FailureKind::Permanent;
        let everybody = tries.iter().all(|one| one.result.as_ref().is_err_and(refused));
        let stage = latest.stage.as_str();
        Self {
            stage,
            answer: format!("{stage}: {answer}"),
            is_final: everybody || latest.is_verdict_on_address(),
            is_own: latest.is_of_the_message(),
        }
    }
}

impl Engine {
    /// Notes what the providers said to mails, in one transaction with what
    /// follows for each.
    ///
    /// # Errors
    /// When the database is gone; the messages are then sent again.
    pub async fn settle_deliveries(&self, worker: &str, all: &[&SentMail]) -> Outcome<Vec<Delivered>> {
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let attempts: Vec<_> = all.iter().map(|sent| self.attempts(sent, now)).collect();
        let taken = all.iter().zip(&attempts).filter_map(|(sent, attempts)| sent.taken(attempts));
        let mut batch = Batch::new(&transaction);
        message_attempts::record(&mut batch, attempts.iter().flatten());
        messages::finish_sent(&mut batch, worker, taken, now)?;
        batch.run(&transaction).await?;
        let mut delivered = Vec::with_capacity(all.len());
        for (sent, attempts) in all.iter().zip(&attempts) {
            delivered.push(self.settle(&transaction, worker, sent, attempts, now).await?);
        }
        transaction.commit().await?;
        for (sent, _) in all.iter().zip(&delivered).filter(|(_, delivered)| **delivered == Delivered::Sent) {
            count_sent(sent.message.kind);
        }
        Ok(delivered)
    }

    /// What follows for a message and its address; that it was taken is written
    /// already.
    async fn settle(
        &self,
        transaction: &impl ConnectionTrait,
        worker: &str,
        SentMail { message, letter, dispatch }: &SentMail,
        attempts: &[Attempt],
        now: Timestamp,
    ) -> Outcome<Delivered> {
        let Some(latest) = dispatch.tries.last() else {
            // Every transport of its chain is known to be down: that is no try.
            let reopens_at = dispatch.reopens_at.unwrap_or(now + WAIT.0);
            let later = reopens_at.max(now) + jitter(WAIT.0, self.entropy.u128());
            messages::postpone(transaction, worker, message.id, later).await?;
            return Ok(Delivered::Deferred);
        };
        let answer = attempts.last().map(|attempt| attempt.answer.clone()).unwrap_or_default();
        let Err(error) = &latest.result else {
            if letter.is_suppressed {
                // It has taken an alarm, so it can take mail.
                suppressions::lift(transaction, message.application, &letter.address).await?;
            }
            return Ok(Delivered::Sent);
        };
        if error.refuses_recipient() {
            suppressions::put(transaction, &self.suppression(message, letter, &answer, now)).await?;
        }
        let trouble = Trouble::sending(error, &dispatch.tries, &answer);
        self.defer(transaction, worker, message, trouble, Some(&letter.template)).await
    }

    fn attempts(&self, SentMail { message, letter, dispatch }: &SentMail, now: Timestamp) -> Vec<Attempt> {
        let mut id = MailAttemptId::generate(now, &*self.entropy);
        let attempt = |one: &Try| {
            let (outcome, stage, code, answer) = match &one.result {
                Ok(accepted) => (AttemptOutcome::Accepted, None, None, &accepted.answer),
                Err(error) => {
                    let outcome = match error.kind {
                        FailureKind::Permanent => AttemptOutcome::Refused,
                        FailureKind::Temporary => AttemptOutcome::Deferred,
                    };
                    (outcome, Some(error.stage.as_str().to_owned()), error.code, &error.answer)
                }
            };
            let own = id;
            id = id.successor();
            Attempt {
                id: own,
                message: message.id,
                number: message.attempts,
                transport: one.transport.clone(),
                outcome,
                stage,
                code,
                answer: without(answer, letter.secret.as_ref()),
                took: u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX),
                created_at: now,
            }
        };
        dispatch.tries.iter().map(attempt).collect()
    }

    fn suppression(&self, message: &Message, letter: &Letter, answer: &str, now: Timestamp) -> Suppression {
        Suppression {
            id: SuppressionId::generate(now, &*self.entropy),
            application: message.application,
            tenant: message.tenant,
            address: letter.address.clone(),
            shown: letter.mail.to().masked(),
            message: message.id,
            answer: answer.to_owned(),
            created_at: now,
            expires_at: now + self.mailer.suppressed_for,
        }
    }

    /// A failure: another try later, or the dead letters.
    pub(super) async fn defer(
        &self,
        connection: &impl ConnectionTrait,
        worker: &str,
        message: &Message,
        trouble: Trouble,
        template: Option<&serde_json::Value>,
    ) -> Outcome<Delivered> {
        let now = self.now().await?;
        let Trouble { stage, answer, is_final, is_own } = trouble;
        let hopeless = is_final || message.attempts >= TRIES;
        tracing::warn!(message_id = %message.id, kind = message.kind.as_str(), stage, hopeless,
            attempts = message.attempts, "a mail did not get out");
        if hopeless {
            messages::finish(connection, worker, message.id, MessageState::Dead, &answer, template, now).await?;
            return Ok(Delivered::Dead);
        }
        let wait = back_off(message.attempts, self.entropy.u128());
        messages::retry(connection, worker, message.id, (&answer, is_own), now + wait).await?;
        Ok(Delivered::Deferred)
    }

    /// The keyed pseudonym of an address within an application.
    #[must_use]
    pub fn address_pseudonym(&self, application: ApplicationId, canonical: &str) -> String {
        let parts = [application.to_string().into_bytes(), b"suppression".to_vec(), canonical.as_bytes().to_vec()];
        self.keys.pseudonym(Purpose::AddressPseudonym, &parts.each_ref().map(Vec::as_slice))
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

/// A provider's words without the secret of the mail: filters like to repeat
/// the link that they do not like. A secret that was cut off at the end of the
/// words goes too.
fn without(answer: &str, secret: Option<&Secret>) -> String {
    let Some(secret) = secret else { return answer.to_owned() };
    // Of a link it is the token that counts.
    let secret = secret.expose();
    let secret = secret.rsplit_once("token=").map_or(secret, |(_, token)| token);
    let secret = secret.split(['&', '#']).next().unwrap_or(secret);
    let lowered = answer.to_ascii_lowercase();
    let sought = secret.to_ascii_lowercase();
    if sought.is_empty() {
        return answer.to_owned();
    }
    let mut clean = String::with_capacity(answer.len());
    let mut rest = 0;
    for (at, found) in lowered.match_indices(&sought) {
        clean.push_str(answer.get(rest..at).unwrap_or_default());
        clean.push_str(HIDDEN);
        rest = at + found.len();
    }
    let tail = answer.get(rest..).unwrap_or_default();
    let lowered = tail.to_ascii_lowercase();
    let cut = (TELLING..sought.len()).rev().find_map(|length| lowered.strip_suffix(sought.get(..length)?));
    match cut.and_then(|kept| tail.get(..kept.len())) {
        Some(kept) => clean + kept + HIDDEN,
        None => clean + tail,
    }
}

/// Doubling from the first wait to the longest, a fifth more or less by
/// chance, so that messages that failed together do not come back together.
#[must_use]
pub fn back_off(attempts: u32, chance: u128) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let wait = WAIT.0.saturating_mul(1 << doublings).min(WAIT.1);
    let fifth = wait / 5;
    wait.saturating_sub(fifth) + jitter(fifth * 2, chance)
}

/// Some part of a time, by chance.
fn jitter(most: Duration, chance: u128) -> Duration {
    most * u32::try_from(chance % 1000).unwrap_or_default() / 1000
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

    #[test]
    fn a_providers_words_never_repeat_the_secret() {
        let link = Secret::new("https://a.test/reset-password?token=AbCdEf0123456789");
        let clean = |answer: &str| without(answer, Some(&link));
        assert_eq!(
            clean("554 bad url a.test/?token=AbCdEf0123456789 listed"),
            "554 bad url a.test/?token=(hidden) listed"
        );
        assert_eq!(clean("554 ABCDEF0123456789 abcdef0123456789."), "554 (hidden) (hidden).");
        assert_eq!(clean("554 ä token=AbCdEf0123"), "554 ä token=(hidden)");
        assert_eq!(clean("250 2.0.0 queued as AbCd"), "250 2.0.0 queued as AbCd");
        assert_eq!(without("550 12345678 is odd", Some(&Secret::new("12345678"))), "550 (hidden) is odd");
        assert_eq!(without("250 ok", None), "250 ok");
    }
}
