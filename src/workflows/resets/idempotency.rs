//! The same call twice: the same key with the same body, within a minute, gets
//! the same answer. Kept are keyed fingerprints and the id of what was made;
//! secrets are derived again.

use std::str::FromStr;

use crate::domain::access::Caller;
use crate::domain::clock::Timestamp;
use crate::domain::keys::Purpose;
use crate::store::idempotency::{self, CallKey, LIFETIME, Outcome as Kept};
use crate::store::{ConnectionTrait, StoreError};
use crate::workflows::{Engine, Failure, Outcome};

/// An idempotency key with the call it came with, as fingerprints.
#[derive(Debug, Clone)]
pub struct Idempotent {
    /// Who called what with which key.
    pub call: CallKey,
    /// The fingerprint of the body.
    pub body: String,
}

impl Engine {
    /// Fingerprints a key and the body it came with.
    #[must_use]
    pub fn idempotent(&self, caller: &Caller, route: &str, key: &str, body: &[u8]) -> Idempotent {
        let print = |part: &[u8]| self.keys.pseudonym(Purpose::BodyFingerprint, &[part]);
        let call = CallKey { caller: caller.actor.to_string(), route: route.to_owned(), key: print(key.as_bytes()) };
        Idempotent { call, body: print(body) }
    }

    /// What the same call made before.
    ///
    /// # Errors
    /// `KeyReused` when its body was another one.
    pub(super) async fn made_before<T: FromStr>(&self, call: &CallKey, body: &str, now: Timestamp) -> Outcome<T> {
        let kept = idempotency::find(self.database.read(), call, now - LIFETIME).await?;
        match kept {
            Some(kept) if kept.body == body => {
                Ok(kept.made.parse().map_err(|_| StoreError::Corrupt("idempotency_keys.outcome"))?)
            }
            _ => Err(Failure::KeyReused),
        }
    }

    /// Whether the same call was made before, and what it made.
    ///
    /// # Errors
    /// `KeyReused` when its body was another one.
    pub(super) async fn recall<T: FromStr>(&self, key: Option<&Idempotent>, now: Timestamp) -> Outcome<Option<T>> {
        let Some(key) = key else { return Ok(None) };
        if idempotency::find(self.database.read(), &key.call, now - LIFETIME).await?.is_none() {
            return Ok(None);
        }
        self.made_before(&key.call, &key.body, now).await.map(Some)
    }

    /// What the same call, made at the same moment, made.
    ///
    /// # Errors
    /// `KeyReused` when its body was another one.
    pub(super) async fn made_meanwhile<T: FromStr>(&self, key: Option<&Idempotent>, now: Timestamp) -> Outcome<T> {
        let busy = Failure::Busy { retry_after: std::time::Duration::from_secs(1) };
        self.recall(key, now).await?.ok_or(busy)
    }

    /// Keeps what a call makes, in its transaction. Says whether it is the
    /// first with its key; only then may the transaction be committed.
    pub(super) async fn keep(
        &self,
        transaction: &impl ConnectionTrait,
        key: Option<&Idempotent>,
        made: String,
        now: Timestamp,
    ) -> Outcome<bool> {
        let Some(key) = key else { return Ok(true) };
        let kept = Kept { body: key.body.clone(), made };
        Ok(idempotency::insert(transaction, &key.call, &kept, now).await?)
    }
}
