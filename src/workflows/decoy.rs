//! What the password of an address that nobody has is compared with.
//!
//! The check of a hash that another system made takes as long as that system
//! wanted, so a tenant with such hashes would show by the time of an answer
//! who is a member: a bcrypt hash takes ten times as long as ours. An unknown
//! address therefore behaves like a member picked at random, and always like
//! the same one: its keyed pseudonym picks a kind of hash, each as often as
//! the tenant has it, and its check takes as long as that of any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::credentials::{HashError, Verdict};
use crate::domain::access::Scope;
use crate::domain::ids::TenantId;
use crate::domain::keys::Purpose;
use crate::domain::secret::Secret;
use crate::store::users::{self, HashKind};

use super::tenancy::Tenancy;
use super::{Engine, Outcome};

/// How long the kinds of a tenant are remembered: counting them reads all of
/// its users.
const REMEMBERED: Duration = Duration::from_secs(10 * 60);
/// How many tenants are remembered at once.
const CAPACITY: usize = 1024;

type Kinds = Arc<Vec<HashKind>>;

/// The kinds of hashes of recently asked tenants.
#[derive(Debug, Default)]
pub struct KindsCache(Mutex<HashMap<TenantId, (Instant, Kinds)>>);

impl KindsCache {
    fn get(&self, tenant: TenantId) -> Option<Kinds> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&tenant).filter(|(read_at, _)| read_at.elapsed() < REMEMBERED).map(|(_, kinds)| Arc::clone(kinds))
    }

    fn put(&self, tenant: TenantId, kinds: &Kinds) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        cache.insert(tenant, (Instant::now(), Arc::clone(kinds)));
    }
}

impl Engine {
    /// The hash that stands in for an address's own; none where members
    /// without a password, or none at all, stand behind it. Asked for every
    /// address, so that the asking shows nothing.
    pub(super) async fn decoy(&self, scope: &Scope, tenancy: &Tenancy, canonical: &str) -> Outcome<Option<String>> {
        let tenant = tenancy.tenant.id;
        let kinds = if let Some(kinds) = self.hash_kinds.get(tenant) {
            kinds
        } else {
            let kinds = Arc::new(users::hash_kinds(self.database.read(), scope, tenant).await?);
            self.hash_kinds.put(tenant, &kinds);
            kinds
        };
        let place = tenant.to_string();
        let parts: [&[u8]; 3] = [b"decoy", place.as_bytes(), canonical.as_bytes()];
        let pseudonym = self.keys.pseudonym(Purpose::AddressPseudonym, &parts);
        let place = pseudonym.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
        Ok(pick(&kinds, place).map(str::to_owned))
    }

    /// Checks a password against a decoy. Never matches.
    pub(super) async fn verify_decoy(
        &self,
        typed: &Secret,
        password: Secret,
        decoy: Option<String>,
    ) -> Result<Verdict, HashError> {
        if let Some(decoy) = decoy {
            match self.hasher.verify_typed(typed, password.clone(), decoy).await {
                Ok(_) => return Ok(Verdict { matches: false, outdated: false }),
                Err(HashError::Unreadable) => {}
                Err(error) => return Err(error),
            }
        }
        self.hasher.verify_nothing(typed, password).await
    }
}

/// The kind that a place falls on, each being as wide as it is frequent.
fn pick(kinds: &[HashKind], place: u64) -> Option<&str> {
    let all: u64 = kinds.iter().map(|kind| kind.members).sum();
    let mut left = place.checked_rem(all)?;
    for kind in kinds {
        match left.checked_sub(kind.members) {
            Some(rest) => left = rest,
            None => return kind.sample.as_deref(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_picked_as_often_as_it_is_there() {
        let kind = |sample: Option<&str>, members| HashKind { sample: sample.map(str::to_owned), members };
        let kinds = [kind(None, 1), kind(Some("a"), 3), kind(Some("b"), 6)];
        let often = |wanted: Option<&str>| (0..1000).filter(|place| pick(&kinds, *place) == wanted).count();
        assert_eq!([often(None), often(Some("a")), often(Some("b"))], [100, 300, 600]);
        assert_eq!(pick(&[], 7), None);
        assert_eq!(pick(&kinds[2..], u64::MAX), Some("b"));
    }
}
