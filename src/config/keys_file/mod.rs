//! The key file: everything secret that must not be in the database.
//!
//! It holds one key for pseudonyms, which never changes; derivation keys and
//! token-signing keys, of which the newest that is not revoked makes new
//! things while the older ones still verify; and an optional pepper.

mod disk;
mod format;
#[cfg(test)]
mod tests;

use ed25519_dalek::SigningKey;
use thiserror::Error;
use ulid::Ulid;
use zeroize::Zeroizing;

use crate::domain::clock::Timestamp;
use crate::domain::entropy::Entropy;
use crate::domain::keys::{Key, KeyRing};
use crate::domain::secret::SecretBytes;

/// Why the key file cannot be used.
#[derive(Debug, Error)]
pub enum KeysFileError {
    /// It does not exist.
    #[error("{0} does not exist; make it with `rekey keys init`")]
    Missing(String),
    /// There is one already.
    #[error("{0} exists already; nothing was changed")]
    Exists(String),
    /// The file system refuses.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file or folder.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Other accounts of the machine may read it.
    #[error("{path} may be read by other accounts (mode {mode:03o}); run `chmod 600 {path}`")]
    Exposed {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not what this program writes.
    #[error("{path} is not a usable key file: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What is wrong, without quoting it.
        reason: String,
    },
    /// It was made by itself, at a start that served nobody real.
    #[error(
        "{0} was made by itself outside production, and production does not start with generated keys; \
         move it away and make the file with `rekey keys init`"
    )]
    Generated(String),
    /// No key has this name.
    #[error("there is no key {0}; `rekey keys list` shows them")]
    UnknownKey(String),
    /// The key was revoked before.
    #[error("the key {0} is revoked already")]
    AlreadyRevoked(String),
}

/// What to do when other accounts of the machine may read the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Refuse it: production.
    Refuse,
    /// Log a warning.
    Warn,
}

/// The times of a key, as ISO 8601 text: they are for people to read, nothing
/// is decided by them.
#[derive(Debug, Clone)]
struct Dates {
    created_at: String,
    revoked_at: Option<String>,
}

impl Dates {
    fn new(now: Timestamp) -> Self {
        Self { created_at: now.to_string(), revoked_at: None }
    }
}

#[derive(Debug, Clone)]
struct DerivationKey {
    id: String,
    secret: SecretBytes,
    dates: Dates,
}

#[derive(Debug, Clone)]
struct TokenKey {
    kid: String,
    /// The Ed25519 seed (RFC 8032).
    seed: SecretBytes,
    retired_at: Option<String>,
    dates: Dates,
}

/// The keys in the file, oldest first. There is always a derivation key and
/// a signing key that is not revoked.
#[derive(Debug, Clone)]
pub struct KeysFile {
    /// Whether a start made the file by itself, and nobody's decision did.
    generated: bool,
    pseudonym: SecretBytes,
    derivation: Vec<DerivationKey>,
    signing: Vec<TokenKey>,
    pepper: Option<SecretBytes>,
}

/// What one line of `keys list` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyListing {
    /// Its name.
    pub id: String,
    /// `derivation` or `signing`.
    pub kind: &'static str,
    /// `current`, `older` or `revoked`.
    pub state: &'static str,
    /// When it was made, ISO 8601.
    pub created_at: String,
}

/// One key that tokens are signed with or verified by.
#[derive(Debug, Clone)]
pub struct SigningKeyPair {
    /// The name that goes into the token's header.
    pub kid: String,
    seed: SecretBytes,
    /// The public key, 32 bytes (RFC 8032), for the JWKS.
    pub public: [u8; 32],
}

/// The start of a PKCS#8 document that holds an Ed25519 seed (RFC 8410,
/// section 7): version 0, the algorithm 1.3.101.112, an octet string of 32.
const PKCS8_ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

impl SigningKeyPair {
    fn new(key: &TokenKey) -> Self {
        let public = SigningKey::from_bytes(key.seed.expose()).verifying_key().to_bytes();
        Self { kid: key.kid.clone(), seed: key.seed.clone(), public }
    }

    /// The private key itself (RFC 8032): 32 bytes.
    #[must_use]
    pub const fn seed(&self) -> &SecretBytes {
        &self.seed
    }

    /// The private key as PKCS#8 DER, 48 bytes.
    #[must_use]
    pub fn pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([PKCS8_ED25519.as_slice(), self.seed.expose()].concat())
    }
}

/// The keys of tokens: one signs, all of them verify.
#[derive(Debug, Clone)]
pub struct SigningKeys {
    /// The key that signs.
    pub current: SigningKeyPair,
    /// Keys whose tokens may still be around.
    pub older: Vec<SigningKeyPair>,
}

impl SigningKeys {
    /// The current key, then the older ones.
    pub fn all(&self) -> impl Iterator<Item = &SigningKeyPair> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// The key of this name.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&SigningKeyPair> {
        self.all().find(|key| key.kid == kid)
    }
}

fn name(prefix: &str, now: Timestamp, entropy: &dyn Entropy) -> String {
    format!("{prefix}_{}", Ulid::from_parts(now.as_millis_unsigned(), entropy.u128()))
}

impl KeysFile {
    /// New keys. With a pepper, password hashes are worth nothing without
    /// this file, and neither can be checked without it.
    #[must_use]
    pub fn generate(with_pepper: bool, now: Timestamp, entropy: &dyn Entropy) -> Self {
        let pepper = with_pepper.then(|| SecretBytes::new(entropy.nonce()));
        let pseudonym = SecretBytes::new(entropy.nonce());
        let mut keys = Self { generated: false, pseudonym, derivation: Vec::new(), signing: Vec::new(), pepper };
        keys.rotate(now, entropy);
        keys
    }

    /// Makes a new derivation key and a new signing key. The others stay, so
    /// that live links and tokens keep working.
    pub fn rotate(&mut self, now: Timestamp, entropy: &dyn Entropy) {
        self.add_derivation(now, entropy);
        self.add_signing(now, entropy);
    }

    fn add_derivation(&mut self, now: Timestamp, entropy: &dyn Entropy) {
        let id = name("key", now, entropy);
        self.derivation.push(DerivationKey { id, secret: SecretBytes::new(entropy.nonce()), dates: Dates::new(now) });
    }

    fn add_signing(&mut self, now: Timestamp, entropy: &dyn Entropy) {
        for key in self.signing.iter_mut().filter(|key| key.retired_at.is_none()) {
            key.retired_at = Some(now.to_string());
        }
        let seed = SecretBytes::new(entropy.nonce());
        let kid = name("sign", now, entropy);
        self.signing.push(TokenKey { kid, seed, retired_at: None, dates: Dates::new(now) });
    }

    /// Withdraws a leaked key: what it made is void from the next start of
    /// the servers on. A current key is replaced by a new one.
    ///
    /// # Errors
    /// When there is no such key, or it is revoked already.
    pub fn revoke(&mut self, id: &str, now: Timestamp, entropy: &dyn Entropy) -> Result<(), KeysFileError> {
        let derivation = self.derivation.iter_mut().filter(|key| key.id == id).map(|key| &mut key.dates);
        let signing = self.signing.iter_mut().filter(|key| key.kid == id).map(|key| &mut key.dates);
        let dates = derivation.chain(signing).next().ok_or_else(|| KeysFileError::UnknownKey(id.to_owned()))?;
        if dates.revoked_at.is_some() {
            return Err(KeysFileError::AlreadyRevoked(id.to_owned()));
        }
        dates.revoked_at = Some(now.to_string());
        // The newest key makes new things, so a revoked newest key needs a successor.
        if self.derivation.last().is_some_and(|key| key.dates.revoked_at.is_some()) {
            self.add_derivation(now, entropy);
        }
        if self.signing.last().is_some_and(|key| key.dates.revoked_at.is_some()) {
            self.add_signing(now, entropy);
        }
        Ok(())
    }

    /// Every key, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<KeyListing> {
        fn line(id: &str, kind: &'static str, newest: bool, dates: &Dates) -> KeyListing {
            let state = match dates.revoked_at {
                Some(_) => "revoked",
                None if newest => "current",
                None => "older",
            };
            KeyListing { id: id.to_owned(), kind, state, created_at: dates.created_at.clone() }
        }
        let derivation = self.derivation.iter().rev().enumerate();
        let signing = self.signing.iter().rev().enumerate();
        derivation
            .map(|(n, key)| line(&key.id, "derivation", n == 0, &key.dates))
            .chain(signing.map(|(n, key)| line(&key.kid, "signing", n == 0, &key.dates)))
            .collect()
    }

    /// The ids of revoked derivation keys: live resets made with them have
    /// to be cancelled.
    pub fn revoked_ids(&self) -> impl Iterator<Item = &str> {
        self.derivation.iter().filter(|key| key.dates.revoked_at.is_some()).map(|key| key.id.as_str())
    }

    /// The ring that derives tokens and codes; `None` only for a file without
    /// keys, which [`KeysFile::load`] refuses.
    #[must_use]
    pub fn key_ring(&self) -> Option<KeyRing> {
        let ring_key =
            |key: &DerivationKey| Key::new(key.id.clone(), key.secret.clone(), key.dates.revoked_at.is_some());
        let (current, older) = self.derivation.split_last()?;
        Some(KeyRing::new(self.pseudonym.clone(), ring_key(current), older.iter().rev().map(ring_key).collect()))
    }

    /// The keys that sign and verify tokens, without the revoked ones;
    /// `None` as in [`KeysFile::key_ring`].
    #[must_use]
    pub fn signing_keys(&self) -> Option<SigningKeys> {
        let mut usable = self.signing.iter().rev().filter(|key| key.dates.revoked_at.is_none());
        let current = SigningKeyPair::new(usable.next()?);
        Some(SigningKeys { current, older: usable.map(SigningKeyPair::new).collect() })
    }

    /// Whether the file was made by itself, at a start outside production.
    #[must_use]
    pub const fn is_generated(&self) -> bool {
        self.generated
    }

    /// What is mixed into every password hash.
    #[must_use]
    pub const fn pepper(&self) -> Option<&SecretBytes> {
        self.pepper.as_ref()
    }
}
