//! scrypt (RFC 7914): `$scrypt$v=1$n=16384,r=8,p=1,kl=64$salt$hash`.

use zeroize::Zeroizing;

use super::text::{self, Parameters};
use super::{InvalidHash, equal};

/// The most memory, in KiB: 128 MiB, and a little for where mixing begins.
const MAX_MEMORY_KIB: usize = 129 * 1024;
/// The most blocks that are mixed, `n·r·p`: about a second.
const MAX_WORK: u64 = 1 << 21;
/// The most mixings, one after the other.
const MAX_MIXINGS: u32 = 64;

/// How hard scrypt works.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    params: scrypt::Params,
    memory_kib: usize,
}

impl Cost {
    /// Reads parameters, `n` as the cost itself.
    pub(super) fn new(n: u64, r: u32, p: u32) -> Result<Self, InvalidHash> {
        let out_of_bounds =
            InvalidHash("The scrypt parameters are out of bounds (128 MiB, n·r·p of 2097152, p of 64).");
        if !n.is_power_of_two() || n < 2 {
            return Err(InvalidHash("The scrypt cost must be a power of two."));
        }
        let work = n.checked_mul(r.into()).and_then(|blocks| blocks.checked_mul(p.into())).ok_or(out_of_bounds)?;
        // 128 bytes for each of r in n places to mix and p to begin with.
        let places = n.saturating_add(p.into()).saturating_mul(r.into());
        let memory_kib = usize::try_from(places.div_ceil(8)).map_err(|_| out_of_bounds)?;
        if work == 0 || work > MAX_WORK || p > MAX_MIXINGS || memory_kib > MAX_MEMORY_KIB {
            return Err(out_of_bounds);
        }
        let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| out_of_bounds)?;
        Ok(Self { params: scrypt::Params::new(log_n, r, p).map_err(|_| out_of_bounds)?, memory_kib })
    }

    pub(super) const fn memory_kib(self) -> usize {
        self.memory_kib
    }

    /// Fills `output` with what scrypt makes of a password and a salt.
    pub(super) fn derive(self, password: &[u8], salt: &[u8], output: &mut [u8]) {
        // Fails only for an output without bytes, and such a hash is refused.
        let _ = scrypt::scrypt(password, salt, &self.params, output);
    }
}

/// A scrypt hash.
pub(in crate::credentials) struct Scrypt {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Scrypt {
    pub(super) fn parse(whole: &str) -> Result<Self, InvalidHash> {
        let form = InvalidHash("A scrypt hash has the form $scrypt$v=1$n=16384,r=8,p=1,kl=64$salt$hash.");
        let rest = whole.strip_prefix("$scrypt$").ok_or(form)?;
        let rest = rest.strip_prefix("v=1$").unwrap_or(rest);
        let mut parts = rest.split('$');
        let (Some(parameters), Some(salt), Some(hash), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(form);
        };
        let mut parameters = Parameters::parse(parameters, ',')?;
        let (n, r, p) = (parameters.number("n")?, parameters.number("r")?, parameters.number("p")?);
        let length = parameters.number("kl")?;
        parameters.finish()?;
        let (Some(n), Some(r), Some(p)) = (n, r, p) else { return Err(form) };
        let (salt, hash) = (text::salt(salt)?, text::hash(hash)?);
        if length.is_some_and(|length| usize::try_from(length) != Ok(hash.len())) {
            return Err(InvalidHash("The hash is not as long as kl says."));
        }
        Ok(Self { cost: Cost::new(n.into(), r, p)?, salt, hash })
    }

    pub(super) const fn memory_kib(&self) -> usize {
        self.cost.memory_kib
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut computed = Zeroizing::new(vec![0; self.hash.len()]);
        self.cost.derive(password, &self.salt, &mut computed);
        equal(&computed, &self.hash)
    }
}
