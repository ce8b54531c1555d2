//! bcrypt: `$2b$10$` and 53 characters of its own base64.

use bcrypt::HashParts;
use zeroize::Zeroizing;

use super::InvalidHash;

/// The costs that are bearable: two to that power are the rounds.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
/// bcrypt reads no further: who shares so many bytes would share the hash.
const READ: usize = 72;

/// A bcrypt hash.
pub(in crate::credentials) struct Bcrypt(Zeroizing<String>);

impl Bcrypt {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidHash> {
        if !["$2a$", "$2b$", "$2y$"].iter().any(|known| text.starts_with(known)) {
            return Err(InvalidHash("A bcrypt hash begins with $2a$, $2b$ or $2y$."));
        }
        let parts: HashParts = text.parse().map_err(|_| InvalidHash("The bcrypt hash is malformed."))?;
        if !COSTS.contains(&parts.get_cost()) {
            return Err(InvalidHash("The bcrypt cost must be 4 to 14."));
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        // The text was read before, so nothing but the password decides.
        let right = bcrypt::verify(password, &self.0).unwrap_or(false);
        right & (password.len() < READ)
    }
}
