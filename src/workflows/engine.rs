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
use crate::domain::policy::WorkflowOverrides;
use crate::store::throttles::{Quota, Rate};
use crate::store::writer::RequestWriter;
use crate::store::{Database, StoreError};

use super::deliver::Mailer;
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
            workos_creates_per_address: Quota { most: 3, window: MINUTE },
            sign_in_failures: 10,
            sign_in_wait: (Duration::from_secs(30), MINUTE * 15),
            sign_in_failures_per_client: Quota { most: 100, window: MINUTE * 10 },
            completions_per_reset: 2,
        }
    }
}
