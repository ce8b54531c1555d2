//! From the text after `Bearer` to a [`Caller`].
//!
//! What an account is and may do is remembered for [`MEMORY`], so that most
//! calls cost no look-up. Whoever changes an account moves a number on that is
//! read together with the time of every call
//! ([`access_state`](crate::store::access_state)), so that a change made
//! through the API is in force on every instance at once.

mod foreign;
mod issuer_keys;
mod memory;
mod operator;
mod rate;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use thiserror::Error;

use crate::credentials::api_key::{API_KEY_PREFIX, is_api_key_shaped, is_client_secret_shaped};
use crate::credentials::tokens::{AccessTokens, CLIENT_TOKEN_LIFETIME, ClientSubject, SigningFailed};
use crate::domain::access::{Actor, Caller};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::ids::OperatorId;
use crate::domain::secret::Secret;
use crate::store::service_accounts::ServiceAccount;
use crate::store::throttles::Rate;
use crate::store::{Database, StoreError, api_keys, service_accounts};

use foreign::Foreign;
pub use issuer_keys::IssuerKeys;
use memory::{Known, Memory};
pub use rate::CallRate;

/// How long an account is remembered when nothing says that it changed.
/// The published bound is 60 s.
pub const MEMORY: Duration = Duration::from_secs(30);

/// Calls per service account: 100 per second, 500 at once.
pub const DEFAULT_RATE: Rate = Rate { burst: 500, interval: Duration::from_millis(10) };

/// Why nobody was authenticated.
#[derive(Debug, Error)]
pub enum NotAuthenticated {
    /// The credentials are not, or no longer, ones of ours.
    #[error("the credentials do not hold")]
    Unknown,
    /// They hold, and have been used too often.
    #[error("too many calls")]
    TooMany {
        /// When to come back.
        retry_after: Duration,
    },
    /// The token is of an issuer whose keys cannot be had right now.
    #[error("the keys of the issuer cannot be fetched")]
    KeysUnreachable {
        /// When to come back.
        retry_after: Duration,
    },
    /// Nobody could look.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No token could be signed.
    #[error(transparent)]
    Signing(#[from] SigningFailed),
}

/// Knows callers by their credentials. One per process.
#[derive(Debug)]
pub struct Authenticator {
    database: Database,
    tokens: Arc<AccessTokens>,
    memory: Memory<Known>,
    operators: Memory<OperatorId>,
    seen: AtomicI64,
    rate: Option<CallRate>,
    foreign: Option<Foreign>,
}

/// What the token endpoint gives out.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: Secret,
    /// How long it lives.
    pub lifetime: Duration,
    /// Whom it is for, with everything they may do.
    pub caller: Arc<Caller>,
}

impl Authenticator {
    /// Over a database and the keys of tokens; without a rate, calls are not
    /// limited.
    #[must_use]
    pub fn new(database: Database, tokens: Arc<AccessTokens>, rate: Option<CallRate>) -> Self {
        Self {
            database,
            tokens,
            memory: Memory::default(),
            operators: Memory::default(),
            seen: AtomicI64::new(0),
            rate,
            foreign: None,
        }
    }

    /// The same, believing the issuers that applications registered.
    #[must_use]
    pub fn trusting(self, keys: IssuerKeys) -> Self {
        Self { foreign: Some(Foreign::new(keys)), ..self }
    }

    /// Forgets who trusts which issuer, after a registration was changed here.
    /// Other instances see the change within [`MEMORY`].
    pub fn forget_issuers(&self) {
        if let Some(foreign) = &self.foreign {
            foreign.forget();
        }
    }

    /// The time that a call is judged by; to be asked once per call.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        let (now, access) = self.database.now_and_access().await?;
        if self.seen.swap(access, Ordering::SeqCst) != access {
            self.memory.clear();
            self.operators.clear();
            self.forget_issuers();
        }
        Ok(now)
    }

    /// The tokens, for publishing the keys that verify them.
    #[must_use]
    pub fn tokens(&self) -> &AccessTokens {
        &self.tokens
    }

    /// Who presents this bearer text: an API key, an access token of ours, or
    /// one of an issuer that an application trusts.
    ///
    /// # Errors
    /// As [`NotAuthenticated`] says; one error for every way not to be known.
    pub async fn authenticate(&self, bearer: &Secret, now: Timestamp) -> Result<Arc<Caller>, NotAuthenticated> {
        let known = if bearer.expose().starts_with(API_KEY_PREFIX) {
            self.by_api_key(bearer, now).await?
        } else {
            match self.by_token(bearer, now).await {
                Err(NotAuthenticated::Unknown) => self.by_foreign_token(bearer, now).await?,
                ours => ours?,
            }
        };
        self.count(&known, now).await?;
        Ok(Arc::clone(&known.caller))
    }

    /// Who presents this client id and secret.
    ///
    /// # Errors
    /// As [`NotAuthenticated`] says.
    pub async fn authenticate_client(
        &self,
        client_id: &str,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<Arc<Caller>, NotAuthenticated> {
        Ok(self.by_client_secret(client_id, secret, now).await?.caller)
    }

    /// Exchanges a client id and secret for an access token.
    ///
    /// # Errors
    /// As [`NotAuthenticated`] says.
    pub async fn exchange(
        &self,
        client_id: &str,
        secret: &Secret,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<IssuedToken, NotAuthenticated> {
        let known = self.by_client_secret(client_id, secret, now).await?;
        // Only accounts have client secrets.
        let Actor::ServiceAccount(service_account) = known.caller.actor else { return Err(NotAuthenticated::Unknown) };
        let subject = ClientSubject {
            service_account,
            client_id: known.caller.client_id.clone(),
            application: known.caller.application,
            generation: known.generation,
        };
        let token = self.tokens.issue_client(&subject, now, entropy)?;
        Ok(IssuedToken { token, lifetime: CLIENT_TOKEN_LIFETIME, caller: known.caller })
    }

    async fn by_client_secret(
        &self,
        client_id: &str,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<Known, NotAuthenticated> {
        // A name that PostgreSQL could not even be asked for is nobody's.
        if !is_client_secret_shaped(secret.expose()) || client_id.chars().any(char::is_control) {
            return Err(NotAuthenticated::Unknown);
        }
        let found = service_accounts::find_by_client_id(self.database.read(), client_id).await?;
        let (account, _) = found
            .filter(|(account, secrets)| !account.disabled && secrets.contain(&secret.digest()))
            .ok_or(NotAuthenticated::Unknown)?;
        let known = self.known(account).await?;
        self.count(&known, now).await?;
        Ok(known)
    }

    async fn by_api_key(&self, key: &Secret, now: Timestamp) -> Result<Known, NotAuthenticated> {
        if !is_api_key_shaped(key.expose()) {
            return Err(NotAuthenticated::Unknown);
        }
        let digest = key.digest();
        if let Some(known) = self.memory.find(digest.as_str(), now) {
            return Ok(known);
        }
        let key = api_keys::find_live(self.database.read(), &digest).await?.ok_or(NotAuthenticated::Unknown)?;
        let account = service_accounts::find_named(self.database.read(), key.service_account).await?;
        let known = self.known(live(account)?).await?;
        if api_keys::is_use_due(&key, now) {
            api_keys::touch(self.database.write(), key.id, now).await?;
        }
        self.memory.keep(digest.as_str(), &known, now);
        Ok(known)
    }

    /// A token is checked every time; what its account may do is remembered
    /// under the account, however many tokens it asked for.
    async fn by_token(&self, token: &Secret, now: Timestamp) -> Result<Known, NotAuthenticated> {
        let subject = self.tokens.verify_client(token.expose(), now).map_err(|_| NotAuthenticated::Unknown)?;
        let name = subject.service_account.to_string();
        let known = match self.memory.find(&name, now) {
            // Another generation may be a newer one than is remembered.
            Some(known) if known.generation == subject.generation => known,
            Some(_) | None => {
                let account = service_accounts::find_named(self.database.read(), subject.service_account).await?;
                let known = self.known(live(account)?).await?;
                self.memory.keep(&name, &known, now);
                known
            }
        };
        let is_same = known.generation == subject.generation
            && known.caller.application == subject.application
            && known.caller.client_id == subject.client_id;
        if is_same { Ok(known) } else { Err(NotAuthenticated::Unknown) }
    }

    async fn known(&self, account: ServiceAccount) -> Result<Known, NotAuthenticated> {
        let grants = service_accounts::grants(self.database.read(), account.id).await?;
        let caller = Caller {
            actor: Actor::ServiceAccount(account.id),
            client_id: account.client_id,
            application: account.application,
            home: account.home,
            grants,
        };
        Ok(Known { caller: Arc::new(caller), generation: account.generation })
    }

    async fn count(&self, known: &Known, now: Timestamp) -> Result<(), NotAuthenticated> {
        self.count_actor(known.caller.actor, now).await
    }

    async fn count_actor(&self, actor: Actor, now: Timestamp) -> Result<(), NotAuthenticated> {
        let Some(rate) = &self.rate else { return Ok(()) };
        match rate.take(actor, now).await? {
            None => Ok(()),
            Some(retry_after) => Err(NotAuthenticated::TooMany { retry_after }),
        }
    }
}

fn live(account: Option<ServiceAccount>) -> Result<ServiceAccount, NotAuthenticated> {
    account.filter(|account| !account.disabled).ok_or(NotAuthenticated::Unknown)
}

#[cfg(test)]
mod tests;
