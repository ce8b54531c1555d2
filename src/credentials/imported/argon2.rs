//! Argon2 (RFC 9106) of any variant, in the form that our own hashes have.

use super::InvalidHash;
use crate::credentials::phc;

/// Refuses what could not be verified later.
pub(super) fn check(text: &str) -> Result<(), InvalidHash> {
    let read = phc::read(text).map_err(|_| {
        InvalidHash("The argon2 hash is malformed or out of bounds (256 MiB, 64 passes, 1 GiB over all passes).")
    })?;
    // A pepper is one server's own secret; another's is not to be had.
    if read.needs_pepper() {
        return Err(InvalidHash("An argon2 hash with a keyid needs a secret that is not here."));
    }
    Ok(())
}
