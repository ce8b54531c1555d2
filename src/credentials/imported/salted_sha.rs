//! A digest of password and salt, as LDAP servers keep it: `{SSHA}` or
//! `{SSHA256}`, then base64 of the digest and the salt (RFC 2307 names the
//! scheme, not this one). The prefix may be missing.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::text;
use super::{InvalidHash, LONGEST_SALT, SaltPosition, equal};

/// Which digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
}

/// A salted digest.
pub(in crate::credentials) struct SaltedSha {
    digest: Digest,
    position: SaltPosition,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl SaltedSha {
    pub(super) fn parse(whole: &str, digest: Digest, position: SaltPosition) -> Result<Self, InvalidHash> {
        let (prefix, length) = match digest {
            Digest::Sha1 => ("{ssha}", 20),
            Digest::Sha256 => ("{ssha256}", 32),
        };
        let scheme = whole.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
        let body = scheme.and_then(|scheme| whole.get(scheme.len()..)).unwrap_or(whole);
        let bytes = text::base64(body).ok_or(InvalidHash("The salted hash is not base64 behind its scheme."))?;
        let (hash, salt) = bytes.split_at_checked(length).ok_or(InvalidHash("The salted hash is too short."))?;
        if !(1..=LONGEST_SALT).contains(&salt.len()) {
            return Err(InvalidHash("The salt behind the hash must have 1 to 128 bytes."));
        }
        Ok(Self { digest, position, salt: salt.to_vec(), hash: hash.to_vec() })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let (first, second) = match self.position {
            SaltPosition::Prefix => (self.salt.as_slice(), password),
            SaltPosition::Suffix => (password, self.salt.as_slice()),
        };
        match self.digest {
            Digest::Sha1 => equal(&Sha1::new().chain_update(first).chain_update(second).finalize(), &self.hash),
            Digest::Sha256 => equal(&Sha256::new().chain_update(first).chain_update(second).finalize(), &self.hash),
        }
    }
}
