//! Callers with a token of an issuer that their application trusts.

use std::sync::Arc;

use crate::credentials::foreign::{Expected, ForeignToken, KeySet};
use crate::domain::clock::Timestamp;
use crate::domain::ids::ApplicationId;
use crate::domain::issuer::{Issuer, KeySource, Registration, is_own};
use crate::domain::secret::Secret;
use crate::store::{StoreError, issuers, service_accounts};

use super::issuer_keys::{Found, IssuerKeys};
use super::memory::{Known, Memory};
use super::{Authenticator, NotAuthenticated, live};

/// What is known of issuers.
#[derive(Debug)]
pub(super) struct Foreign {
    registrations: Memory<Arc<[Trusted]>>,
    keys: IssuerKeys,
}

/// A registration with its keys read, where they stand in it.
#[derive(Debug)]
struct Trusted {
    application: ApplicationId,
    issuer: Issuer,
    inline: Option<Arc<KeySet>>,
}

impl Trusted {
    fn new(registration: Registration) -> Result<Self, StoreError> {
        let Registration { application, issuer } = registration;
        let inline = match &issuer.keys {
            KeySource::Url(_) => None,
            KeySource::Inline(json) => {
                let set = KeySet::parse(json.as_bytes()).map_err(|_| StoreError::Corrupt("issuers.jwks"))?;
                Some(Arc::new(set))
            }
        };
        Ok(Self { application, issuer, inline })
    }
}

impl Foreign {
    pub(super) fn new(keys: IssuerKeys) -> Self {
        Self { registrations: Memory::default(), keys }
    }

    /// Forgets who trusts whom.
    pub(super) fn forget(&self) {
        self.registrations.clear();
    }

    async fn keys(&self, trusted: &Trusted, token: &ForeignToken<'_>, now: Timestamp) -> Found {
        match (&trusted.inline, &trusted.issuer.keys) {
            (Some(set), _) => Found::Keys(Arc::clone(set)),
            (None, KeySource::Url(url)) => self.keys.find(url, |set| token.is_key_in(set), now).await,
            (None, KeySource::Inline(_)) => Found::NotThere,
        }
    }
}

impl Authenticator {
    /// Who presents a token of somebody else's: the account that exactly one
    /// application maps it to. What other applications have registered counts
    /// only if the token is good for them too, by their own keys; then it has
    /// no one meaning here.
    pub(super) async fn by_foreign_token(&self, token: &Secret, now: Timestamp) -> Result<Known, NotAuthenticated> {
        let unknown = || NotAuthenticated::Unknown;
        let foreign = self.foreign.as_ref().ok_or_else(unknown)?;
        let token = ForeignToken::read(token.expose()).map_err(|_| unknown())?;
        if is_own(token.issuer(), self.tokens.issuer()) {
            return Err(unknown());
        }
        let registered = self.registrations(foreign, token.issuer(), now).await?;
        let (mut accepted, mut refusal) = (Vec::new(), unknown());
        for trusted in registered.iter().filter(|trusted| token.is_for(&trusted.issuer.audience)) {
            match self.by_registration(foreign, trusted, &token, now).await {
                Ok(known) => accepted.push(known),
                Err(NotAuthenticated::Unknown) => {}
                Err(other) => refusal = other,
            }
        }
        match accepted.pop() {
            Some(known) if accepted.is_empty() => Ok(known),
            Some(_) => Err(unknown()),
            None => Err(refusal),
        }
    }

    /// Who presents it by one registration.
    async fn by_registration(
        &self,
        foreign: &Foreign,
        trusted: &Trusted,
        token: &ForeignToken<'_>,
        now: Timestamp,
    ) -> Result<Known, NotAuthenticated> {
        let unknown = || NotAuthenticated::Unknown;
        let keys = match foreign.keys(trusted, token, now).await {
            Found::Keys(keys) => keys,
            Found::NotThere => return Err(unknown()),
            Found::Unreachable { retry_after } => return Err(NotAuthenticated::KeysUnreachable { retry_after }),
        };
        let issuer = &trusted.issuer;
        let expected = Expected { issuer: &issuer.issuer, audience: &issuer.audience, max_age: issuer.max_token_age };
        let claims = token.verify(&keys, &expected, now).map_err(|_| unknown())?;
        let account = issuer.account_of(&claims).ok_or_else(unknown)?;
        let name = account.to_string();
        let known = if let Some(known) = self.memory.find(&name, now) {
            known
        } else {
            let account = service_accounts::find_named(self.database.read(), account).await?;
            let known = self.known(live(account)?).await?;
            self.memory.keep(&name, &known, now);
            known
        };
        if known.caller.application == trusted.application { Ok(known) } else { Err(unknown()) }
    }

    async fn registrations(
        &self,
        foreign: &Foreign,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Arc<[Trusted]>, NotAuthenticated> {
        if let Some(known) = foreign.registrations.find(issuer, now) {
            return Ok(known);
        }
        // PostgreSQL could not even be asked for a name with a NUL in it.
        if issuer.chars().any(char::is_control) {
            return Err(NotAuthenticated::Unknown);
        }
        let rows = issuers::find_by_name(self.database.read(), issuer).await?;
        // One application's broken row is no reason to refuse another's tokens.
        let trusted = rows.into_iter().map(Trusted::new).filter_map(|trusted| {
            trusted.inspect_err(|error| tracing::error!(%error, "a trusted issuer cannot be read")).ok()
        });
        let trusted: Arc<[_]> = trusted.collect();
        if !trusted.is_empty() {
            foreign.registrations.keep(issuer, &trusted, now);
        }
        Ok(trusted)
    }
}
