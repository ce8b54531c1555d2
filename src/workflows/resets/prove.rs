//! Looking at a proof: whose it is, and whether it is right.
//!
//! A link token is found by its digest. A code is compared, so each comparison
//! is paid for first: an attempt is taken from the request and from the
//! account in a committed transaction, and given back when the code is right.
//! Parallel guesses therefore cannot beat the cap, and a right code is never
//! used up by looking at it.

use crate::domain::access::Scope;
use crate::domain::client::client_key;
use crate::domain::clock::{Timestamp, is_over};
use crate::domain::keys::Purpose;
use crate::domain::reset::{Mode, Proof, Refusal, Reset, ResetRequest, proof};
use crate::domain::secret::Secret;
use crate::store::{jobs, requests, resets, throttles};
use crate::telemetry::metrics::{self, ResetStep};
use crate::workflows::{Engine, Failure, Outcome};

use super::Client;
use super::exhaust::{EXHAUST_JOB, ExhaustJob};

/// A right proof, and what may be done with it.
#[derive(Debug)]
pub enum Proven {
    /// It can be used now.
    Usable(Reset),
    /// It was used; perhaps the answer was lost.
    Completed(Reset),
}

/// An attempt that is paid for.
struct Attempt {
    /// Whether the account had one left, so that a code may be compared.
    counts: bool,
    /// Whether it was the request's last.
    last: bool,
}

/// The budget of wrong codes of one account. For a request without a reset
/// the pseudonym of its address stands in, so that both cost the same.
pub(in crate::workflows) fn budget_key(account: &str) -> String {
    format!("codes:{account}")
}

impl Engine {
    /// Finds the reset that a proof belongs to and says what may be done with
    /// it.
    ///
    /// # Errors
    /// `InvalidProof`, `ExpiredProof` (only when the proof itself is right),
    /// `Throttled`.
    pub async fn prove(&self, scope: &Scope, proof: &Proof, client: &Client, now: Timestamp) -> Outcome<Proven> {
        let mode = proof.mode();
        let reset = match proof {
            Proof::EmailLink(token) | Proof::ResetLink(token) => {
                self.prove_link(scope, mode, token, client, now).await?
            }
            Proof::EmailOtp { request_code, verification_code } => {
                self.prove_code(scope, request_code, verification_code, now).await?
            }
        };
        match reset.usable(now) {
            Ok(()) => {
                metrics::reset(ResetStep::Proven, mode);
                Ok(Proven::Usable(reset))
            }
            Err(Refusal::Used) => Ok(Proven::Completed(reset)),
            Err(Refusal::Expired) => Err(Failure::ExpiredProof(mode)),
            Err(Refusal::Superseded | Refusal::Exhausted | Refusal::Cancelled) => Err(Failure::InvalidProof(mode)),
        }
    }

    /// Finds the reset of a link token. An unknown one counts against the
    /// client that brought it.
    ///
    /// # Errors
    /// `InvalidProof`, `Throttled`.
    pub async fn prove_link(
        &self,
        scope: &Scope,
        mode: Mode,
        token: &Secret,
        client: &Client,
        now: Timestamp,
    ) -> Outcome<Reset> {
        let key = self.bad_tokens_of(scope, client);
        if let Some(key) = &key
            && let Some(retry_after) =
                throttles::is_full(self.database.read(), key, self.limits.bad_tokens_per_client, now).await?
        {
            return Err(Failure::Throttled { retry_after });
        }
        if let Some(reset) = self.find_link(scope, mode, token).await? {
            return Ok(reset);
        }
        self.count_bad_token(key.as_deref(), now).await?;
        Err(Failure::InvalidProof(mode))
    }

    /// The name of a client's window of bad tokens; none without an address.
    /// Each application has its own: which client it is, is what its backend
    /// says, and that must not lock another's users out.
    fn bad_tokens_of(&self, scope: &Scope, client: &Client) -> Option<String> {
        Some(format!("bad-token:{}:{}", scope.application(), self.limited_client(client)?))
    }

    /// The pseudonym of a client that limits count by; none without an
    /// address.
    pub(super) fn limited_client(&self, client: &Client) -> Option<String> {
        let ip = client.ip.filter(|_| self.limits.enabled)?;
        Some(self.keys.pseudonym(Purpose::AddressPseudonym, &[client_key(ip).as_bytes()]))
    }

    /// Counts an unknown token in a window of bad tokens, if there is one.
    pub(super) async fn count_bad_token(&self, key: Option<&str>, now: Timestamp) -> Outcome<()> {
        if let Some(key) = key {
            let transaction = self.database.begin().await?;
            throttles::mark(&transaction, key, self.limits.bad_tokens_per_client, now).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Finds the reset of a link token; counts nothing.
    pub(super) async fn find_link(&self, scope: &Scope, mode: Mode, token: &Secret) -> Outcome<Option<Reset>> {
        if !proof::is_token_shaped(token.expose()) {
            return Ok(None);
        }
        let Some(reset) = resets::find_by_token(self.database.read(), scope, mode, &token.digest()).await? else {
            return Ok(None);
        };
        Ok(self.makes(&reset, token).then_some(reset))
    }

    /// Whether a row that a digest found makes this very token, with a key
    /// that still counts: that is what proves it.
    pub(super) fn makes(&self, reset: &Reset, token: &Secret) -> bool {
        self.keys.find(&reset.key_id).zip(reset.mode.link_purpose()).is_some_and(|(key, purpose)| {
            proof::link_token(key, purpose, reset.application, reset.id, &reset.nonce).matches(token)
        })
    }

    /// Finds the reset of a request code and a verification code.
    ///
    /// # Errors
    /// `InvalidProof`, `ExpiredProof` when both codes are right.
    async fn prove_code(&self, scope: &Scope, request_code: &Secret, code: &Secret, now: Timestamp) -> Outcome<Reset> {
        let invalid = || Failure::InvalidProof(Mode::EmailOtp);
        let code = proof::parse_verification_code(code.expose()).ok_or_else(invalid)?;
        if !proof::is_token_shaped(request_code.expose()) {
            return Err(invalid());
        }
        let found = requests::find_by_code(self.database.read(), scope, &request_code.digest()).await?;
        let (request, reset) = found.ok_or_else(invalid)?;
        let budget =
            budget_key(&reset.as_ref().map_or_else(|| request.address_key.clone(), |reset| reset.user.to_string()));
        let _turn = self.in_flight.enter(request.id, 1).await?;
        let attempt = self.reserve_attempt(&request, &budget, now).await?;
        let right = attempt.counts && self.code_matches(&request, reset.as_ref(), &code);
        self.settle_attempt(&request, &budget, right, attempt.last, now).await?;
        match reset {
            Some(reset) if right && is_over(request.expires_at, now) && reset.usable(now).is_ok() => {
                Err(Failure::ExpiredProof(Mode::EmailOtp))
            }
            Some(reset) if right => Ok(reset),
            _ => Err(invalid()),
        }
    }

    /// Takes one attempt from the request and one from the account, committed
    /// before anything is compared. An account that has none left still costs
    /// the request one: whose budget is spent must not show in how long its
    /// request lives.
    async fn reserve_attempt(&self, request: &ResetRequest, budget: &str, now: Timestamp) -> Outcome<Attempt> {
        let policy = self.workflow_of(request.application, request.tenant).await?;
        let (limit, quota) = (self.limits.codes_per_reset(&policy), self.limits.codes_per_account(&policy));
        let transaction = self.database.begin().await?;
        let locked = requests::lock(&transaction, request.id).await?;
        let taken = requests::take_attempt(&transaction, request.id, limit).await?;
        if !taken {
            return Err(Failure::InvalidProof(Mode::EmailOtp));
        }
        let counts = throttles::mark(&transaction, budget, quota, now).await?.is_none();
        transaction.commit().await?;
        Ok(Attempt { counts, last: locked.is_some_and(|row| row.attempts + 1 >= limit) })
    }

    /// Compares the code with the one this request's reset mails. A request
    /// without a reset goes through the same arithmetic, and never matches.
    fn code_matches(&self, request: &ResetRequest, reset: Option<&Reset>, code: &Secret) -> bool {
        let (id, key_id, nonce) = match reset {
            Some(reset) => (reset.id.to_string(), &reset.key_id, &reset.nonce),
            None => (request.id.to_string(), &request.key_id, &request.nonce),
        };
        let Some(key) = self.keys.find(key_id) else { return false };
        proof::verification_code(key, request.application, &id, nonce).matches(code) & reset.is_some()
    }

    /// Gives the attempt back when the code was right; says that the codes ran
    /// out when it was the last wrong one.
    async fn settle_attempt(
        &self,
        request: &ResetRequest,
        budget: &str,
        right: bool,
        last: bool,
        now: Timestamp,
    ) -> Outcome<()> {
        if !right && !last {
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        if right {
            requests::give_attempt_back(&transaction, request.id).await?;
            throttles::unmark(&transaction, budget, now).await?;
        } else {
            let work = ExhaustJob { request: request.id, application: request.application };
            jobs::insert(&transaction, &[self.job(EXHAUST_JOB, &work, now)], now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Says that a code is right, without using it up.
    ///
    /// # Errors
    /// As [`Self::prove`]; a used proof is an invalid one here.
    pub async fn verify_code(&self, scope: &Scope, proof: &Proof, client: &Client) -> Outcome<Reset> {
        let now = self.now().await?;
        match self.prove(scope, proof, client, now).await? {
            Proven::Usable(reset) => {
                resets::mark_verified(self.database.write(), reset.id, now).await?;
                Ok(reset)
            }
            Proven::Completed(_) => Err(Failure::InvalidProof(proof.mode())),
        }
    }
}
