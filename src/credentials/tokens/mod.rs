//! Access tokens: short-lived, signed, and checked against what we would have
//! written ourselves, not against what a token says of itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::signing_keys::SigningKeys;
use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::ids::{ApplicationId, ServiceAccountId, SessionId, TenantId, UserId};
use crate::domain::secret::{Secret, hex};

mod jws;
#[cfg(test)]
mod tests;

/// How long a service account's token lives.
pub const CLIENT_TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How long a user's token lives.
pub const USER_TOKEN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How far in the future a token may have been made, for instances whose
/// clocks differ. There is none after the expiry.
const LEEWAY: Duration = Duration::from_secs(60);

/// The `typ` of a service account's token (RFC 9068, section 2.1).
const CLIENT_TYP: &str = "at+jwt";

/// The `typ` of a user's token: another one, so that neither passes for the
/// other.
const USER_TYP: &str = "JWT";

/// The `sub_kind` of a service account's token.
const CLIENT_KIND: &str = "client";

/// A token that is not one of ours, or not valid now. One error for every
/// reason, so that an answer cannot tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the token is not valid")]
pub struct InvalidToken;

/// A token could not be signed; it means that a key is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the token could not be signed")]
pub struct SigningFailed;

/// Whom a service account's token is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSubject {
    /// The account.
    pub service_account: ServiceAccountId,
    /// Its name at the token endpoint.
    pub client_id: String,
    /// The application it belongs to.
    pub application: ApplicationId,
    /// How often its older tokens have been ended; what the account says now
    /// must be the same. Kept in `jti`.
    pub generation: i64,
}

/// Whom a user's token is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSubject {
    /// The user.
    pub user: UserId,
    /// Their session.
    pub session: SessionId,
    /// Their tenant, `org_id` in the token.
    pub tenant: TenantId,
    /// The service account that the token is given to, by its name at the
    /// token endpoint: one application's backend does not take what was made
    /// for another's.
    pub client_id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientClaims {
    iss: String,
    sub: ServiceAccountId,
    sub_kind: String,
    aud: String,
    client_id: String,
    app_id: ApplicationId,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserClaims {
    iss: String,
    sub: UserId,
    sid: SessionId,
    org_id: TenantId,
    client_id: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Signs and checks access tokens.
#[derive(Debug, Clone)]
pub struct AccessTokens {
    keys: SigningKeys,
    issuer: String,
    audience: String,
}

impl AccessTokens {
    /// With the server's own name as `iss`, and the name of its API as `aud`
    /// of service accounts' tokens.
    #[must_use]
    pub const fn new(keys: SigningKeys, issuer: String, audience: String) -> Self {
        Self { keys, issuer, audience }
    }

    /// The keys, for publishing their public halves.
    #[must_use]
    pub const fn keys(&self) -> &SigningKeys {
        &self.keys
    }

    /// The server's own name, as in `iss` and in the metadata.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Signs a token for a service account, valid for [`CLIENT_TOKEN_LIFETIME`].
    ///
    /// # Errors
    /// When the current key is broken.
    pub fn issue_client(
        &self,
        subject: &ClientSubject,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Secret, SigningFailed> {
        let claims = ClientClaims {
            iss: self.issuer.clone(),
            sub: subject.service_account,
            sub_kind: CLIENT_KIND.to_owned(),
            aud: self.audience.clone(),
            client_id: subject.client_id.clone(),
            app_id: subject.application,
            iat: now.as_seconds(),
            nbf: now.as_seconds(),
            exp: (now + CLIENT_TOKEN_LIFETIME).as_seconds(),
            jti: format!("{}.{}", subject.generation, unique(entropy)),
        };
        jws::seal(&self.keys, CLIENT_TYP, &claims)
    }

    /// Whom a service account's token is about. It does not say whether the
    /// account is still there or still allowed anything.
    ///
    /// # Errors
    /// When the token is not exactly one that we issued for this audience, or
    /// is not valid at `now`.
    pub fn verify_client(&self, token: &str, now: Timestamp) -> Result<ClientSubject, InvalidToken> {
        let claims: ClientClaims = jws::open(&self.keys, CLIENT_TYP, token)?;
        let named_right = claims.iss == self.issuer && claims.aud == self.audience && claims.sub_kind == CLIENT_KIND;
        let in_time = is_in_time(claims.iat, claims.nbf, claims.exp, CLIENT_TOKEN_LIFETIME, now);
        let generation = claims.jti.split_once('.').and_then(|(generation, _)| generation.parse().ok());
        let generation = generation.filter(|_| named_right && in_time).ok_or(InvalidToken)?;
        let subject = ClientSubject {
            service_account: claims.sub,
            client_id: claims.client_id,
            application: claims.app_id,
            generation,
        };
        Ok(subject)
    }

    /// Signs a token for a user, valid for [`USER_TOKEN_LIFETIME`], under the
    /// issuer that the user's application is known by.
    ///
    /// # Errors
    /// When the current key is broken.
    pub fn issue_user(
        &self,
        issuer: &str,
        subject: &UserSubject,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Secret, SigningFailed> {
        let claims = UserClaims {
            iss: issuer.to_owned(),
            sub: subject.user,
            sid: subject.session,
            org_id: subject.tenant,
            client_id: subject.client_id.clone(),
            iat: now.as_seconds(),
            exp: (now + USER_TOKEN_LIFETIME).as_seconds(),
            jti: unique(entropy),
        };
        jws::seal(&self.keys, USER_TYP, &claims)
    }

    /// Whom a user's token is about. It does not say whether the session has
    /// ended since.
    ///
    /// # Errors
    /// When the token is not exactly one that we issued under `issuer`, or is
    /// not valid at `now`.
    pub fn verify_user(&self, issuer: &str, token: &str, now: Timestamp) -> Result<UserSubject, InvalidToken> {
        let claims: UserClaims = jws::open(&self.keys, USER_TYP, token)?;
        let in_time = is_in_time(claims.iat, claims.iat, claims.exp, USER_TOKEN_LIFETIME, now);
        if claims.iss != issuer || !in_time || claims.jti.is_empty() {
            return Err(InvalidToken);
        }
        Ok(UserSubject { user: claims.sub, session: claims.sid, tenant: claims.org_id, client_id: claims.client_id })
    }
}

/// Whether the three times, in seconds, are ones that we write and hold now.
fn is_in_time(iat: i64, nbf: i64, exp: i64, lifetime: Duration, now: Timestamp) -> bool {
    let latest_start = (now + LEEWAY).as_seconds();
    let longest = i64::try_from(lifetime.as_secs()).unwrap_or(0);
    exp > now.as_seconds()
        && iat <= latest_start
        && nbf <= latest_start
        && exp.checked_sub(iat).is_some_and(|life| (1..=longest).contains(&life))
}

/// A `jti`: 128 random bits.
fn unique(entropy: &dyn Entropy) -> String {
    hex(&entropy.u128().to_be_bytes())
}
