//! PBKDF2 (RFC 8018) with HMAC: `$pbkdf2$i=600000,d=sha256$salt$hash`.

use pbkdf2::pbkdf2_hmac;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::text::{self, Parameters};
use super::{InvalidHash, equal};

/// The most iterations over all blocks of the result: about a second.
const MAX_WORK: usize = 2_000_000;

/// Which digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digest {
    Sha256,
    Sha512,
}

/// A PBKDF2 hash.
pub(in crate::credentials) struct Pbkdf2 {
    digest: Digest,
    iterations: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2 {
    pub(super) fn parse(whole: &str) -> Result<Self, InvalidHash> {
        let form = InvalidHash("A pbkdf2 hash has the form $pbkdf2$i=600000,d=sha256$salt$hash.");
        let mut parts = whole.strip_prefix("$pbkdf2$").ok_or(form)?.split('$');
        let (Some(parameters), Some(salt), Some(hash), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(form);
        };
        let mut parameters = Parameters::parse(parameters, ',')?;
        let iterations = parameters.number("i")?.ok_or(form)?;
        let (digest, block) = match parameters.take("d") {
            Some("sha256") => (Digest::Sha256, 32),
            Some("sha512") => (Digest::Sha512, 64),
            Some(_) | None => return Err(InvalidHash("The digest d of a pbkdf2 hash is sha256 or sha512.")),
        };
        let length = parameters.number("l")?;
        parameters.finish()?;
        let (salt, hash) = (text::salt(salt)?, text::hash(hash)?);
        if length.is_some_and(|length| usize::try_from(length) != Ok(hash.len())) {
            return Err(InvalidHash("The hash is not as long as l says."));
        }
        let rounds = usize::try_from(iterations).unwrap_or(usize::MAX);
        let work = rounds.saturating_mul(hash.len().div_ceil(block));
        if !(1..=MAX_WORK).contains(&work) {
            return Err(InvalidHash("The iterations must be 1 to 2000000 over all blocks of the hash."));
        }
        Ok(Self { digest, iterations, salt, hash })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut computed = Zeroizing::new(vec![0; self.hash.len()]);
        match self.digest {
            Digest::Sha256 => pbkdf2_hmac::<Sha256>(password, &self.salt, self.iterations, &mut computed),
            Digest::Sha512 => pbkdf2_hmac::<Sha512>(password, &self.salt, self.iterations, &mut computed),
        }
        equal(&computed, &self.hash)
    }
}
