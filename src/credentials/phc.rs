//! Argon2 hashes as texts: `$argon2id$v=19$m=…,t=…,p=…[,keyid=…]$salt$hash`
//! (PHC string format, unpadded base64).
//!
//! A pepper goes in as Argon2's own secret input (RFC 9106 §3.1, `K`), and
//! its name into `keyid`, so that a hash tells whether and which pepper it
//! needs. The name is six bytes derived from the pepper: it gives nothing of
//! 256 bits away.

use std::cmp::Ordering;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, KeyId, Params, ParamsBuilder, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::secret::{Secret, SecretBytes};

use super::fill::{self, Inputs, Memory};
use super::hasher::{HashError, HasherError};
use super::settings::{HashSettings, bearable};

/// Bytes of a new hash.
const HASH_LENGTH: usize = 32;
/// Bytes of a stored hash at least: with less, guesses would match by chance.
const MIN_HASH_LENGTH: usize = 16;
/// Bytes of a new salt (RFC 9106 §3.1).
const SALT_LENGTH: usize = 16;

/// A secret of the server that goes into every hash.
pub(super) struct Pepper {
    key: SecretBytes,
    id: KeyId,
}

impl Pepper {
    pub(super) fn new(key: SecretBytes) -> Result<Self, HasherError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).map_err(|_| HasherError::Settings)?;
        mac.update(b"rekey/v1/pepper-id");
        let name = mac.finalize().into_bytes();
        let id = KeyId::new(name.get(..6).unwrap_or_default()).map_err(|_| HasherError::Settings)?;
        Ok(Self { key, id })
    }
}

/// How new hashes are made, and by which stored ones are measured.
pub(super) struct Recipe {
    params: Params,
    pepper: Option<Pepper>,
}

/// One computation: everything but the password and the memory.
pub(super) struct Computation {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    /// What the result is compared with; `None` for a new hash.
    expected: Option<Output>,
    /// Whether a new hash would be made otherwise.
    pub(super) outdated: bool,
}

impl Recipe {
    /// # Errors
    /// When Argon2 or the bounds do not allow the settings.
    pub(super) fn new(settings: &HashSettings, pepper: Option<Pepper>) -> Result<Self, HasherError> {
        let mut builder = ParamsBuilder::new();
        builder
            .m_cost(settings.memory_kib)
            .t_cost(settings.iterations)
            .p_cost(settings.parallelism)
            .output_len(HASH_LENGTH);
        if let Some(pepper) = &pepper {
            builder.keyid(pepper.id);
        }
        let params = builder.build().map_err(|_| HasherError::Settings)?;
        if !fill::is_right_here() {
            return Err(HasherError::Wrong);
        }
        if bearable(&params) { Ok(Self { params, pepper }) } else { Err(HasherError::Settings) }
    }

    /// Memory for a new hash, in blocks of 1 KiB.
    pub(super) const fn blocks(&self) -> usize {
        self.params.block_count()
    }

    /// A new hash.
    pub(super) fn fresh(&self, salt: &[u8; SALT_LENGTH]) -> Result<Computation, HashError> {
        Ok(Computation {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params: self.params.clone(),
            salt: Salt::new(salt).map_err(|_| HashError::Unreadable)?,
            expected: None,
            outdated: false,
        })
    }

    /// Whether a computation costs less or more than a new hash does, by its
    /// parameters: memory times passes.
    pub(super) fn compare(&self, work: &Computation) -> Ordering {
        let cost = |params: &Params| u64::from(params.m_cost()) * u64::from(params.t_cost());
        cost(&work.params).cmp(&cost(&self.params))
    }

    /// The check against a stored hash.
    ///
    /// # Errors
    /// `Unreadable` when the text is no Argon2 hash, asks for more than a
    /// thread may be made to do, or needs a pepper that is not this one.
    pub(super) fn stored(&self, phc: &str) -> Result<Computation, HashError> {
        let read = read(phc)?;
        let ours = self.pepper.as_ref().is_some_and(|pepper| read.params.keyid() == pepper.id.as_bytes());
        if read.needs_pepper() && !ours {
            return Err(HashError::Unreadable);
        }
        let outdated = read.algorithm != Algorithm::Argon2id
            || read.version != Version::V0x13
            || read.params != self.params
            || read.salt.len() < SALT_LENGTH;
        Ok(Computation { outdated, ..read })
    }

    /// Computes: answers whether the result is the expected one, and the text
    /// of a new hash if none was expected.
    pub(super) fn compute(
        &self,
        work: &Computation,
        password: &Secret,
        memory: &mut Memory,
    ) -> Result<(bool, String), HashError> {
        let pepper = self.pepper.as_ref().filter(|_| work.needs_pepper());
        let inputs = Inputs {
            password: password.expose().as_bytes(),
            salt: &work.salt,
            secret: pepper.map_or(&[], |pepper| pepper.key.expose()),
            data: work.params.data(),
        };
        let mut hash = Zeroizing::new(vec![0; work.params.output_len().unwrap_or(HASH_LENGTH)]);
        fill::hash((work.algorithm, work.version, &work.params), &inputs, &mut hash, memory)?;
        match &work.expected {
            Some(expected) => Ok((bool::from(expected.as_bytes().ct_eq(&hash)), String::new())),
            None => Ok((true, work.text(&hash)?)),
        }
    }
}

/// Reads the text of a hash, whoever made it.
///
/// # Errors
/// `Unreadable` when the text is no Argon2 hash, or asks for more than a
/// thread may be made to do.
pub(super) fn read(phc: &str) -> Result<Computation, HashError> {
    let stored = PasswordHash::new(phc).map_err(|_| HashError::Unreadable)?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(|_| HashError::Unreadable)?;
    // A text without a version is of the time before there were two of them.
    let version = stored.version.map_or(Ok(Version::V0x10), Version::try_from);
    let version = version.map_err(|_| HashError::Unreadable)?;
    let params = Params::try_from(&stored).map_err(|_| HashError::Unreadable)?;
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else { return Err(HashError::Unreadable) };
    if !bearable(&params) || expected.len() < MIN_HASH_LENGTH {
        return Err(HashError::Unreadable);
    }
    Ok(Computation { algorithm, version, params, salt, expected: Some(expected), outdated: false })
}

impl Computation {
    /// Whether a secret of some server goes into the hash.
    pub(super) fn needs_pepper(&self) -> bool {
        !self.params.keyid().is_empty()
    }

    /// Memory that it takes, in blocks of 1 KiB.
    pub(super) const fn blocks(&self) -> usize {
        self.params.block_count()
    }

    /// The hash as it is stored.
    fn text(&self, hash: &[u8]) -> Result<String, HashError> {
        let stored = PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.params).map_err(|_| HashError::Unreadable)?,
            salt: Some(self.salt),
            hash: Some(Output::new(hash).map_err(|_| HashError::Unreadable)?),
        };
        Ok(stored.to_string())
    }
}
