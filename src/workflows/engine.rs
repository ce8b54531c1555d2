//! What the use cases work with: the database, the keys, the hash pool, the
//! limits. Built once by the composition root and shared.

use std::sync::Arc;
use std::time::Duration;

use crate::credentials::Hasher;
use crate::credentials::tokens::AccessTokens;
use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::keys::{Key, KeyRing};
use crate::domain::password::PasswordOverrides;
use crate::domain::policy::{Ceilings, WorkflowOverrides, WorkflowPolicy};
use crate::store::throttles::{Quota, Rate};
use crate::store::writer::RequestWriter;
use crate::store::{Database, StoreError};
use crate::webhooks::client::GuardedClient;

use super::decoy::KindsCache;
use super::deliver::Mailer;
use super::email_templates::TemplateCache;
use super::passwords::Breaches;
use super::resets::in_flight::InFlight;
use super::tenancy::TenancyCache;
use super::{Failure, Outcome};

/// What cannot be read when something names a key that the ring does not hold.
pub const UNKNOWN_KEY: &str = "key id";

/// Everything a use case needs. Cheap to share behind an `Arc`.
pub struct Engine {
    /// The database.
    pub database: Database,
    /// The group-commit writer of requests by address.
    pub requests: RequestWriter,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The keys that proofs derive from.
    pub keys: KeyRing,
    /// What signs and reads tokens.
    pub tokens: Arc<AccessTokens>,
    /// The hash pool.
    pub hasher: Hasher,
    /// What mails leave by.
    pub mailer: Mailer,
    /// What calls URLs that customers name; nothing else does.
    pub client: Arc<GuardedClient>,
    /// Where passwords known from data breaches are looked up.
    pub breaches: Breaches,
    /// The numbers that bound guessing and flooding.
    pub limits: Limits,
    /// The origin that links are built on, without a trailing slash.
    pub public_url: String,
    /// The server's own level of the workflow policy.
    pub workflow_defaults: WorkflowOverrides,
    /// The server's own level of the password policy.
    pub password_defaults: PasswordOverrides,
    /// Recently read applications, tenants and policies.
    pub tenancies: TenancyCache,
    /// Email templates that were read lately.
    pub templates: TemplateCache,
    /// Which kinds of password hashes recently asked tenants have.
    pub hash_kinds: KindsCache,
    /// Completions under way.
    pub in_flight: InFlight,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// What time it is; asked once per use case and passed on.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn now(&self) -> Outcome<Timestamp> {
        Ok(self.database.now().await?)
    }

    /// The key that made something.
    ///
    /// # Errors
    /// When the ring does not hold it, or it was revoked.
    pub fn key(&self, id: &str) -> Outcome<&Key> {
        self.keys.find(id).ok_or(Failure::Store(StoreError::Corrupt(UNKNOWN_KEY)))
    }
}

/// The numbers that bound guessing and flooding.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Whether throttles are on; the caps on wrong codes always are.
    pub enabled: bool,
    /// Wrong codes per reset.
    pub codes_per_reset: u32,
    /// Wrong codes per account, over all its resets.
    pub codes_per_account: Quota,
    /// Requests by address per client address.
    pub requests_per_client: Rate,
    /// Bad link tokens per client address.
    pub bad_tokens_per_client: Quota,
    /// Mails per mailbox: a burst and a steady rate.
    pub mails_per_mailbox: Rate,
    /// Mails per mailbox and day.
    pub mails_per_mailbox_daily: Quota,
    /// The waits until a code is sent again: after the first mail, after the
    /// second, and so on; the last one counts for all that follow. One clock
    /// for every address.
    pub resend_waits: Vec<Duration>,
    /// WorkOS creates per address.
    pub workos_creates_per_address: Quota,
    /// Failed sign-ins per account before the waiting begins.
    pub sign_in_failures: usize,
    /// The first wait of a sign-in after that, and the longest.
    pub sign_in_wait: (Duration, Duration),
    /// Failed sign-ins per client address.
    pub sign_in_failures_per_client: Quota,
    /// Completions in flight per reset.
    pub completions_per_reset: usize,
}

impl Limits {
    /// How long to wait for the next resend after `resends` of them, where a
    /// policy may ask for longer.
    #[must_use]
    pub fn resend_wait(&self, policy: &WorkflowPolicy, resends: u32) -> Duration {
        let position = usize::try_from(resends).unwrap_or(usize::MAX);
        let own = self.resend_waits.get(position).or(self.resend_waits.last()).copied().unwrap_or_default();
        let waits = &policy.resend_seconds;
        own.max(Duration::from_secs(waits.get(position).or(waits.last()).copied().unwrap_or_default()))
    }

    /// Wrong codes per reset, where a policy may bear fewer.
    #[must_use]
    pub fn codes_per_reset(&self, policy: &WorkflowPolicy) -> u32 {
        self.codes_per_reset.min(policy.wrong_codes_per_reset.unwrap_or(u32::MAX)).max(1)
    }

    /// Wrong codes per account, where a policy may bear fewer.
    #[must_use]
    pub fn codes_per_account(&self, policy: &WorkflowPolicy) -> Quota {
        let own = policy.wrong_codes_per_account.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        Quota { most: self.codes_per_account.most.min(own).max(1), ..self.codes_per_account }
    }

    /// What no policy goes beyond.
    #[must_use]
    pub fn ceilings(&self) -> Ceilings {
        Ceilings {
            wrong_codes_per_reset: self.codes_per_reset,
            wrong_codes_per_account: u32::try_from(self.codes_per_account.most).unwrap_or(u32::MAX),
            resend_seconds: self.resend_waits.iter().map(Duration::as_secs).collect(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_secs(60);
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            enabled: true,
            codes_per_reset: 5,
            codes_per_account: Quota { most: 10, window: DAY },
            requests_per_client: Rate { burst: 10, interval: Duration::from_secs(30) },
            bad_tokens_per_client: Quota { most: 20, window: MINUTE * 10 },
            mails_per_mailbox: Rate { burst: 3, interval: MINUTE * 60 },
            mails_per_mailbox_daily: Quota { most: 10, window: DAY },
            resend_waits: [1, 2, 4].map(|minutes| MINUTE * minutes).to_vec(),
            workos_creates_per_address: Quota { most: 3, window: MINUTE },
            sign_in_failures: 10,
            sign_in_wait: (Duration::from_secs(30), MINUTE * 15),
            sign_in_failures_per_client: Quota { most: 100, window: MINUTE * 10 },
            completions_per_reset: 2,
        }
    }
}
