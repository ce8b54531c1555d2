//! Firebase's scrypt: the signer key of the project, encrypted with AES-256 in
//! counter mode under what scrypt makes of password, salt and salt separator:
//! `$firebase-scrypt$hash=…$salt=…$sk=…$ss=…$r=8$m=14`.

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};
use zeroize::Zeroizing;

use super::scrypt::Cost;
use super::text::{self, Parameters};
use super::{InvalidHash, LONGEST_SALT, equal};

/// A hash of Firebase.
pub(in crate::credentials) struct FirebaseScrypt {
    cost: Cost,
    /// Salt and separator, one after the other.
    salt: Vec<u8>,
    signer_key: Zeroizing<Vec<u8>>,
    hash: Vec<u8>,
}

impl FirebaseScrypt {
    pub(super) fn parse(whole: &str) -> Result<Self, InvalidHash> {
        let form =
            InvalidHash("A firebase-scrypt hash has the form $firebase-scrypt$hash=…$salt=…$sk=…$ss=…$r=8$m=14.");
        let mut parameters = Parameters::parse(whole.strip_prefix("$firebase-scrypt$").ok_or(form)?, '$')?;
        let (hash, salt) = (parameters.take("hash").ok_or(form)?, parameters.take("salt").ok_or(form)?);
        let (key, separator) = (parameters.take("sk").ok_or(form)?, parameters.take("ss").ok_or(form)?);
        let (Some(r), Some(m)) = (parameters.number("r")?, parameters.number("m")?) else { return Err(form) };
        parameters.finish()?;
        let n = 1_u64.checked_shl(m).unwrap_or(0);
        let (mut salt, hash) = (text::salt(salt)?, text::hash(hash)?);
        let separator = text::base64(separator).filter(|separator| separator.len() <= LONGEST_SALT);
        salt.extend(separator.ok_or(InvalidHash("The salt separator is not base64 of at most 128 bytes."))?);
        let signer_key = Zeroizing::new(text::base64(key).ok_or(InvalidHash("The signer key is not base64."))?);
        if signer_key.len() != hash.len() {
            return Err(InvalidHash("The hash must be as long as the signer key."));
        }
        Ok(Self { cost: Cost::new(n, r, 1)?, salt, signer_key, hash })
    }

    pub(super) const fn memory_kib(&self) -> usize {
        self.cost.memory_kib()
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut key = Zeroizing::new([0_u8; 32]);
        self.cost.derive(password, &self.salt, key.as_mut());
        let mut computed = self.signer_key.clone();
        Ctr128BE::<Aes256>::new(&(*key).into(), &[0; 16].into()).apply_keystream(&mut computed);
        equal(&computed, &self.hash)
    }
}
